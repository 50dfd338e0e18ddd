// SPDX-License-Identifier: Apache-2.0
#include "cli/size_text.h"

#include <charconv>

#include "base/ascii.h"

namespace mirfa::cli {

Result<std::uint64_t> parse_size_text(std::string_view text) {
    constexpr std::pair<std::string_view, double> kUnits[] = {
        {"", 1},      {"b", 1},        {"kb", 1e3},     {"mb", 1e6},     {"gb", 1e9},
        {"tb", 1e12}, {"kib", 0x1p10}, {"mib", 0x1p20}, {"gib", 0x1p30}, {"tib", 0x1p40},
    };
    const std::string_view trimmed = ascii_trim(text);
    double number = 0;
    const auto read = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number, std::chars_format::fixed);
    const std::string unit = ascii_lower(ascii_trim(trimmed.substr(static_cast<std::size_t>(read.ptr - trimmed.data()))));
    for (const auto& [word, factor] : kUnits) {
        if (read.ec != std::errc{} || unit != word) continue;
        const double octets = number * factor;
        if (octets >= 1 && octets <= 0x1p62) return static_cast<std::uint64_t>(octets);
    }
    return Error{Code::kInvalidArgument, "\"" + std::string(text.substr(0, 40)) + "\" is no size. Write it as 500MB or 5GB."};
}

}  // namespace mirfa::cli
