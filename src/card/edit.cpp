// SPDX-License-Identifier: Apache-2.0
// The change is first made to the values, then the text is changed to say them, and last the text is read again: what it
// says must be those values and nothing else. So a way of writing YAML that is not understood here ends in a refusal.
#include "card/edit.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "card/detail/yaml_splice.h"
#include "card/front_matter.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;

// As in the browser's form, web/src/lib/card/document.ts.
constexpr auto kOrder = std::to_array<std::string_view>({
    "title",
    "emoji",
    "colorFrom",
    "colorTo",
    "sdk",
    "sdk_version",
    "app_file",
    "pretty_name",
    "license",
    "license_name",
    "license_link",
    "language",
    "library_name",
    "pipeline_tag",
    "task_categories",
    "size_categories",
    "base_model",
    "base_model_relation",
    "new_version",
    "datasets",
    "tags",
    "metrics",
    "co2_eq_emissions",
    "widget",
    "model-index",
});
constexpr std::size_t kMaxEdits = 1'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view line_end_of(std::string_view text) {
    const auto at = text.find_first_of("\r\n");
    if (at == text.npos) return "\n";
    return text.substr(at).starts_with("\r\n") ? "\r\n" : text.substr(at, 1);
}

/// A README around its metadata.
struct Parts {
    std::string before;     ///< with the first fence
    std::string_view yaml;  ///< whole lines
    std::string after;      ///< with the second fence
    int line = 2;           ///< of the first of `yaml`
};

Parts parts_of(std::string_view readme) {
    const auto split = split_card(readme);
    if (split.has_front_matter) {
        const auto begin = static_cast<std::size_t>(split.yaml.data() - readme.data());
        const std::size_t stop = begin + split.yaml.size();
        // The line end before the closing fence belongs to the last line.
        const std::size_t end = stop + (readme.substr(stop).starts_with("\r\n") ? 2 : 1);
        return {std::string(readme.substr(0, begin)), readme.substr(begin, end - begin), std::string(readme.substr(end)),
                split.yaml_line};
    }
    const std::string line_end(line_end_of(readme));
    const std::string fence = "---" + line_end;
    const std::string mark(readme.starts_with(kByteOrderMark) ? kByteOrderMark : "");
    const auto text = readme.substr(mark.size());
    // Two fences with nothing between are no front matter to readers, but they are where it belongs.
    if (text.starts_with(fence + fence) || text == fence + "---")
        return {mark + fence, {}, std::string(text.substr(fence.size())), 2};
    return {mark + fence, {}, fence + std::string(text), 2};
}

Error no_place(const CardPath& path, const std::string& why) {
    return {Code::kInvalidArgument, "\"" + path_text(path) + "\" cannot be changed: " + why + "."};
}
Error not_there(const CardPath& path) {
    return {Code::kNotFound, "The metadata has no \"" + path_text(path) + "\", so it cannot be removed."};
}

bool is_empty(const json::value& value) {
    if (const auto* text = value.if_string()) return text->empty();
    return value.is_null() || (value.is_array() && value.get_array().empty());
}

/// One step down; makes mappings on the way when `create`. Null for what is not there.
Result<json::value*> step_into(json::value& value, const CardPath& path, std::size_t at, bool create) {
    if (const auto* name = std::get_if<std::string>(&path[at])) {
        if (value.is_null() && create) value.emplace_object();
        if (!value.is_object()) return no_place(path, "what stands above \"" + *name + "\" is no mapping");
        if (auto* found = value.get_object().if_contains(*name)) return found;
        return create ? &value.get_object()[*name] : nullptr;
    }
    const std::size_t index = std::get<std::size_t>(path[at]);
    if (value.is_null() && create) value.emplace_array();
    if (!value.is_array()) return no_place(path, "what stands before [" + std::to_string(index) + "] is no list");
    auto& list = value.get_array();
    if (index < list.size()) return &list[index];
    if (!create) return nullptr;
    if (index > list.size()) return no_place(path, "the list has " + std::to_string(list.size()) + " items");
    list.emplace_back(nullptr);
    return &list.back();
}

Result<json::value*> walk(json::value& root, const CardPath& path, bool create, std::size_t steps) {
    json::value* value = &root;
    for (std::size_t at = 0; at < steps && value; ++at) {
        TRY(value, step_into(*value, path, at, create));
    }
    return value;
}

Result<void> erase(json::value& root, const CardPath& path, bool must_exist) {
    TRY(json::value* const parent, walk(root, path, false, path.size() - 1));
    TRY(json::value* const value, parent ? step_into(*parent, path, path.size() - 1, false) : Result<json::value*>(nullptr));
    if (!value) return must_exist ? Result<void>(not_there(path)) : ok();
    if (const auto* name = std::get_if<std::string>(&path.back()))
        parent->get_object().stable_erase(parent->get_object().find(*name));
    else
        parent->get_array().erase(value);
    return ok();
}

void add_to(json::array& list, const json::value& value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

Result<void> add(json::value& root, const Edit& edit) {
    TRY(json::value* const value, walk(root, edit.path, true, edit.path.size()));
    if (value->is_object()) return no_place(edit.path, "it is a mapping, not a list");
    json::array list;
    if (value->is_array())
        list = value->get_array();
    else if (!value->is_null())
        list.push_back(*value);
    if (const auto* more = edit.value.if_array())
        for (const auto& one : *more) add_to(list, one);
    else
        add_to(list, edit.value);
    // A single text to which nothing new comes stays one.
    if (value->is_array() || value->is_null() || list.size() > 1) *value = std::move(list);
    return ok();
}

Result<void> remove_item(json::value& root, const Edit& edit) {
    TRY(json::value* const value, walk(root, edit.path, false, edit.path.size()));
    if (!value) return not_there(edit.path);
    if (*value == edit.value) return erase(root, edit.path, true);
    auto* list = value->if_array();
    const auto found = list ? std::find(list->begin(), list->end(), edit.value) : nullptr;
    if (!list || found == list->end())
        return Error{Code::kNotFound, "\"" + path_text(edit.path) + "\" does not hold what shall be removed from it."};
    list->erase(found);
    return list->empty() ? erase(root, edit.path, true) : ok();
}

Result<void> apply(json::value& root, const Edit& edit) {
    if (edit.path.empty() || !std::holds_alternative<std::string>(edit.path.front()))
        return Error{Code::kInvalidArgument, "Say which key of the metadata is to be changed."};
    switch (edit.kind) {
        case Edit::Kind::kSet: {
            if (is_empty(edit.value)) return erase(root, edit.path, false);
            TRY(json::value* const value, walk(root, edit.path, true, edit.path.size()));
            *value = edit.value;
            return ok();
        }
        case Edit::Kind::kAdd: return add(root, edit);
        case Edit::Kind::kRemove: return edit.value.is_null() ? erase(root, edit.path, true) : remove_item(root, edit);
    }
    return ok();
}

Result<json::object> mapping_of(std::string_view yaml, int line) {
    TRY(auto parsed, parse_yaml(yaml, line));
    if (parsed.value.is_null()) return json::object{};
    if (!parsed.value.is_object())
        return Error{Code::kInvalidArgument, "The metadata is no mapping of keys to values. Mend it in a text editor."};
    return std::move(parsed.value.as_object());
}

bool has_lone_returns(std::string_view text) {
    for (auto at = text.find('\r'); at != text.npos; at = text.find('\r', at + 1))
        if (!text.substr(at).starts_with("\r\n")) return true;
    return false;
}

}  // namespace

std::span<const std::string_view> usual_order() { return kOrder; }

Result<CardPath> parse_card_path(std::string_view text) {
    const Error bad{Code::kInvalidArgument,
                    "\"" + std::string(text) + "\" is no place in metadata. Write it like license, or model-index[0].name."};
    CardPath path;
    while (!text.empty()) {
        if (text.starts_with('[')) {
            const auto close = text.find(']');
            std::size_t index = 0;
            if (close == text.npos) return bad;
            const auto [end, failed] = std::from_chars(text.data() + 1, text.data() + close, index);
            if (failed != std::errc{} || end != text.data() + close || path.empty()) return bad;
            path.emplace_back(index);
            text.remove_prefix(close + 1);
            if (!text.empty() && text.front() != '.' && text.front() != '[') return bad;
        } else {
            if (!path.empty()) {
                if (text.front() != '.') return bad;
                text.remove_prefix(1);
            }
            const bool quoted = text.starts_with('"');
            const auto end = quoted ? text.find('"', 1) : std::min(text.find_first_of(".[\""), text.size());
            if (end == text.npos || end == 0) return bad;
            path.emplace_back(std::string(text.substr(quoted, end - quoted)));
            text.remove_prefix(end + quoted);
        }
    }
    if (path.empty()) return bad;
    return path;
}

std::string path_text(const CardPath& path) {
    std::string text;
    for (const auto& step : path) {
        if (const auto* index = std::get_if<std::size_t>(&step))
            text += "[" + std::to_string(*index) + "]";
        else {
            const auto& name = std::get<std::string>(step);
            const bool quoted = name.empty() || name.find_first_of(".[]\"") != name.npos;
            text += (text.empty() ? "" : ".") + (quoted ? "\"" + name + "\"" : name);
        }
    }
    return text;
}

Result<std::string> edit_card(std::string_view readme, std::span<const Edit> edits) {
    if (edits.size() > kMaxEdits) return Error{Code::kTooLarge, "More than 1000 changes at once. Make them in parts."};
    const Parts parts = parts_of(readme);
    if (has_lone_returns(parts.yaml))
        return Error{Code::kUnsupported,
                     "Lines of the metadata end in a carriage return alone. Save the file with usual line ends first."};
    TRY(const json::object was, mapping_of(parts.yaml, parts.line));
    json::value wanted = was;
    for (const auto& edit : edits) TRY(apply(wanted, edit));
    if (wanted == json::value(was)) return std::string(readme);
    TRY(const std::string yaml, detail::splice_yaml(parts.yaml, was, wanted.get_object(), line_end_of(readme), parts.line));
    std::string result = parts.before + yaml + parts.after;
    const auto read = mapping_of(yaml, parts.line);
    const auto again = parts_of(result);
    if (!read.has_value() || json::value(read.value()) != wanted || again.yaml != yaml || again.after != parts.after)
        return Error{Code::kUnsupported,
                     "The metadata is written in a way that cannot be changed without risk. Change it in a text editor."};
    return result;
}

}  // namespace mirfa::card
