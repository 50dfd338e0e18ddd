// SPDX-License-Identifier: Apache-2.0
#include "card/check.h"

#include <algorithm>
#include <charconv>

#include "card/detail/advice.h"
#include "card/detail/known_keys.h"
#include "card/detail/yaml_layout.h"
#include "card/detail/yaml_text.h"
#include "card/front_matter.h"

namespace mirfa::card {
namespace {

using detail::Layout;

/// What is in the first pair of quotes: the place that a sentence is about.
std::string_view path_in(std::string_view message) {
    if (!message.starts_with('"')) return {};
    const auto end = message.find('"', 1);
    return end == message.npos ? std::string_view() : message.substr(1, end - 1);
}

/// Of a message that ends in `(line:column)`, as those of the YAML reader do; else 0.
int line_at_end(std::string_view message) {
    const auto open = message.rfind('(');
    int line = 0;
    if (open == message.npos || !message.ends_with(')')) return 0;
    const auto [end, failed] = std::from_chars(message.data() + open + 1, message.data() + message.size(), line);
    return failed == std::errc{} && *end == ':' ? line : 0;
}

class Card {
public:
    Card(const SplitCard& split, const Layout& layout) : split_(split), layout_(layout) {}

    int line(std::string_view path, int otherwise) const {
        const int found = path.empty() ? 0 : detail::line_of_path(split_.yaml, layout_, path);
        return found == 0 ? otherwise : found + split_.yaml_line - 1;
    }

    /// Texts without quotes that readers of YAML 1.1, Python's among them, take for something else.
    void misread(const Layout& node, const std::string& path, bool in_flow, std::vector<Remark>& out) const {
        if (node.kind == Layout::Kind::kScalar && !node.marked && !path.empty() && node.begin < split_.yaml.size()) {
            const auto text = plain_at(node.begin, in_flow);
            if (!text.empty() && detail::is_text_only_in_1_2(text) && out.size() < kMaxFindings)
                out.push_back(
                    {Severity::kAdvice,
                     "\"" + path + "\" is no text to older readers of YAML. Write '" + std::string(text) + "', in quotes.",
                     line(path, 0)});
        }
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const auto& child = node.children[i];
            const bool is_list = node.kind == Layout::Kind::kList;
            misread(child.node, is_list ? path + "[" + std::to_string(i) + "]" : path + (path.empty() ? "" : ".") + child.key,
                    node.flow, out);
        }
    }

private:
    /// A plain text of one line; empty for anything else.
    std::string_view plain_at(std::size_t begin, bool in_flow) const {
        auto text = split_.yaml.substr(begin, split_.yaml.find_first_of("\r\n", begin) - begin);
        if (text.starts_with('"') || text.starts_with('\'') || text.starts_with('|') || text.starts_with('>')) return {};
        if (const auto comment = text.find(" #"); comment != text.npos) text = text.substr(0, comment);
        if (in_flow) text = text.substr(0, text.find_first_of(",]}"));
        while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
        return text;
    }

    const SplitCard& split_;
    const Layout& layout_;
};

}  // namespace

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::kError: return "error";
        case Severity::kWarning: return "warning";
        case Severity::kAdvice: return "advice";
    }
    return "advice";
}

bool is_text_key(std::string_view key) {
    const auto* known = detail::find_key(key);
    return known && (known->shape == detail::Shape::kText || known->shape == detail::Shape::kTexts);
}

std::vector<Remark> check_card(RepoKind kind, std::string_view readme) {
    const auto verdict = validate_card(kind, readme);
    const auto split = split_card(readme);
    const auto yaml = split.has_front_matter ? parse_yaml(split.yaml, split.yaml_line) : Result<Yaml>(Yaml{});
    const auto layout = detail::lay_out(yaml.has_value() ? split.yaml : std::string_view());
    const Layout empty;
    const Card card(split, layout.has_value() ? layout.value() : empty);

    std::vector<Remark> remarks;
    for (const auto& error : verdict.errors)
        remarks.push_back({Severity::kError, error.message,
                           yaml.has_value() ? card.line(path_in(error.message), error.line) : line_at_end(error.message)});
    for (const auto& warning : verdict.warnings)
        remarks.push_back({Severity::kWarning, warning.message, card.line(path_in(warning.message), warning.line)});
    if (yaml.has_value() && yaml.value().value.is_object()) {
        std::vector<Remark> more;
        for (auto& advice : detail::advise(kind, yaml.value().value.get_object())) {
            const int line = card.line(advice.path, 0);
            // Where an error says already that a value has the wrong form, it need not be said twice.
            const bool said = std::any_of(remarks.begin(), remarks.end(), [&](const Remark& one) {
                return !advice.path.empty() && path_in(one.message).starts_with(advice.path);
            });
            const bool only_form = advice.message.find("\" should be ") != std::string::npos;
            if (!said || !only_form) more.push_back({Severity::kAdvice, std::move(advice.message), line});
        }
        if (layout.has_value()) card.misread(layout.value(), "", false, more);
        remarks.insert(remarks.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    std::stable_sort(remarks.begin(), remarks.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return remarks;
}

}  // namespace mirfa::card
