// SPDX-License-Identifier: Apache-2.0
// `/`, `/models` and its like, and `/{owner}`: repositories that the visitor may see, newest change first.
#include <charconv>

#include "base/percent.h"
#include "hub/access/names.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts/profiles.h"
#include "pages/handlers.h"
#include "pages/layout.h"

namespace mirfa::pages {
namespace {

using catalog::Repository;

constexpr int kPage = 50;

/// Where a page of a list begins: `MODIFIED-ID` of the last row of the page before.
std::optional<std::pair<std::int64_t, hub::RowId>> parse_after(const std::string& text) {
    std::pair<std::int64_t, hub::RowId> after;
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, after.first);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, after.second);
    if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
    return after;
}

void write_repository(HtmlWriter& html, const Call& call, const Repository& repo) {
    html.open("li").element("a", {{"href", site_path(call, api::web_path(repo))}}, repo.full_name()).text(" ");
    if (repo.type != catalog::RepoType::kModel) html.element("span", {{"class", "tag"}}, api::singular_of(repo.type));
    if (repo.is_private) html.element("span", {{"class", "tag"}}, "private");
    if (!repo.gated.empty()) html.element("span", {{"class", "tag"}}, "gated");
    if (repo.pipeline_tag) html.element("span", {{"class", "tag"}}, *repo.pipeline_tag);
    html.text(" ");
    write_day(html, repo.modified);
    html.close();
}

void write_repositories(HtmlWriter& html, const Call& call, const std::vector<Repository>& repos) {
    if (repos.empty()) {
        html.element("p", {{"class", "quiet"}}, "There is nothing here that you can see yet.");
        return;
    }
    html.open("ul", {{"class", "repos"}});
    for (const auto& repo : repos) write_repository(html, call, repo);
    html.close();
    if (repos.size() < kPage) return;
    const auto& last = repos.back();
    std::string query;
    for (const auto& [key, value] : call.query.pairs())
        if (key != "after") query += percent_encode(key) + "=" + percent_encode(value) + "&";
    query += "after=" + std::to_string(last.modified) + "-" + std::to_string(last.id);
    write_next(html, "?" + query, "Older ones");
}

hub::RepositoryListing listing_of(const Call& call) {
    hub::RepositoryListing listing;
    listing.after = parse_after(call.query.find("after").value_or(""));
    listing.limit = kPage;
    return listing;
}

void write_start(HtmlWriter& html, const Call& call) {
    html.element("h2", "How to start");
    html.open("p").text("Point any client of the Hugging Face Hub at this address, and sign in with a ");
    html.element("a", {{"href", site_path(call, "/settings/tokens")}}, "token").text(":").close();
    html.element("pre", "export HF_ENDPOINT=" + call.hub.options.public_url +
                            "\nhf auth login\nhf upload your-name/your-model ./folder\nhf download your-name/your-model");
}

}  // namespace

Result<http::Response> home(Call& call) {
    TRY(const auto repos, hub::list_visible(call.hub, call.principal, listing_of(call)));
    return page(call, "Home", [&](HtmlWriter& html) {
        html.element("h1", "Models, datasets and spaces");
        write_repositories(html, call, repos);
        write_start(html, call);
    });
}

Result<http::Response> repository_list(Call& call) {
    auto listing = listing_of(call);
    listing.type = call.path.type;
    const auto search = call.query.find("search").value_or("");
    if (!search.empty()) listing.search = {search};
    TRY(const auto repos, hub::list_visible(call.hub, call.principal, listing));
    const std::string plural(api::plural_of(call.path.type));
    const std::string title = static_cast<char>(plural[0] - 'a' + 'A') + plural.substr(1);
    return page(call, title, [&](HtmlWriter& html) {
        html.element("h1", title);
        html.open("form", {{"method", "get"}, {"role", "search"}});
        html.open("label").element("span", "Part of the name");
        html.empty("input", {{"name", "search"}, {"type", "search"}, {"value", search}}).close().close();
        write_repositories(html, call, repos);
    });
}

Result<http::Response> owner_page(Call& call) {
    const auto name = call.value("owner");
    if (hub::is_reserved_name(name))
        return Error{Code::kNotFound, "There is nothing at this address. Check it for a typing error."};
    TRY(const auto profile, hub::load_profile(call.hub, call.principal, name));
    auto listing = listing_of(call);
    listing.owner = profile.owner.id;
    TRY(const auto repos, hub::list_visible(call.hub, call.principal, listing));
    const bool is_user = profile.owner.kind == catalog::OwnerKind::kUser;
    return page(call, profile.owner.name, [&](HtmlWriter& html) {
        html.element("h1", {{"dir", "auto"}}, profile.owner.fullname);
        html.open("p", {{"class", "quiet"}}).text(profile.owner.name + (is_user ? " · user since " : " · organization since "));
        write_day(html, profile.owner.created);
        html.close();
        html.element("h2", "Repositories");
        write_repositories(html, call, repos);
        if (!profile.memberships.empty()) html.element("h2", is_user ? "Organizations" : "Members").open("ul");
        for (const auto& [other, role] : profile.memberships) {
            html.open("li").element("a", {{"href", site_path(call, "/" + other.name)}}, other.name);
            html.text(" · " + std::string(hub::name_of(role))).close();
        }
        if (!profile.memberships.empty()) html.close();
    });
}

}  // namespace mirfa::pages
