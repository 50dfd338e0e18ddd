// SPDX-License-Identifier: Apache-2.0
#include "pages/listing.h"

#include "pages/links.h"
#include "pages/repository_view.h"

namespace mirfa::pages {
namespace {

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

void write_name(HtmlWriter& html, const Call& call, std::string_view revision, const hub::ListedEntry& entry) {
    const auto& repo = call.repository();
    const std::string name(name_of(entry.path));
    html.open("td", {{"class", entry.is_folder ? "entry folder" : "entry"}});
    if (entry.is_folder)
        write_foreign_link(html, site_path(call, tree_path(repo, revision, entry.path)), name + "/");
    else
        write_foreign_link(html, site_path(call, blob_path(repo, revision, entry.path)), name);
    html.close();
}

void write_size(HtmlWriter& html, const hub::ListedEntry& entry) {
    html.open("td", {{"class", "number"}});
    if (entry.file && entry.file->lfs_sha256)
        html.element("span", {{"class", "tag"}, {"title", "Kept as a large file"}}, "large");
    if (entry.file) html.text(readable_size(static_cast<std::uint64_t>(entry.file->content_size())));
    html.close();
}

void write_last_commit(HtmlWriter& html, const Call& call, const hub::ListedEntry& entry) {
    html.open("td", {{"class", "commit"}});
    if (entry.last_commit) {
        const auto address = site_path(call, commit_path(call.repository(), entry.last_commit->id));
        write_foreign_link(html, address, entry.last_commit->title);
    }
    html.close().open("td", {{"class", "number"}});
    if (entry.last_commit) write_day(html, entry.last_commit->date);
    html.close();
}

}  // namespace

void write_listing(HtmlWriter& html, const Call& call, std::string_view revision, const std::vector<hub::ListedEntry>& entries) {
    if (entries.empty()) {
        html.element("p", {{"class", "quiet"}}, "There are no files here.");
        return;
    }
    html.open("table", {{"class", "listing"}}).open("thead").open("tr").element("th", {{"scope", "col"}}, "Name");
    html.element("th", {{"scope", "col"}, {"class", "number"}}, "Size");
    html.element("th", {{"scope", "col"}}, "Last commit").element("th", {{"scope", "col"}, {"class", "number"}}, "Day");
    html.close().close().open("tbody");
    for (const auto& entry : entries) {
        html.open("tr");
        write_name(html, call, revision, entry);
        write_size(html, entry);
        write_last_commit(html, call, entry);
        html.close();
    }
    html.close().close();
}

}  // namespace mirfa::pages
