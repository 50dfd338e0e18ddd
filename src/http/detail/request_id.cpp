// SPDX-License-Identifier: Apache-2.0
#include "http/detail/request_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace mirfa::http::detail {
namespace {

bool is_sane(std::string_view id) {
    return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Chance once per thread and a number: one system call per request would be a tenth of its cost.
std::string fresh_id() {
    thread_local const std::string prefix = to_hex(random_bytes(8));
    thread_local std::uint64_t count = 0;
    return fmt::format("{}-{:06x}", prefix, ++count);
}

}  // namespace

std::string choose_request_id(const Headers& headers) {
    if (const auto own = headers.get("X-Request-Id"); is_sane(own)) return std::string(own);
    if (const auto trace = headers.get("X-Amzn-Trace-Id"); is_sane(trace)) return std::string(trace);
    return fresh_id();
}

}  // namespace mirfa::http::detail
