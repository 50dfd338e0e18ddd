// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_filter.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

#include "base/ascii.h"

namespace mirfa::cli {
namespace {

using Key = CacheFilter::Key;
using Compare = CacheFilter::Compare;
using Unit = std::pair<std::string_view, std::uint64_t>;

constexpr Unit kSizeUnits[] = {{"", 1},
                               {"b", 1},
                               {"k", 1'000},
                               {"kb", 1'000},
                               {"m", 1'000'000},
                               {"mb", 1'000'000},
                               {"g", 1'000'000'000},
                               {"gb", 1'000'000'000},
                               {"t", 1'000'000'000'000},
                               {"tb", 1'000'000'000'000},
                               {"p", 1'000'000'000'000'000},
                               {"pb", 1'000'000'000'000'000}};
constexpr Unit kTimeUnits[] = {{"", 1},       {"s", 1},       {"m", 60},         {"h", 3'600},
                               {"d", 86'400}, {"w", 604'800}, {"mo", 2'592'000}, {"y", 31'536'000}};
constexpr std::pair<std::string_view, Key> kKeys[] = {
    {"size", Key::kSize}, {"accessed", Key::kAccessed}, {"modified", Key::kModified}, {"type", Key::kType}, {"refs", Key::kRefs}};
// Two letters first: `>=` begins like `>`.
constexpr std::pair<std::string_view, Compare> kCompares[] = {
    {"==", Compare::kEqual}, {"!=", Compare::kNotEqual}, {">=", Compare::kAtLeast}, {"<=", Compare::kAtMost},
    {">", Compare::kMore},   {"<", Compare::kLess},      {"=", Compare::kEqual}};

Error no_filter(std::string_view text) {
    return Error{Code::kInvalidArgument, "\"" + std::string(text) +
                                             "\" is no filter. Write size>1GB, accessed>7d, modified<2w, type=model or "
                                             "refs=main."};
}

std::optional<std::uint64_t> read_number(std::string_view text, std::span<const Unit> units) {
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{}) return std::nullopt;
    const std::string unit = ascii_lower(ascii_trim(text.substr(static_cast<std::size_t>(end - text.data()))));
    for (const auto& [name, factor] : units)
        if (unit == name && number <= std::numeric_limits<std::uint64_t>::max() / factor) return number * factor;
    return std::nullopt;
}

template <class Number>
bool holds(Number left, Compare compare, Number right) {
    switch (compare) {
        case Compare::kEqual: return left == right;
        case Compare::kNotEqual: return left != right;
        case Compare::kMore: return left > right;
        case Compare::kLess: return left < right;
        case Compare::kAtLeast: return left >= right;
        case Compare::kAtMost: return left <= right;
    }
    return false;
}

bool comes_before(const CacheEntry& a, const CacheEntry& b, CacheOrder::Key key) {
    switch (key) {
        case CacheOrder::Key::kName: return ascii_lower(cache_title(a.repo->repo)) < ascii_lower(cache_title(b.repo->repo));
        case CacheOrder::Key::kSize: return a.bytes() < b.bytes();
        case CacheOrder::Key::kAccessed: return a.accessed() < b.accessed();
        case CacheOrder::Key::kModified: return a.modified() < b.modified();
    }
    return false;
}

}  // namespace

std::string cache_title(const client::RepoId& repo) { return std::string(name_of(repo.type)) + "/" + repo.name; }

std::vector<std::string> CacheEntry::refs() const {
    std::vector<std::string> refs;
    if (revision != nullptr) refs = revision->refs;
    if (revision == nullptr)
        for (const auto& one : repo->revisions) refs.insert(refs.end(), one.refs.begin(), one.refs.end());
    std::ranges::sort(refs);
    return refs;
}

Result<CacheFilter> CacheFilter::parse(std::string_view text) {
    const auto at = text.find_first_of("=!<>");
    if (at == text.npos) return no_filter(text);
    CacheFilter filter;
    const std::string name = ascii_lower(ascii_trim(text.substr(0, at)));
    const auto* key = std::ranges::find(kKeys, std::string_view(name), &std::pair<std::string_view, Key>::first);
    const auto* compare =
        std::ranges::find_if(kCompares, [&](const auto& one) { return text.substr(at).starts_with(one.first); });
    if (key == std::end(kKeys) || compare == std::end(kCompares)) return no_filter(text);
    const auto value = ascii_trim(text.substr(at + compare->first.size()));
    filter.key = key->second;
    filter.compare = compare->second;
    if (filter.key == Key::kType || filter.key == Key::kRefs) {
        if (compare->first != "=" || value.empty()) return no_filter(text);
        filter.text = ascii_lower(value);
        return filter;
    }
    const auto number = filter.key == Key::kSize ? read_number(value, kSizeUnits) : read_number(value, kTimeUnits);
    if (!number) return no_filter(text);
    filter.number = *number;
    return filter;
}

bool CacheFilter::passes(const CacheEntry& entry, std::int64_t now) const {
    const auto age_passes = [&](std::int64_t time) {
        return holds(static_cast<double>(now - time), compare, static_cast<double>(number));
    };
    switch (key) {
        case Key::kSize: return holds(entry.bytes(), compare, number);
        case Key::kAccessed: return age_passes(entry.accessed());
        case Key::kModified: return age_passes(entry.modified());
        case Key::kType: return name_of(entry.repo->repo.type) == text;
        case Key::kRefs: return std::ranges::any_of(entry.refs(), [&](const auto& ref) { return ascii_lower(ref) == text; });
    }
    return false;
}

Result<CacheOrder> CacheOrder::parse(std::string_view text) {
    const auto colon = text.find(':');
    const std::string name = ascii_lower(text.substr(0, colon));
    const std::string way = colon == text.npos ? "" : ascii_lower(text.substr(colon + 1));
    const std::pair<std::string_view, Key> keys[] = {
        {"name", Key::kName}, {"size", Key::kSize}, {"accessed", Key::kAccessed}, {"modified", Key::kModified}};
    for (const auto& [known, key] : keys) {
        if (name != known || (colon != text.npos && way != "asc" && way != "desc")) continue;
        return CacheOrder{key, colon == text.npos ? key != Key::kName : way == "desc"};
    }
    return Error{
        Code::kInvalidArgument,
        "\"" + std::string(text) + "\" is no order. Write name, size, accessed or modified, perhaps with :asc or :desc."};
}

std::vector<CacheEntry> select_entries(std::vector<CacheEntry> entries, const std::vector<CacheFilter>& filters,
                                       const std::optional<CacheOrder>& order, std::optional<std::size_t> limit,
                                       std::int64_t now) {
    std::erase_if(entries, [&](const CacheEntry& entry) {
        return !std::ranges::all_of(filters, [&](const CacheFilter& filter) { return filter.passes(entry, now); });
    });
    std::ranges::stable_sort(entries, [](const CacheEntry& a, const CacheEntry& b) {
        const auto key = [](const CacheEntry& entry) {
            return std::pair(cache_title(entry.repo->repo), entry.revision != nullptr ? entry.revision->commit : std::string());
        };
        return key(a) < key(b);
    });
    if (order)
        std::ranges::stable_sort(entries, [&](const CacheEntry& a, const CacheEntry& b) {
            return order->descends ? comes_before(b, a, order->key) : comes_before(a, b, order->key);
        });
    if (limit && entries.size() > *limit) entries.resize(*limit);
    return entries;
}

}  // namespace mirfa::cli
