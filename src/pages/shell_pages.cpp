// SPDX-License-Identifier: Apache-2.0
// The pages of the browser application. Each says which component shows it and which answers of the API it asks for
// first; the addresses are those that web/src/lib/api writes, parameter for parameter.
#include "api/operations.h"
#include "base/percent.h"
#include "hub/access/names.h"
#include "hub/accounts/profiles.h"
#include "hub/community/events.h"
#include "hub/repos/history.h"
#include "hub/repos/revisions.h"
#include "hub/repos/trees.h"
#include "pages/handlers.h"
#include "pages/shell.h"
#include "pages/site.h"

namespace mirfa::pages {
namespace {

using catalog::RepoType;

std::string encoded_path(const std::vector<std::string>& parts, std::size_t first) {
    std::string path;
    for (auto at = first; at < parts.size(); ++at) path += "/" + percent_encode(parts[at], "!'()*");
    return path;
}

/// As URLSearchParams of a browser writes a value.
std::string form_encode(std::string_view text) {
    std::string written;
    for (const char c : percent_encode(text, "* ")) {
        if (c == '~')
            written += "%7E";
        else
            written += c == ' ' ? '+' : c;
    }
    return written;
}

/// What a list is narrowed by, in the order of kFilters of web/src/lib/facets.ts; values without anything in them are none.
std::string filters_of(const api::Parameters& query) {
    constexpr std::string_view kFilters[] = {"author", "pipeline_tag", "library",    "language", "license",        "dtype",
                                             "format", "size",         "base_model", "dataset",  "updated_within", "filter"};
    std::string filters;
    for (const auto filter : kFilters)
        for (const auto& [name, value] : query.pairs())
            if (name == filter && !value.empty()) filters += "&" + name + "=" + form_encode(value);
    return filters;
}

/// What web/src/lib/api/search.ts asks of a list.
std::string list_address(RepoType type, std::string_view question, std::string_view filters = "") {
    constexpr std::string_view kModel =
        "&expand=author&expand=private&expand=gated&expand=likes&expand=downloads&expand=lastModified&expand=createdAt"
        "&expand=pipeline_tag&expand=library_name&expand=safetensors";
    constexpr std::string_view kDataset =
        "&expand=author&expand=private&expand=gated&expand=likes&expand=downloads&expand=lastModified&expand=createdAt"
        "&expand=tags";
    constexpr std::string_view kSpace =
        "&expand=author&expand=private&expand=likes&expand=lastModified&expand=createdAt&expand=sdk";
    const auto expand = type == RepoType::kModel ? kModel : type == RepoType::kDataset ? kDataset : kSpace;
    return "/api/" + std::string(api::plural_of(type)) + "?" + std::string(question) + "&limit=30" + std::string(filters) +
           std::string(expand);
}

/// The application reads a revision from one segment only: where a page is, when its address has the slashes of the
/// revision as they are. Fails: kNotFound/kRevisionNotFound.
Result<std::optional<http::Response>> spelled_otherwise(const Call& call, std::string_view section) {
    const auto& repo = call.repository();
    const auto& rest = call.path.rest;
    if (rest.size() < 2) return std::optional<http::Response>();
    TRY(const auto at, call.hub.catalog.read([&](catalog::Session& s) { return hub::split_revision(s, repo, rest); }));
    if (rest[0] == at.revision.text) return std::optional<http::Response>();
    return std::optional<http::Response>(go_to(call, revision_path(repo, section, at.revision.text, at.path)));
}

std::string description_of(const Call& call) {
    const auto& repo = call.repository();
    std::string text = repo.full_name();
    if (repo.pipeline_tag) text += " · " + *repo.pipeline_tag;
    return text;
}

}  // namespace

Result<http::Response> home_page(Call& call) {
    return shell(
        call, {"Home",
               "",
               "",
               {list_address(RepoType::kModel, "sort=trendingScore"), list_address(RepoType::kDataset, "sort=trendingScore")}});
}

Result<http::Response> list_page(Call& call) {
    const std::string plural(api::plural_of(call.path.type));
    const auto text = call.query.find("q").value_or("");
    const auto filters = filters_of(call.query);
    const auto sort = call.query.find("sort").value_or("");
    const std::string words_sought = text.empty() ? "" : "q=" + form_encode(text);
    const std::string order = !sort.empty() ? sort : text.empty() ? "trendingScore" : "relevance";
    const std::string question = words_sought + (text.empty() ? "" : "&") + "sort=" + form_encode(order);
    const std::string counted = "/api/facets?type=" + plural + (text.empty() ? "" : "&") + words_sought + filters;
    return shell(call, {"List", words(call, plural), "", {list_address(call.path.type, question, filters), counted}});
}

Result<http::Response> profile_page(Call& call) {
    if (hub::is_reserved_name(call.value("owner"))) return no_such_page();
    TRY(const auto profile, hub::load_profile(call.hub, call.principal, call.value("owner")));
    const auto name = percent_encode(call.value("owner"));
    const std::string question = "author=" + name + "&sort=lastModified";
    const bool is_user = profile.owner.kind == catalog::OwnerKind::kUser;
    // The name is the owner's own, however the address spells it.
    const auto own_name = percent_encode(profile.owner.name);
    return shell(call, {"Owner",
                        profile.owner.name,
                        profile.owner.bio.empty() ? profile.owner.fullname : profile.owner.bio,
                        {list_address(RepoType::kModel, question), list_address(RepoType::kDataset, question),
                         list_address(RepoType::kSpace, question),
                         is_user ? "/api/users/" + own_name + "/likes?limit=10" : "/api/organizations/" + own_name + "/members"},
                        {"/api/users/" + name + "/overview", "/api/organizations/" + name + "/overview"}});
}

/// All that is known but the names of all files, of which there may be a hundred thousand: those at the top are asked for.
Result<http::Response> repo_card_page(Call& call) {
    constexpr std::string_view kKnown =
        "?expand=author&expand=sha&expand=lastModified&expand=createdAt&expand=private&expand=gated&expand=disabled"
        "&expand=downloads&expand=likes&expand=usedStorage&expand=library_name&expand=pipeline_tag&expand=tags&expand=cardData"
        "&expand=model-index&expand=widgetData&expand=config&expand=transformersInfo&expand=safetensors&expand=gguf"
        "&expand=rights";
    const auto& repo = call.repository();
    const auto api = api::api_path(repo);
    return repository_shell(call, {"repo/CardPage",
                                   repo.full_name(),
                                   description_of(call),
                                   {api + std::string(kKnown), api + "/tree/main?limit=1000&securityStatus=true"},
                                   {api::web_path(repo) + "/raw/main/README.md"}});
}

Result<http::Response> repo_tree_page(Call& call) {
    TRY(auto elsewhere, spelled_otherwise(call, "tree"));
    if (elsewhere) return std::move(*elsewhere);
    const auto api = api::api_path(call.repository());
    const auto& rest = call.path.rest;
    const std::string revision = rest.empty() ? "main" : rest[0];
    const auto encoded = percent_encode(revision, "!'()*");
    // At the top of a model stands for those who may propose what its weights could be converted to.
    const bool offers_conversion =
        rest.size() < 2 && call.repository().type == RepoType::kModel && call.principal.kind == hub::PrincipalKind::kSession;
    return repository_shell(call, {"repo/TreePage",
                                   call.repository().full_name() + " · " + revision,
                                   description_of(call),
                                   {about_address(call.repository()), api + "/refs",
                                    api + "/tree/" + encoded + encoded_path(rest, 1) + "?expand=true&limit=100"},
                                   offers_conversion ? std::vector{api + "/convert/" + encoded} : std::vector<std::string>{}});
}

Result<http::Response> repo_commits_page(Call& call) {
    TRY(auto elsewhere, spelled_otherwise(call, "commits"));
    if (elsewhere) return std::move(*elsewhere);
    const auto api = api::api_path(call.repository());
    const auto& rest = call.path.rest;
    const std::string revision = rest.empty() ? "main" : rest[0];
    std::string path;
    for (std::size_t at = 1; at < rest.size(); ++at) path += (path.empty() ? "" : "/") + rest[at];
    const std::string question = path.empty() ? "?limit=50" : "?path=" + form_encode(path) + "&limit=50";
    return repository_shell(call, {"repo/CommitsPage",
                                   words(call, "history") + " · " + (path.empty() ? call.repository().full_name() : path),
                                   description_of(call),
                                   {about_address(call.repository()), api + "/refs",
                                    api + "/commits/" + percent_encode(revision, "!'()*") + question}});
}

Result<http::Response> repo_commit_page(Call& call) {
    const auto& repo = call.repository();
    TRY(const auto commit, call.hub.catalog.read([&](catalog::Session& session) -> Result<hub::CommitSummary> {
        TRY(const auto at, hub::resolve_revision_segments(session, repo, call.path.rest));
        return hub::load_commit(session, repo, at.commit);
    }));
    const auto api = api::api_path(repo);
    return repository_shell(
        call, {"repo/CommitPage",
               commit.title + " · " + repo.full_name(),
               commit.description,
               {about_address(call.repository()), api + "/commit/" + percent_encode(api::joined(call.path.rest), "!'()*")}});
}

Result<http::Response> repo_compare_page(Call& call) {
    const auto api = api::api_path(call.repository());
    return repository_shell(call, {"repo/ComparePage",
                                   words(call, "compare") + " · " + call.repository().full_name(),
                                   description_of(call),
                                   {about_address(call.repository()), api + "/refs"}});
}

Result<http::Response> repo_blame_page(Call& call) {
    const auto api = api::api_path(call.repository());
    const auto& rest = call.path.rest;
    if (rest.size() < 2) return Error{Code::kNotFound, "The address names no file.", Reason::kEntryNotFound};
    return repository_shell(call, {"repo/BlamePage",
                                   words(call, "blame") + " · " + rest.back(),
                                   description_of(call),
                                   {about_address(call.repository()), api + "/refs",
                                    api + "/blame/" + percent_encode(rest[0], "!'()*") + encoded_path(rest, 1)}});
}

Result<http::Response> repo_branches_page(Call& call) {
    const auto api = api::api_path(call.repository());
    return repository_shell(call, {"repo/BranchesPage",
                                   words(call, "refs_title") + " · " + call.repository().full_name(),
                                   description_of(call),
                                   {about_address(call.repository()), api + "/refs"}});
}

Result<http::Response> repo_jobs_page(Call& call) {
    return repository_shell(call, {"repo/JobsPage",
                                   words(call, "jobs") + " · " + call.repository().full_name(),
                                   description_of(call),
                                   {about_address(call.repository()), api::api_path(call.repository()) + "/jobs?limit=50"}});
}

Result<http::Response> repo_discussions_page(Call& call) {
    const auto api = api::api_path(call.repository());
    std::string question = "?status=" + form_encode(call.query.find("status").value_or("open"));
    for (const std::string_view name : {"type", "search", "author"}) {
        const auto value = call.query.find(name).value_or("");
        if (!value.empty()) question += "&" + std::string(name) + "=" + form_encode(value);
    }
    question += "&sort=" + form_encode(call.query.find("sort").value_or("recently-created"));
    const auto page = call.query.number("p", 0, 0, 1'000'000);
    if (page > 0) question += "&p=" + std::to_string(page);
    return repository_shell(call, {"repo/DiscussionsPage",
                                   words(call, "community") + " · " + call.repository().full_name(),
                                   description_of(call),
                                   {about_address(call.repository()), api + "/discussions" + question}});
}

Result<http::Response> repo_discussion_page(Call& call) {
    const auto api = api::api_path(call.repository());
    TRY(const auto number, api::discussion_number(call));
    TRY(const auto facts, call.hub.catalog.read([&](catalog::Session& session) {
        return hub::need_discussion(session, call.repository(), number);
    }));
    const auto text = std::to_string(number);
    return repository_shell(call, {"repo/DiscussionPage",
                                   facts.title + " · #" + text,
                                   description_of(call),
                                   {about_address(call.repository()), api + "/discussions/" + text}});
}

Result<http::Response> repo_discussion_new_page(Call& call) {
    return repository_shell(call, {"repo/NewDiscussionPage",
                                   words(call, "talk_new") + " · " + call.repository().full_name(),
                                   description_of(call),
                                   {about_address(call.repository())}});
}

/// Facts of a file are for whoever may see the repository; its contents are asked for by the application.
Result<http::Response> repo_blob_page(Call& call) {
    const auto& repo = call.repository();
    TRY(const auto at, call.hub.catalog.read([&](catalog::Session& s) { return hub::split_revision(s, repo, call.path.rest); }));
    const auto& revision = at.revision.text;
    if (at.path.empty()) return go_to(call, tree_path(repo, revision));
    TRY(const auto found, hub::find_entries(call.hub, repo, {at.revision.commit.hex()}, {at.path}, false));
    if (found.empty())
        return Error{Code::kNotFound, "There is no file \"" + at.path + "\" at " + revision + ".", Reason::kEntryNotFound};
    if (found[0].is_folder) return go_to(call, tree_path(repo, revision, at.path));
    // The application reads a revision from one segment only.
    if (call.path.rest[0] != revision) return go_to(call, blob_path(repo, revision, at.path));
    const auto api = api::api_path(repo);
    return repository_shell(call, {"repo/BlobPage",
                                   at.path + " · " + revision,
                                   description_of(call),
                                   {about_address(call.repository()), api + "/refs",
                                    api + "/paths-info/" + percent_encode(revision, "!'()*") +
                                        "?paths=" + percent_encode(at.path, "!'()*") + "&expand=true"}});
}

}  // namespace mirfa::pages
