// SPDX-License-Identifier: Apache-2.0
// /{repo}/tree/{revision}/{path}: a folder at a revision.
#include "base/percent.h"
#include "hub/repos/trees.h"
#include "pages/handlers.h"
#include "pages/links.h"
#include "pages/listing.h"
#include "pages/repository_view.h"

namespace mirfa::pages {
namespace {

constexpr std::size_t kPage = 500;

void write_head_commit(HtmlWriter& html, const Call& call, const hub::CommitSummary& commit) {
    html.open("p", {{"class", "latest"}});
    write_foreign_link(html, site_path(call, commit_path(call.repository(), commit.id)), commit.title);
    html.text(" · ");
    write_authors(html, commit);
    html.text(" · ");
    write_commit_link(html, call, commit.id);
    html.text(" · ");
    write_day(html, commit.date);
    html.close();
}

}  // namespace

Result<http::Response> tree_page(Call& call) {
    const auto& repo = call.repository();
    if (call.path.rest.empty()) call.path.rest = {"main"};
    TRY(const auto at, call.hub.catalog.read([&](catalog::Session& s) { return hub::split_revision(s, repo, call.path.rest); }));
    const auto& revision = at.revision.text;
    hub::TreeQuery query;
    query.with_last_commit = true;
    query.limit = kPage;
    query.cursor = call.query.find("after").value_or("");
    const auto listed = hub::list_tree(call.hub, repo, {at.revision.commit.hex(), at.path}, query);
    if (!listed.has_value() && listed.error().reason == Reason::kEntryNotFound) {
        // An address somebody typed or a card that does not say what is a folder: a file has a page too.
        TRY(const auto file, hub::locate_file(call.hub, repo, {at.revision.commit.hex(), at.path}));
        if (file.file) return go_to(call, blob_path(repo, revision, at.path));
    }
    if (!listed.has_value()) return listed.error();
    TRY(const auto commit,
        call.hub.catalog.read([&](catalog::Session& s) { return hub::load_commit(s, repo, at.revision.commit); }));
    TRY(const auto revisions, load_revisions(call));
    const std::string title = (at.path.empty() ? "Files" : at.path) + " at " + revision;
    return repository_page(call, Tab::kFiles, title, [&](HtmlWriter& html) {
        html.open("div", {{"class", "bar"}});
        write_revisions(html, revisions, revision,
                        [&](std::string_view other) { return site_path(call, tree_path(repo, other, at.path)); });
        write_crumbs(html, call, revision, at.path);
        html.element("a", {{"href", site_path(call, commits_path(repo, revision))}}, "History").close();
        write_head_commit(html, call, commit);
        write_listing(html, call, revision, listed.value().entries);
        if (!listed.value().next.empty()) write_next(html, "?after=" + percent_encode(listed.value().next), "More files");
    });
}

}  // namespace mirfa::pages
