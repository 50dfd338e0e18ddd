// SPDX-License-Identifier: Apache-2.0
#include "format/gitignore.h"

#include "base/ascii.h"

namespace mirfa::format {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Without trailing blanks, but with one that a backslash protects.
std::string_view without_trailing_blanks(std::string_view line) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\')
            ++i;
        else if (line[i] == ' ')
            continue;
        end = i + 1;
    }
    return line.substr(0, end);
}

/// Cut `c` off an end and tell whether it was there.
bool drop_front(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}
bool drop_back(std::string_view& text, char c) {
    if (!text.ends_with(c)) return false;
    text.remove_suffix(1);
    return true;
}

}  // namespace

void GitIgnore::add(std::string_view text, std::string_view folder) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (const auto line : split(text, '\n')) add_line(line, folder);
}

void GitIgnore::add_line(std::string_view line, std::string_view folder) {
    drop_back(line, '\r');
    if (line.starts_with('#')) return;
    line = without_trailing_blanks(line);
    const bool includes = drop_front(line, '!');
    const bool folders_only = drop_back(line, '/');
    if (!line.empty()) rules_.push_back({std::string(folder), std::string(line), includes, folders_only});
}

bool GitIgnore::excludes(std::string_view path, bool is_folder, MatchBudget& budget) const {
    for (auto rule = rules_.rbegin(); rule != rules_.rend() && !budget.spent(); ++rule) {
        if (rule->folders_only && !is_folder) {
            --budget.steps;
            continue;
        }
        if (matches_below(rule->folder, rule->pattern, path, budget)) return !rule->includes;
    }
    return false;
}

bool GitIgnore::is_ignored(std::string_view file_path) const {
    MatchBudget unlimited;
    return is_ignored(file_path, unlimited);
}

bool GitIgnore::is_ignored(std::string_view file_path, MatchBudget& budget) const {
    // Nothing below an excluded folder can be included again.
    for (auto slash = file_path.find('/'); slash != std::string_view::npos; slash = file_path.find('/', slash + 1))
        if (excludes(file_path.substr(0, slash), true, budget)) return true;
    return excludes(file_path, false, budget);
}

}  // namespace mirfa::format
