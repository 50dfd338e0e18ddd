// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>
#include <mirfa/repo_id.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mirfa::client {

/// A discussion or pull request of a repository; they share one row of numbers.
struct Discussion {
    std::int64_t number = 0;
    std::string title;
    std::string status;  ///< draft, open, closed, merged
    bool is_pull_request = false;
    std::string author;  ///< empty when the account is gone
    std::string created;
};
struct DiscussionEvent {
    std::string type;  ///< comment, status-change, commit, title-change, …
    std::string author;
    std::string created;
    std::string text;  ///< of the comment; the new status; the commit's subject; the new title
};
struct DiscussionDetails {
    Discussion head;
    std::vector<DiscussionEvent> events;
    std::string diff;  ///< of a pull request
};

struct DiscussionFilter {
    std::string status = "open";  ///< open, closed, all
    std::string kind = "all";     ///< discussion, pull_request, all
    std::string author;
    std::size_t limit = 100;
};
Outcome<std::vector<Discussion>> list_discussions(const Client& client, const RepoId& repo, const DiscussionFilter& filter = {});
Outcome<DiscussionDetails> show_discussion(const Client& client, const RepoId& repo, std::int64_t number);
/// A pull request begins as a draft without changes; uploads to refs/pr/N fill it. Gives: its number.
Outcome<std::int64_t> create_discussion(const Client& client, const RepoId& repo, const std::string& title,
                                        const std::string& description, bool pull_request);
Outcome<void> comment_discussion(const Client& client, const RepoId& repo, std::int64_t number, const std::string& text);
/// Takes: open (which also publishes a draft) or closed.
Outcome<void> set_discussion_status(const Client& client, const RepoId& repo, std::int64_t number, const std::string& status,
                                    const std::string& comment = "");
Outcome<void> merge_pull_request(const Client& client, const RepoId& repo, std::int64_t number, const std::string& comment = "");

}  // namespace mirfa::client
