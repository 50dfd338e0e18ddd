// SPDX-License-Identifier: Apache-2.0
#include "client/superseded.h"

#include <algorithm>
#include <map>
#include <optional>

namespace mirfa::client {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// `checkpoint-` `100` ``; the number as text, because its length has no bound.
struct Numbered {
    std::string_view before, number, after;
};
std::optional<Numbered> split_name(std::string_view name) {
    const auto last = name.find_last_of(kDigits);
    if (last == name.npos) return std::nullopt;
    const auto gap = name.find_last_not_of(kDigits, last);
    const auto first = gap == name.npos ? 0 : gap + 1;
    return Numbered{name.substr(0, first), name.substr(first, last + 1 - first), name.substr(last + 1)};
}

bool is_smaller(std::string_view a, std::string_view b) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string_view folder_of(std::string_view path) {
    const auto slash = path.find('/');
    return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

std::vector<std::string> superseded_files(const std::vector<std::string>& paths, std::string_view added, std::size_t keep) {
    const auto own = split_name(added);
    if (!own || added.find('/') != added.npos) return {};
    std::map<std::string_view, std::string_view> folders;  // name to number
    folders[added] = own->number;
    for (const auto& path : paths)
        if (const auto other = split_name(folder_of(path)); other && other->before == own->before && other->after == own->after)
            folders[folder_of(path)] = other->number;
    std::vector<std::pair<std::string_view, std::string_view>> newest(folders.begin(), folders.end());
    std::ranges::stable_sort(newest, [](const auto& a, const auto& b) { return is_smaller(b.second, a.second); });
    for (std::size_t i = 0; i < std::min(keep, newest.size()); ++i) folders.erase(newest[i].first);
    folders.erase(added);
    std::vector<std::string> files;
    for (const auto& path : paths)
        if (folders.contains(folder_of(path))) files.push_back(path);
    return files;
}

}  // namespace mirfa::client
