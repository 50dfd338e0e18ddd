// SPDX-License-Identifier: Apache-2.0
#include "base/fault.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <unistd.h>

namespace mirfa {
namespace {

/// What MIRFA_FAULT asks for.
struct Wanted {
    bool set = false;
    std::string_view name;
    int times = 1;
};

Wanted read_wanted() {
    const char* text = std::getenv("MIRFA_FAULT");
    if (text == nullptr) return {};
    Wanted wanted{true, text, 1};
    const auto colon = wanted.name.find(':');
    if (colon == std::string_view::npos) return wanted;
    const auto count = wanted.name.substr(colon + 1);
    std::from_chars(count.data(), count.data() + count.size(), wanted.times);
    wanted.name = wanted.name.substr(0, colon);
    return wanted;
}

const Wanted& wanted() {
    static const Wanted read = read_wanted();
    return read;
}

std::atomic<int>& times_left() {
    static std::atomic<int> left = wanted().times;
    return left;
}

/// Filled before main() by the points themselves.
std::vector<std::string_view>& registered() {
    static std::vector<std::string_view> names;
    return names;
}

}  // namespace

FaultPoint::FaultPoint(const char* name) : armed_(wanted().set && wanted().name == name) { registered().push_back(name); }

void FaultPoint::count_down() const {
    if (times_left().fetch_sub(1) == 1) ::kill(::getpid(), SIGKILL);
}

std::vector<std::string_view> fault_points() {
    auto names = registered();
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> check_fault_setting() {
    if (!wanted().set) return ok();
    const auto names = fault_points();
    if (std::find(names.begin(), names.end(), wanted().name) != names.end()) return ok();
    std::string message = "MIRFA_FAULT names none of the fault points:";
    for (const auto name : names) message.append("\n  ").append(name);
    return Error{Code::kInvalidArgument, std::move(message)};
}

}  // namespace mirfa
