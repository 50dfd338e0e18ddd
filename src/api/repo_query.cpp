// SPDX-License-Identifier: Apache-2.0
#include "api/repo_query.h"

#include <charconv>
#include <cmath>

#include "base/ascii.h"

namespace mirfa::api {
namespace {

using catalog::FacetKind;
using catalog::RepoSort;

constexpr std::size_t kMaxFilters = 32;  // of one request: each is a look-up

RepoSort sort_of(std::string_view word) {
    if (word == "createdAt" || word == "created_at") return RepoSort::kCreated;
    if (word == "downloads") return RepoSort::kDownloads;
    if (word == "likes") return RepoSort::kLikes;
    if (word == "trendingScore" || word == "trending_score" || word == "likes30d") return RepoSort::kTrending;
    if (word == "num_parameters" || word == "numParameters") return RepoSort::kParameters;
    if (word == "relevance") return RepoSort::kRelevance;
    return RepoSort::kModified;
}

/// Tags arrive repeated, joined by commas, and under several names.
std::vector<std::string> tags_of(const Parameters& query) {
    std::vector<std::string> tags;
    for (const char* name : {"filter", "tags", "task"})
        for (auto& tag : query.list(name)) tags.push_back(std::move(tag));
    for (const auto& set : query.list("trained_dataset")) tags.push_back("dataset:" + set);
    return tags;
}

/// `6B`, `1.5M`, `1000`.
std::optional<std::int64_t> parse_count(std::string_view text) {
    double scale = 1;
    if (!text.empty()) switch (ascii_lower(text.back())) {
            case 'k': scale = 1e3; break;
            case 'm': scale = 1e6; break;
            case 'b': scale = 1e9; break;
            case 't': scale = 1e12; break;
            default: break;
        }
    if (scale > 1) text.remove_suffix(1);
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    if (!(number >= 0) || number * scale > 1e18) return std::nullopt;
    return std::llround(number * scale);
}

Result<void> read_parameters(const Parameters& query, catalog::RepoQuery& wanted) {
    for (const auto& bound : query.list("num_parameters")) {
        const auto colon = bound.find(':');
        const auto count = colon == bound.npos ? std::nullopt : parse_count(std::string_view(bound).substr(colon + 1));
        const auto which = bound.substr(0, colon == bound.npos ? 0 : colon);
        if (!count || (which != "min" && which != "max"))
            return Error{Code::kInvalidArgument, "\"num_parameters\" is written as min:6B,max:128B, either part alone too."};
        (which == "min" ? wanted.min_parameters : wanted.max_parameters) = *count;
    }
    return ok();
}

Result<std::optional<UnixMillis>> read_age(const Parameters& query, UnixMillis now) {
    constexpr std::int64_t kMostDays = 36'500;
    constexpr UnixMillis kDay = 24 * 60 * 60 * 1000;
    const auto text = query.find("updated_within");
    if (!text || text->empty()) return std::optional<UnixMillis>();
    const auto days = find_integer(*text);
    if (!days || *days < 1 || *days > kMostDays)
        return Error{Code::kInvalidArgument, "\"updated_within\" is a number of days, 1 to " + std::to_string(kMostDays) + "."};
    return std::optional<UnixMillis>(now - *days * kDay);
}

}  // namespace

Result<catalog::RepoQuery> read_filters(const Parameters& query, catalog::RepoType type, UnixMillis now) {
    constexpr std::pair<const char*, FacetKind> kFacets[] = {
        {"pipeline_tag", FacetKind::kTask},    {"language", FacetKind::kLanguage}, {"license", FacetKind::kLicense},
        {"dtype", FacetKind::kDtype},          {"format", FacetKind::kFormat},     {"size", FacetKind::kSize},
        {"base_model", FacetKind::kBaseModel}, {"dataset", FacetKind::kDataset}};
    catalog::RepoQuery wanted;
    wanted.type = type;
    wanted.search = query.list("search", false);
    wanted.tags = tags_of(query);
    wanted.library_tags = query.list("library");
    for (const auto& [name, kind] : kFacets)
        for (auto& value : query.list(name)) wanted.facets.push_back({kind, std::move(value)});
    if (query.find("gated")) wanted.gated = query.is_true("gated");
    if (const auto text = query.find("q"); text && !text->empty()) wanted.text = *text;
    TRY(read_parameters(query, wanted));
    TRY(wanted.modified_since, read_age(query, now));
    if (wanted.search.size() + wanted.tags.size() + wanted.library_tags.size() + wanted.facets.size() > kMaxFilters)
        return Error{Code::kInvalidArgument, "A search takes at most " + std::to_string(kMaxFilters) + " filters."};
    return wanted;
}

void read_order(const Parameters& query, catalog::RepoQuery& wanted) {
    const auto sort = query.find("sort");
    wanted.sort = sort ? sort_of(*sort) : wanted.text ? RepoSort::kRelevance : RepoSort::kTrending;
    if (wanted.sort == RepoSort::kRelevance && !wanted.text) wanted.sort = RepoSort::kTrending;
    wanted.ascending = query.find("direction") == "1" && wanted.sort != RepoSort::kRelevance;
}

std::optional<std::pair<std::int64_t, catalog::RowId>> parse_cursor(std::string_view text) {
    const auto parts = split(text, '_');
    std::pair<std::int64_t, catalog::RowId> cursor;
    if (parts.size() != 2) return std::nullopt;
    const auto first = std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), cursor.first);
    const auto second = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), cursor.second);
    if (first.ec != std::errc{} || second.ec != std::errc{}) return std::nullopt;
    return cursor;
}

}  // namespace mirfa::api
