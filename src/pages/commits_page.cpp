// SPDX-License-Identifier: Apache-2.0
// /{repo}/commits/{revision} and /{repo}/commit/{revision}: history, and what one commit changed.
#include "base/percent.h"
#include "hub/repos/compare.h"
#include "hub/repos/history.h"
#include "pages/diff_view.h"
#include "pages/handlers.h"
#include "pages/links.h"
#include "pages/repository_view.h"

namespace mirfa::pages {
namespace {

constexpr int kPage = 50;

void write_commit(HtmlWriter& html, const Call& call, const hub::CommitSummary& commit) {
    html.open("li").open("div", {{"class", "title"}});
    write_foreign_link(html, site_path(call, commit_path(call.repository(), commit.id)), commit.title);
    html.close().open("div", {{"class", "quiet"}});
    write_authors(html, commit);
    html.text(" · ");
    write_day(html, commit.date);
    html.text(" · ");
    write_commit_link(html, call, commit.id);
    html.text(" · ").element("a", {{"href", site_path(call, tree_path(call.repository(), commit.id.hex()))}}, "Files");
    html.close().close();
}

void write_parents(HtmlWriter& html, const Call& call, const hub::CommitSummary& commit) {
    if (commit.parents.empty())
        html.text("the first commit");
    else
        html.text(commit.parents.size() == 1 ? "after " : "merges ");
    for (std::size_t i = 0; i < commit.parents.size(); ++i) {
        if (i > 0) html.text(", ");
        write_commit_link(html, call, commit.parents[i]);
    }
}

void write_message(HtmlWriter& html, const Call& call, const hub::CommitSummary& commit) {
    html.element("h2", {{"dir", "auto"}, {"class", "message"}}, commit.title);
    if (!commit.description.empty()) html.element("pre", {{"class", "message"}, {"dir", "auto"}}, commit.description);
    html.open("p", {{"class", "latest"}});
    write_authors(html, commit);
    html.text(" · ");
    write_day(html, commit.date);
    html.text(" · ").element("span", {{"class", "mono"}}, commit.id.hex()).text(" · ");
    write_parents(html, call, commit);
    html.text(" · ").element("a", {{"href", site_path(call, tree_path(call.repository(), commit.id.hex()))}}, "Files");
    html.close();
}

std::string text_of_rest(const Call& call) {
    std::string text;
    for (const auto& part : call.path.rest) text += (text.empty() ? "" : "/") + part;
    return text.empty() ? "main" : text;
}

/// A commit, and its difference from its first parent unless the visitor may not read contents.
struct Shown {
    hub::CommitSummary commit;
    std::optional<std::string> diff;
};

Result<Shown> load_shown(const Call& call, bool readable) {
    const auto& repo = call.repository();
    return call.hub.catalog.read([&](catalog::Session& s) -> Result<Shown> {
        TRY(const auto at, hub::resolve_revision_segments(s, repo, call.path.rest));
        TRY(auto commit, hub::load_commit(s, repo, at.commit));
        Shown shown{std::move(commit), std::nullopt};
        if (!readable) return shown;
        const auto before = shown.commit.parents.empty() ? std::nullopt : std::optional(shown.commit.parents[0]);
        TRY(shown.diff, hub::diff_commits(s, repo, before, at.commit, hub::DiffForm::kUnified));
        return shown;
    });
}

}  // namespace

Result<http::Response> commits_page(Call& call) {
    const auto& repo = call.repository();
    const auto revision = text_of_rest(call);
    const auto cursor = call.query.find("after").value_or("");
    TRY(const auto history, hub::list_history(call.hub, repo, call.path.rest, cursor, kPage));
    TRY(const auto revisions, load_revisions(call));
    return repository_page(call, Tab::kCommits, "Commits of " + revision, [&](HtmlWriter& html) {
        html.open("div", {{"class", "bar"}});
        write_revisions(html, revisions, revision,
                        [&](std::string_view other) { return site_path(call, commits_path(repo, other)); });
        const auto total = std::to_string(history.total) + (history.total == 1 ? " commit" : " commits");
        html.element("span", {{"class", "quiet"}}, total).close();
        html.open("ol", {{"class", "commits"}});
        for (const auto& commit : history.commits) write_commit(html, call, commit);
        html.close();
        if (!history.next.empty()) write_next(html, "?after=" + percent_encode(history.next), "Older commits");
    });
}

Result<http::Response> commit_page(Call& call) {
    TRY(const bool readable, may(call, hub::Action::kReadContent));
    TRY(const auto shown, load_shown(call, readable));
    return repository_page(call, Tab::kCommits, shown.commit.title, [&](HtmlWriter& html) {
        write_message(html, call, shown.commit);
        if (shown.diff)
            write_diff(html, *shown.diff);
        else
            write_gate(html, call);
    });
}

}  // namespace mirfa::pages
