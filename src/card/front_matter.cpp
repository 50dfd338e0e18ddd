// SPDX-License-Identifier: Apache-2.0
#include "card/front_matter.h"

#include "base/ascii.h"
#include "card/detail/yaml_builder.h"

namespace mirfa::card {
namespace {

constexpr std::string_view kFence = "---";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Length of the line end at the front: 0, 1 or 2.
std::size_t line_end(std::string_view text) {
    if (text.starts_with("\r\n")) return 2;
    return text.starts_with('\n') || text.starts_with('\r') ? 1 : 0;
}

int count_lines(std::string_view text) {
    int lines = 0;
    while (!text.empty()) {
        const std::size_t end = line_end(text);
        if (end > 0) ++lines;
        text.remove_prefix(std::max<std::size_t>(end, 1));
    }
    return lines;
}

void skip_blanks(std::string_view& text) {
    for (;;) {
        if (text.starts_with(kByteOrderMark))
            text.remove_prefix(kByteOrderMark.size());
        else if (!text.empty() && is_blank(text.front()))
            text.remove_prefix(1);
        else
            return;
    }
}

/// Octets of `---`, blanks and the line end at the front of `text`; 0 when this is not a closing fence.
std::size_t closing_fence(std::string_view text) {
    if (!text.starts_with(kFence)) return 0;
    std::size_t at = kFence.size();
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    if (at == text.size()) return at;
    const std::string_view rest = text.substr(at);
    if (rest.starts_with('\r') && !rest.starts_with("\r\n")) return 0;
    const std::size_t end = line_end(rest);
    return end == 0 ? 0 : at + end;
}

}  // namespace

SplitCard split_card(std::string_view readme) {
    const SplitCard none{false, {}, readme, 1};
    std::string_view rest = readme;
    skip_blanks(rest);
    if (!rest.starts_with(kFence)) return none;
    rest.remove_prefix(kFence.size());
    if (line_end(rest) == 0) return none;
    rest.remove_prefix(line_end(rest));
    const std::string_view content = rest;
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t end = line_end(content.substr(at));
        const std::size_t fence = end == 0 ? 0 : closing_fence(content.substr(at + end));
        if (fence > 0) {
            const auto before = readme.substr(0, readme.size() - content.size());
            return {true, content.substr(0, at), content.substr(at + end + fence), 1 + count_lines(before)};
        }
        at += std::max<std::size_t>(end, 1);
    }
    return none;
}

Result<Yaml> parse_yaml(std::string_view text, int first_line) {
    if (text.size() > kMaxYamlBytes)
        return Error{Code::kTooLarge, "The metadata is longer than 1 MiB. Move what is not metadata below it."};
    if (!is_utf8(text)) return Error{Code::kInvalidArgument, "The text is not UTF-8."};
    return detail::build_yaml(text, first_line);
}

boost::json::object read_card_data(std::string_view readme) {
    const auto split = split_card(readme);
    if (!split.has_front_matter) return {};
    auto parsed = parse_yaml(split.yaml, split.yaml_line);
    if (!parsed.has_value() || !parsed.value().value.is_object()) return {};
    return std::move(parsed.value().value.as_object());
}

}  // namespace mirfa::card
