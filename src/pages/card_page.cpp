// SPDX-License-Identifier: Apache-2.0
// /{owner}/{name}: what a repository is, how to get at it, and what lies at its top.
#include "card/front_matter.h"
#include "card/markdown.h"
#include "card/summary.h"
#include "hub/repos/trees.h"
#include "pages/file_text.h"
#include "pages/handlers.h"
#include "pages/links.h"
#include "pages/listing.h"
#include "pages/repository_view.h"
#include "pages/snippets.h"

namespace mirfa::pages {
namespace {

constexpr std::size_t kShownEntries = 100;

/// What the page shows, all of one commit of main.
struct Front {
    bool has_commits = false;
    bool readable = false;  ///< the visitor may read contents
    hub::TreePage top;
    std::optional<hub::FileFacts> readme_file;
    std::optional<std::string> readme;  ///< its text, when it can be shown
    std::optional<card::TransformersInfo> transformers;
};

Result<hub::FileLocation> locate(const Call& call, const ObjectId& commit, const char* path) {
    return hub::locate_file(call.hub, call.repository(), {commit.hex(), path});
}

/// Which classes of transformers load it; nothing when config.json does not say.
Result<std::optional<card::TransformersInfo>> find_transformers(const Call& call, const Front& front) {
    std::optional<card::TransformersInfo> nothing;
    if (call.repository().library != "transformers") return nothing;
    TRY(const auto config, locate(call, front.top.commit, "config.json"));
    if (!config.file) return nothing;
    TRY(const auto text, read_text(call, *config.file));
    if (!text) return nothing;
    std::vector<std::string> files;
    for (const auto& entry : front.top.entries) files.push_back(entry.path);
    card::SummaryInput input;
    input.readme = "---\nlibrary_name: transformers\n---\n";
    input.files = files;
    input.config_json = *text;
    return card::summarize(input).summary.transformers;
}

Result<Front> load_front(const Call& call) {
    Front front;
    hub::TreeQuery query;
    query.with_last_commit = true;
    query.limit = kShownEntries;
    auto top = hub::list_tree(call.hub, call.repository(), {"main"}, query);
    if (!top.has_value() && top.error().reason == Reason::kRevisionNotFound) return front;
    if (!top.has_value()) return top.error();
    front.has_commits = true;
    front.top = std::move(top).value();
    TRY(front.readable, may(call, hub::Action::kReadContent));
    if (!front.readable) return front;
    TRY(const auto readme, locate(call, front.top.commit, "README.md"));
    front.readme_file = readme.file;
    if (readme.file) {
        TRY(front.readme, read_text(call, *readme.file));
    }
    TRY(front.transformers, find_transformers(call, front));
    return front;
}

void write_card_text(HtmlWriter& html, const Call& call, std::string_view readme) {
    const auto body = card::split_card(readme).body;
    card::MarkdownOptions options;
    options.rewrite_relative = [&](card::LinkUse use, std::string_view address) {
        return card_address(call.repository(), "main", use == card::LinkUse::kImage ? "resolve" : "blob", site_path(call, ""),
                            address);
    };
    options.images_of_others_as_links = true;  // the page's policy does not let a browser load them
    const auto text = card::markdown_to_html(body, options);
    html.open("article", {{"class", "card"}, {"dir", "auto"}});
    if (text.has_value())
        html.raw(text.value());
    else
        html.element("pre", {{"dir", "auto"}}, body);
    html.close();
}

void write_readme(HtmlWriter& html, const Call& call, const Front& front) {
    if (!front.readable) return write_gate(html, call);
    if (front.readme) return write_card_text(html, call, *front.readme);
    if (!front.readme_file) {
        html.element("p", {{"class", "quiet"}}, "There is no card yet: the repository has no README.md.");
        return;
    }
    html.open("p", {{"class", "quiet"}}).text("The card is too large to be shown here. ");
    html.element("a", {{"href", site_path(call, blob_path(call.repository(), "main", "README.md"))}}, "README.md").close();
}

void write_snippets(HtmlWriter& html, const Call& call, const Front& front) {
    SnippetInput input{call.repository(), call.hub.options.public_url, front.transformers, {}};
    for (const auto& entry : front.top.entries) input.files.push_back(entry.path);
    html.open("aside", {{"aria-label", "How to use it"}});
    for (const auto& snippet : snippets_for(input)) {
        html.element("h2", snippet.title);
        html.element("pre", {{"dir", "ltr"}, {"tabindex", "0"}}, snippet.text);
    }
    html.close();
}

void write_first_steps(HtmlWriter& html, const Call& call) {
    const auto& repo = call.repository();
    const bool model = repo.type == catalog::RepoType::kModel;
    const std::string type = model ? "" : " --repo-type " + std::string(api::singular_of(repo.type));
    html.element("p", "There is nothing in this repository yet. Put something into it:");
    html.element("pre", {{"dir", "ltr"}, {"tabindex", "0"}},
                 "export HF_ENDPOINT=" + call.hub.options.public_url + "\nhf auth login\nhf upload " + repo.full_name() +
                     " ./folder ." + type);
}

void write_files(HtmlWriter& html, const Call& call, const Front& front, const RevisionChoice& revisions) {
    html.open("section", {{"id", "files"}}).element("h2", "Files");
    write_revisions(html, revisions, "main",
                    [&](std::string_view revision) { return site_path(call, tree_path(call.repository(), revision)); });
    write_listing(html, call, "main", front.top.entries);
    if (!front.top.next.empty())
        html.open("p").element("a", {{"href", site_path(call, tree_path(call.repository(), "main"))}}, "All files").close();
    html.close();
}

}  // namespace

Result<http::Response> card_page(Call& call) {
    TRY(const auto front, load_front(call));
    TRY(const auto revisions, load_revisions(call));
    return repository_page(call, Tab::kCard, "", [&](HtmlWriter& html) {
        if (!front.has_commits) return write_first_steps(html, call);
        html.open("div", {{"class", "columns"}}).open("div", {{"class", "wide"}});
        write_readme(html, call, front);
        html.close();
        write_snippets(html, call, front);
        html.close();
        write_files(html, call, front, revisions);
    });
}

}  // namespace mirfa::pages
