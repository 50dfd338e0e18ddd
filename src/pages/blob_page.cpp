// SPDX-License-Identifier: Apache-2.0
// /{repo}/blob/{revision}/{path}: a file at a revision, as far as a page can show it.
#include <algorithm>

#include "base/ascii.h"
#include "hub/repos/trees.h"
#include "pages/file_text.h"
#include "pages/handlers.h"
#include "pages/links.h"
#include "pages/repository_view.h"

namespace mirfa::pages {
namespace {

constexpr std::string_view kImages[] = {".png", ".jpg", ".jpeg", ".gif", ".webp"};

bool is_image(std::string_view path) {
    const auto lower = ascii_lower(path);
    return std::any_of(std::begin(kImages), std::end(kImages), [&](std::string_view ending) { return lower.ends_with(ending); });
}

/// Where the page is, and the file there.
struct Place {
    hub::Revision revision;
    std::string path;
    hub::ListedEntry entry;
};

void write_fact(HtmlWriter& html, std::string_view name, std::string_view value) {
    html.element("dt", name).element("dd", {{"class", "mono"}}, value);
}

void write_facts(HtmlWriter& html, const hub::FileFacts& file) {
    const auto size = static_cast<std::uint64_t>(file.content_size());
    html.open("dl", {{"class", "facts"}});
    write_fact(html, "Size", readable_size(size) + (size < 1000 ? "" : " (" + std::to_string(size) + " octets)"));
    if (file.lfs_sha256) write_fact(html, "SHA-256", file.lfs_sha256->hex());
    write_fact(html, "git blob", file.blob.hex());
    if (file.large && file.large->xet_file) write_fact(html, "Xet file", format::to_string(*file.large->xet_file));
    html.close();
}

void write_last_commit(HtmlWriter& html, const Call& call, const std::optional<hub::CommitSummary>& commit) {
    if (!commit) return;
    html.open("p", {{"class", "latest"}});
    write_foreign_link(html, site_path(call, commit_path(call.repository(), commit->id)), commit->title);
    html.text(" · ");
    write_authors(html, *commit);
    html.text(" · ");
    write_day(html, commit->date);
    html.close();
}

void write_content(HtmlWriter& html, const Call& call, const Place& place, const std::optional<std::string>& text) {
    const auto& file = *place.entry.file;
    if (file.lfs_sha256 && !file.large) {
        write_notice(html, Tone::kBad, "The content of this large file has not been uploaded; only its pointer is here.");
    } else if (text) {
        if (turns_text_around(*text))
            write_notice(html, Tone::kBad,
                         "This file holds characters that change the direction of text: "
                         "it may not be what it looks like.");
        if (file.is_link()) html.element("p", {{"class", "quiet"}}, "A symbolic link to:");
        write_numbered(html, *text);
    } else if (is_image(place.path)) {
        const auto address = site_path(call, resolve_path(call.repository(), place.revision.text, place.path));
        html.open("p", {{"class", "picture"}}).empty("img", {{"src", address}, {"alt", place.path}}).close();
    } else {
        html.element("p", {{"class", "quiet"}},
                     file.content_size() > kMaxShown ? "The file is too large to be shown here." : "The file is not text.");
    }
}

}  // namespace

Result<http::Response> blob_page(Call& call) {
    const auto& repo = call.repository();
    TRY(auto at, call.hub.catalog.read([&](catalog::Session& s) { return hub::split_revision(s, repo, call.path.rest); }));
    if (at.path.empty()) return go_to(call, tree_path(repo, at.revision.text));
    TRY(auto found, hub::find_entries(call.hub, repo, {at.revision.commit.hex()}, {at.path}, true));
    if (found.empty())
        return Error{Code::kNotFound, "There is no file \"" + at.path + "\" at " + at.revision.text + ".",
                     Reason::kEntryNotFound};
    if (found[0].is_folder) return go_to(call, tree_path(repo, at.revision.text, at.path));
    const Place place{std::move(at.revision), std::move(at.path), std::move(found[0])};
    TRY(const auto text, read_text(call, *place.entry.file));
    const auto& revision = place.revision.text;
    return repository_page(call, Tab::kFiles, place.path + " at " + revision, [&](HtmlWriter& html) {
        html.open("div", {{"class", "bar"}});
        write_crumbs(html, call, revision, place.path);
        const auto octets = site_path(call, resolve_path(repo, revision, place.path));
        html.element("a", {{"href", octets + "?download=true"}, {"class", "button"}}, "Download");
        if (text) html.element("a", {{"href", octets}, {"class", "button"}}, "Plain");
        html.close();
        write_last_commit(html, call, place.entry.last_commit);
        write_facts(html, *place.entry.file);
        write_content(html, call, place, text);
    });
}

}  // namespace mirfa::pages
