// SPDX-License-Identifier: Apache-2.0
// What the pages of a repository have in common.
#pragma once

#include "hub/repos/history.h"
#include "pages/layout.h"

namespace mirfa::pages {

/// Which of a repository's pages is shown.
enum class Tab { kCard, kFiles, kCommits, kDiscussions };

/// A page of the call's repository: its name and what is known of it, the way to its other pages, then the content.
http::Response repository_page(const Call& call, Tab tab, std::string_view title, const std::function<void(HtmlWriter&)>& content,
                               int status = 200);

/// May the visitor do this with the call's repository?
Result<bool> may(const Call& call, hub::Action action);

/// Branches and tags that a page can be switched to, each with the address `link` gives.
struct RevisionChoice {
    std::vector<std::string> branches;
    std::vector<std::string> tags;
    bool complete = true;  ///< false: there are more than are listed
};
Result<RevisionChoice> load_revisions(const Call& call);
void write_revisions(HtmlWriter& html, const RevisionChoice& choice, std::string_view current,
                     const std::function<std::string(std::string_view revision)>& link);

/// The folders that lead to a path, each a link; the last part is the page itself.
void write_crumbs(HtmlWriter& html, const Call& call, std::string_view revision, std::string_view path);

/// Text that people chose, such that its direction does not touch what stands around it.
void write_foreign(HtmlWriter& html, std::string_view text);
/// The same as a link.
void write_foreign_link(HtmlWriter& html, std::string_view address, std::string_view text);
/// The first digits of a commit, as a link to it.
void write_commit_link(HtmlWriter& html, const Call& call, const ObjectId& commit);
/// `alice, bob`
void write_authors(HtmlWriter& html, const hub::CommitSummary& commit);

/// What stands in place of contents that the visitor may not read.
void write_gate(HtmlWriter& html, const Call& call);

}  // namespace mirfa::pages
