// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "http/response.h"

namespace mirfa::http {
namespace {

/// One element of the header as written: `first-last`, `first-` or `-suffix`; both numbers inclusive.
struct RangeSpec {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;
};

/// A number too large for 64 bits is larger than any size, so it is as good as the largest.
std::optional<std::uint64_t> number_of(std::string_view text) {
    if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc{} ? number : UINT64_MAX;
}

std::optional<RangeSpec> spec_of(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto before = text.substr(0, dash), behind = text.substr(dash + 1);
    const RangeSpec spec{number_of(before), number_of(behind)};
    const bool malformed = (!before.empty() && !spec.first) || (!behind.empty() && !spec.last) || text.size() == 1;
    if (malformed || (spec.first && spec.last && *spec.first > *spec.last)) return std::nullopt;
    return spec;
}

/// The specs of a header; none at all when any part of it is malformed (RFC 9110 14.2: ignore it then).
std::vector<RangeSpec> specs_of(std::string_view header) {
    constexpr std::string_view kUnit = "bytes=";
    if (!ascii_iequals(header.substr(0, kUnit.size()), kUnit)) return {};
    std::vector<RangeSpec> specs;
    for (const auto part : split(header.substr(kUnit.size()), ',')) {
        const auto spec = spec_of(ascii_trim(part));
        if (!spec) return {};
        specs.push_back(*spec);
    }
    return specs;
}

std::optional<ByteRange> clamped(const RangeSpec& spec, std::uint64_t size) {
    if (!spec.first) {
        const auto count = std::min(*spec.last, size);
        if (count == 0) return std::nullopt;
        return ByteRange{size - count, size};
    }
    if (*spec.first >= size) return std::nullopt;
    return ByteRange{*spec.first, spec.last ? std::min(*spec.last, size - 1) + 1 : size};
}

Error not_satisfiable(std::uint64_t size) {
    return Error{Code::kInvalidArgument, "The range asked for lies behind the end at " + std::to_string(size) + " octets.",
                 Reason::kRangeNotSatisfiable};
}

}  // namespace

Result<std::vector<ByteRange>> parse_ranges(std::string_view header, std::uint64_t size, std::size_t most) {
    const auto specs = specs_of(header);
    std::vector<ByteRange> ranges;
    if (specs.empty() || specs.size() > most) return ranges;
    for (const auto& spec : specs)
        if (const auto range = clamped(spec, size)) ranges.push_back(*range);
    if (ranges.empty()) return not_satisfiable(size);
    return ranges;
}

Result<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t size) {
    TRY(const auto ranges, parse_ranges(header, size, 1));
    return ranges.empty() ? std::nullopt : std::optional(ranges.front());
}

}  // namespace mirfa::http
