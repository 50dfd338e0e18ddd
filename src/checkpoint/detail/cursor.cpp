// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/cursor.h"

#include <fmt/format.h>

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kWindowBytes = 64u << 10;

}  // namespace

Error Cursor::broken(std::string_view why) const {
    return Error{Code::kInvalidArgument, fmt::format("This {} is broken: {} (at octet {}).", what_, why, at_)};
}

Result<void> Cursor::skip(std::uint64_t count) {
    if (count > left()) return broken(fmt::format("{} octets should follow, and it ends after {}", count, left()));
    at_ += count;
    return ok();
}

Result<void> Cursor::read(ByteSpan into) {
    if (into.size() > left()) return broken(fmt::format("{} octets should follow, and it ends after {}", into.size(), left()));
    while (!into.empty()) {
        if (at_ < window_at_ || at_ >= window_at_ + window_.size()) {
            window_.resize(std::min(kWindowBytes, left()));
            window_at_ = at_;
            TRY(source_.read_at(at_, window_));
        }
        const auto from = ByteView(window_).subspan(at_ - window_at_);
        const auto count = std::min(from.size(), into.size());
        std::copy_n(from.begin(), count, into.begin());
        into = into.subspan(count);
        at_ += count;
    }
    return ok();
}

Result<std::string> Cursor::text(std::uint64_t length, std::uint64_t most) {
    if (length > most) return broken(fmt::format("a text has {} octets, and {} is the most", length, most));
    if (length > left()) return broken(fmt::format("{} octets should follow, and it ends after {}", length, left()));
    std::string text(length, '\0');
    TRY(read({reinterpret_cast<Byte*>(text.data()), text.size()}));
    return text;
}

}  // namespace mirfa::checkpoint
