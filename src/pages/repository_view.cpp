// SPDX-License-Identifier: Apache-2.0
#include "pages/repository_view.h"

#include <unordered_set>

#include "base/percent.h"
#include "pages/links.h"

namespace mirfa::pages {
namespace {

using catalog::Repository;
using catalog::RepoType;

constexpr std::size_t kMaxChips = 24;
constexpr std::size_t kMaxRevisions = 200;

std::string_view word_for(RepoType type) {
    switch (type) {
        case RepoType::kModel: return "Model";
        case RepoType::kDataset: return "Dataset";
        case RepoType::kSpace: return "Space";
    }
    return "Model";
}

void write_chip(HtmlWriter& html, std::string_view text, std::string_view what = {}) {
    html.open("span", {{"class", "tag"}, {"dir", "auto"}});
    if (!what.empty()) html.element("span", {{"class", "what"}}, what).text(" ");
    html.text(text).close();
}

/// Tags of the card that no other chip shows already.
std::vector<std::string> other_tags(const Repository& repo) {
    std::vector<std::string> tags;
    const auto parsed = format::parse_json(repo.tags.empty() ? "[]" : repo.tags);
    if (!parsed.has_value() || !parsed.value().is_array()) return tags;
    std::unordered_set<std::string> shown{"region:us"};
    for (const auto& known : {repo.pipeline_tag, repo.library}) shown.insert(known.value_or(""));
    if (repo.license) shown.insert("license:" + *repo.license);
    for (const auto& tag : parsed.value().get_array()) {
        if (!tag.is_string()) continue;
        std::string text(tag.get_string());
        if (shown.insert(text).second) tags.push_back(std::move(text));
    }
    return tags;
}

void write_chips(HtmlWriter& html, const Repository& repo) {
    html.open("p", {{"class", "chips"}});
    if (repo.pipeline_tag) write_chip(html, *repo.pipeline_tag, "task");
    if (repo.library) write_chip(html, *repo.library, "library");
    if (repo.license) write_chip(html, *repo.license, "licence");
    const auto tags = other_tags(repo);
    for (std::size_t i = 0; i < std::min(tags.size(), kMaxChips); ++i) write_chip(html, tags[i]);
    if (tags.size() > kMaxChips)
        html.element("span", {{"class", "quiet"}}, "and " + std::to_string(tags.size() - kMaxChips) + " more");
    html.close();
}

void write_counts(HtmlWriter& html, const Repository& repo) {
    const auto count = [&](std::int64_t number, const char* one, const char* many) {
        html.element("span", std::to_string(number) + " " + (number == 1 ? one : many));
    };
    html.open("p", {{"class", "quiet facts"}}).element("span", word_for(repo.type));
    count(repo.likes, "like", "likes");
    count(repo.downloads, "download", "downloads");
    html.open("span").text("changed ");
    write_day(html, repo.modified);
    html.close().close();
}

void write_title(HtmlWriter& html, const Call& call, const Repository& repo) {
    html.open("h1", {{"class", "name"}});
    html.element("a", {{"href", site_path(call, "/" + repo.owner_name)}}, repo.owner_name).text(" / ");
    html.element("a", {{"href", site_path(call, api::web_path(repo))}}, repo.name);
    if (repo.is_private) html.text(" ").element("span", {{"class", "tag strong"}}, "private");
    if (!repo.gated.empty()) html.text(" ").element("span", {{"class", "tag strong"}}, "gated");
    if (repo.disabled) html.text(" ").element("span", {{"class", "tag strong"}}, "disabled");
    html.close();
}

void write_tabs(HtmlWriter& html, const Call& call, const Repository& repo, Tab current) {
    const auto tab = [&](Tab which, const std::string& path, const char* label) {
        const auto address = site_path(call, path);
        if (which == current)
            html.element("a", {{"href", address}, {"aria-current", "page"}}, label);
        else
            html.element("a", {{"href", address}}, label);
    };
    html.open("nav", {{"class", "tabs"}, {"aria-label", "Repository"}});
    tab(Tab::kCard, api::web_path(repo), "Card");
    tab(Tab::kFiles, tree_path(repo, "main"), "Files");
    tab(Tab::kCommits, commits_path(repo, "main"), "Commits");
    tab(Tab::kDiscussions, discussions_path(repo), "Pull requests");
    html.close();
}

/// Names behind `prefix`, and whether those were all.
Result<bool> collect_refs(const Call& call, std::string_view prefix, std::vector<std::string>& names) {
    TRY(const auto refs,
        call.hub.catalog.read([&](catalog::Session& s) { return catalog::list_refs(s, call.repository().id, prefix); }));
    for (std::size_t i = 0; i < std::min(refs.size(), kMaxRevisions); ++i) names.push_back(refs[i].name.substr(prefix.size()));
    return refs.size() <= kMaxRevisions;
}

}  // namespace

http::Response repository_page(const Call& call, Tab tab, std::string_view title, const std::function<void(HtmlWriter&)>& content,
                               int status) {
    const auto& repo = call.repository();
    return page(
        call, repo.full_name() + (title.empty() ? "" : " · ") + std::string(title),
        [&](HtmlWriter& html) {
            write_title(html, call, repo);
            write_counts(html, repo);
            write_chips(html, repo);
            write_tabs(html, call, repo, tab);
            content(html);
        },
        status);
}

Result<bool> may(const Call& call, hub::Action action) {
    return call.hub.catalog.read([&](catalog::Session& s) -> Result<bool> {
        TRY(const auto standing, hub::load_standing(s, call.principal, call.repository()));
        return hub::decide(call.principal, call.repository(), standing, action) == hub::Verdict::kYes;
    });
}

Result<RevisionChoice> load_revisions(const Call& call) {
    RevisionChoice choice;
    TRY(const bool all_branches, collect_refs(call, "refs/heads/", choice.branches));
    TRY(const bool all_tags, collect_refs(call, "refs/tags/", choice.tags));
    choice.complete = all_branches && all_tags;
    return choice;
}

void write_revisions(HtmlWriter& html, const RevisionChoice& choice, std::string_view current,
                     const std::function<std::string(std::string_view revision)>& link) {
    html.open("details", {{"class", "switch"}}).open("summary").element("span", {{"class", "what"}}, "Revision").text(" ");
    write_foreign(html, current);
    html.close();
    const auto list = [&](const char* head, const std::vector<std::string>& names) {
        if (names.empty()) return;
        html.element("h2", head).open("ul");
        for (const auto& name : names) {
            html.open("li");
            write_foreign_link(html, link(name), name);
            html.close();
        }
        html.close();
    };
    html.open("div");
    list("Branches", choice.branches);
    list("Tags", choice.tags);
    if (!choice.complete) html.element("p", {{"class", "quiet"}}, "There are more than are listed here.");
    html.close().close();
}

void write_crumbs(HtmlWriter& html, const Call& call, std::string_view revision, std::string_view path) {
    const auto& repo = call.repository();
    html.open("p", {{"class", "crumbs"}, {"dir", "ltr"}});
    html.element("a", {{"href", site_path(call, tree_path(repo, revision))}}, repo.name);
    for (std::size_t begin = 0; begin < path.size();) {
        const auto slash = path.find('/', begin);
        const auto part = path.substr(begin, slash == path.npos ? path.npos : slash - begin);
        html.text(" / ");
        if (slash == path.npos)
            write_foreign(html, part);
        else
            write_foreign_link(html, site_path(call, tree_path(repo, revision, path.substr(0, slash))), part);
        begin = slash == path.npos ? path.size() : slash + 1;
    }
    html.close();
}

void write_foreign(HtmlWriter& html, std::string_view text) { html.element("bdi", text); }

void write_foreign_link(HtmlWriter& html, std::string_view address, std::string_view text) {
    html.open("a", {{"href", address}});
    write_foreign(html, text);
    html.close();
}

void write_commit_link(HtmlWriter& html, const Call& call, const ObjectId& commit) {
    html.element("a", {{"href", site_path(call, commit_path(call.repository(), commit))}, {"class", "mono"}},
                 commit.hex().substr(0, 7));
}

void write_authors(HtmlWriter& html, const hub::CommitSummary& commit) {
    for (std::size_t i = 0; i < commit.authors.size(); ++i) {
        if (i > 0) html.text(", ");
        write_foreign(html, commit.authors[i]);
    }
}

void write_gate(HtmlWriter& html, const Call& call) {
    const auto& repo = call.repository();
    html.open("div", {{"class", "notice bad"}, {"role", "status"}});
    if (repo.disabled) {
        html.element("p", "This repository is disabled. Its contents are not shown.");
    } else {
        html.element("p", "Its owner decides who may read the contents of this repository. You can see which files it has.");
        if (call.principal.is_anonymous())
            html.open("p")
                .element("a", {{"href", site_path(call, "/login?next=" + percent_encode(api::web_path(repo)))}}, "Sign in")
                .text(" if you have been given access.")
                .close();
        else
            html.element("p", "Ask its owner for access.");
    }
    html.close();
}

}  // namespace mirfa::pages
