// SPDX-License-Identifier: Apache-2.0
#include "card/detail/card_parts.h"

#include <algorithm>

#include "base/ascii.h"
#include "card/detail/markdown_text.h"
#include "card/detail/yaml_text.h"
#include "card/tables.h"

namespace mirfa::card::detail {

namespace json = boost::json;

void put_texts(json::object& card, const char* key, const std::vector<std::string>& texts, bool always_list) {
    if (texts.empty()) return;
    if (texts.size() == 1 && !always_list)
        card[key] = texts.front();
    else
        card[key] = json::array(texts.begin(), texts.end());
}

void put_text(json::object& card, const char* key, const std::string& text) {
    if (!text.empty()) card[key] = text;
}

void put_licence(json::object& card, const std::vector<std::string>& ids, const std::string& name, const std::string& link) {
    put_texts(card, "license", ids);
    put_text(card, "license_name", name);
    put_text(card, "license_link", link);
}

void put_tags(json::object& card, std::vector<std::string> tags) {
    tags.emplace_back(kOwnTag);
    put_texts(card, "tags", without_repeats(tags), true);
}

std::vector<std::string> without_repeats(const std::vector<std::string>& texts) {
    std::vector<std::string> once;
    for (const auto& text : texts)
        if (std::ranges::find(once, text) == once.end()) once.push_back(text);
    return once;
}

std::string heading_name(const std::string& name, const std::string& repository, std::string_view otherwise) {
    if (!name.empty()) return name;
    const auto slash = repository.rfind('/');
    if (!repository.empty()) return repository.substr(slash == std::string::npos ? 0 : slash + 1);
    return std::string(otherwise);
}

std::string codes(const std::vector<std::string>& ids) {
    std::string text;
    for (const auto& id : ids) text += (text.empty() ? "" : ", ") + markdown_code(id);
    return text;
}

std::string task_words(const std::string& id) {
    for (const auto& task : tasks())
        if (task.id == id) return std::string(task.name);
    return markdown_text(id);
}

std::string licence_words(const std::vector<std::string>& ids, const std::string& name, const std::string& link) {
    if (ids.empty()) return "Not stated";
    std::string text;
    for (const auto& id : ids) {
        std::string words = markdown_text(id);
        for (const auto& license : licenses())
            if (license.id == id && id != "other") words = std::string(license.name);
        if (id == "other" && !name.empty()) words = markdown_text(name);
        text += (text.empty() ? "" : ", ") + words;
    }
    return link.empty() ? text : text + ", " + markdown_code(link);
}

std::string section(std::string_view line) { return "\n" + std::string(line) + "\n\n"; }

std::string fact(std::string_view name, const std::string& markdown) {
    return markdown.empty() ? "" : "- **" + std::string(name) + ":** " + markdown + "\n";
}

std::string table(const std::vector<std::vector<std::string>>& cells) {
    std::string out;
    std::vector<std::size_t> widths(cells.front().size(), 3);
    for (const auto& row : cells)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    for (std::size_t line = 0; line < cells.size(); ++line) {
        for (std::size_t i = 0; i < widths.size(); ++i)
            out += "| " + cells[line][i] + std::string(widths[i] - cells[line][i].size(), ' ') + " ";
        out += "|\n";
        if (line > 0) continue;
        for (const std::size_t width : widths) out += "|" + std::string(width + 2, '-');
        out += "|\n";
    }
    return out;
}

Result<std::string> join_card(RepoKind kind, const std::string& repository, const json::object& metadata,
                              const std::string& body) {
    if (!repository.empty() && !is_repo_id_form(repository))
        return Error{Code::kInvalidArgument, "\"" + repository + "\" is no name of a repository. Write it as owner/name."};
    std::string readme = "---\n";
    for (const auto& [key, value] : metadata) readme += yaml_entry(key, value);
    readme += "---\n\n" + body;
    if (!is_utf8(readme)) return Error{Code::kInvalidArgument, "A text for the card is not UTF-8."};
    const auto verdict = validate_card(kind, readme);
    if (verdict.passed()) return readme;
    std::string message = "The card would not be valid:";
    for (const auto& error : verdict.errors) message += "\n- " + error.message;
    return Error{Code::kInvalidArgument, std::move(message)};
}

}  // namespace mirfa::card::detail
