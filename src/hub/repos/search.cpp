// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/search.h"

namespace mirfa::hub {

using catalog::RepoSort;
using catalog::Session;

namespace {

constexpr std::size_t kFacetValues = 50;
constexpr int kMaxOffset = 10'000;  // pages by relevance end here: nobody reads on, and every page begins anew

/// A fine-grained token shows private repositories only where its scopes reach; lists leave them out altogether.
void look_as(catalog::RepoQuery& query, const Principal& who) {
    const bool narrowed = who.kind == PrincipalKind::kToken && who.token_role == catalog::TokenRole::kFineGrained;
    if (who.user != 0 && !narrowed) query.viewer = who.user;
    query.sees_all = who.is_admin && !narrowed;
}

/// False when there is no such owner.
Result<bool> narrow_to(Session& session, catalog::RepoQuery& query, const std::optional<std::string>& author) {
    if (!author) return true;
    TRY(const auto owner, catalog::find_owner(session, *author));
    if (owner) query.owner = owner->id;
    return owner.has_value();
}

}  // namespace

Result<SearchPage> search_repositories(Hub& hub, const Principal& who, catalog::RepoQuery query,
                                       const std::optional<std::string>& author, bool with_files) {
    return hub.catalog.read([&](Session& session) -> Result<SearchPage> {
        SearchPage page;
        TRY(const bool known, narrow_to(session, query, author));
        if (!known || query.offset >= kMaxOffset) return page;
        look_as(query, who);
        TRY(auto rows, catalog::list_repositories(session, query));
        const bool more = static_cast<int>(rows.size()) == query.limit;
        if (more && query.sort == RepoSort::kRelevance)
            page.next = std::pair(query.offset + query.limit, 0);
        else if (more)
            page.next = std::pair(catalog::sort_value(rows.back(), query.sort), rows.back().id);
        std::size_t room = kMaxListedFiles;  // for the files of the whole page
        for (auto& row : rows) {
            FoundRepository found{std::move(row), {}};
            if (with_files && found.repo.head) {
                TRY(found.files, list_files(session, found.repo, *found.repo.head, false, room));
                room -= found.files.size();
            }
            page.items.push_back(std::move(found));
        }
        return page;
    });
}

Result<std::vector<catalog::FacetCounts>> count_facets(Hub& hub, const Principal& who, catalog::RepoQuery query,
                                                       const std::optional<std::string>& author) {
    return hub.catalog.read([&](Session& session) -> Result<std::vector<catalog::FacetCounts>> {
        TRY(const bool known, narrow_to(session, query, author));
        if (!known) query.owner = 0;  // nobody's
        look_as(query, who);
        return catalog::count_facets(session, query, kFacetValues);
    });
}

Result<QuickResults> quick_search(Hub& hub, const Principal& who, std::string_view typed, std::size_t limit) {
    catalog::RepoQuery as;
    look_as(as, who);
    return hub.catalog.read([&](Session& session) -> Result<QuickResults> {
        const auto repositories = [&](catalog::RepoType type) {
            return catalog::find_typed_repositories(session, type, typed, as.viewer, as.sees_all, limit);
        };
        QuickResults found;
        TRY(found.models, repositories(catalog::RepoType::kModel));
        TRY(found.datasets, repositories(catalog::RepoType::kDataset));
        TRY(found.spaces, repositories(catalog::RepoType::kSpace));
        TRY(found.users, catalog::find_typed_owners(session, catalog::OwnerKind::kUser, typed, limit));
        TRY(found.organizations, catalog::find_typed_owners(session, catalog::OwnerKind::kOrganization, typed, limit));
        return found;
    });
}

Result<bool> likes_repository(Hub& hub, const Principal& who, const catalog::Repository& repo) {
    return hub.catalog.read([&](Session& s) { return catalog::is_liked(s, repo.id, who.user); });
}

Result<void> like_repository(Hub& hub, const Principal& who, const catalog::Repository& repo, bool liked) {
    TRY(hub.catalog.write([&](Session& s) {
        return liked ? catalog::add_like(s, repo.id, who.user, hub.clock.now()) : catalog::delete_like(s, repo.id, who.user);
    }));
    return ok();
}

Result<std::vector<catalog::Owner>> list_likers(Hub& hub, const catalog::Repository& repo) {
    return hub.catalog.read([&](Session& s) { return catalog::likers_of(s, repo.id, 1'000); });
}

Result<LikesPage> list_likes(Hub& hub, const Principal& viewer, std::string_view user,
                             const std::optional<std::pair<UnixMillis, catalog::RowId>>& after, int limit) {
    return hub.catalog.read([&](Session& session) -> Result<LikesPage> {
        TRY(const auto found, catalog::find_user(session, user));
        if (!found) return Error{Code::kNotFound, "There is no user called \"" + std::string(user) + "\"."};
        TRY(auto rows, catalog::likes_of(session, found->owner.id, after, limit));
        LikesPage page;
        if (static_cast<int>(rows.size()) == limit) page.next = std::pair(rows.back().liked, rows.back().repo.id);
        for (auto& row : rows) {
            TRY(const auto standing, load_standing(session, viewer, row.repo));
            if (decide(viewer, row.repo, standing, Action::kSeeInfo) == Verdict::kYes) page.items.push_back(std::move(row));
        }
        return page;
    });
}

}  // namespace mirfa::hub
