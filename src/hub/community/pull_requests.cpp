// SPDX-License-Identifier: Apache-2.0
#include "hub/community/pull_requests.h"

#include <charconv>

#include "base/ascii.h"
#include "base/random.h"
#include "catalog/community.h"
#include "format/json_reader.h"
#include "git/commit.h"
#include "hub/access/permission.h"
#include "hub/community/events.h"

namespace mirfa::hub {
namespace {

using catalog::Discussion;
using catalog::DiscussionStatus;
using catalog::Session;

constexpr std::string_view kPrefix = "refs/pr/";

/// Its first octets, without half of a letter at the end.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
    return text.substr(0, most);
}

/// The message of a commit may be anything; titles are one line of bounded length.
std::string title_of_message(std::string_view message) {
    std::string line(git::title_of(ascii_trim(message)));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return std::string(ascii_trim(cut(ascii_trim(line), kMaxTitle)));
}

}  // namespace

std::string pull_request_ref(std::int64_t number) { return std::string(kPrefix) + std::to_string(number); }

std::optional<std::int64_t> pull_request_number(std::string_view revision) {
    if (!revision.starts_with(kPrefix)) return std::nullopt;
    revision.remove_prefix(kPrefix.size());
    std::int64_t number = 0;
    const auto parsed = std::from_chars(revision.data(), revision.data() + revision.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != revision.data() + revision.size() || number < 1) return std::nullopt;
    if (revision[0] == '0') return std::nullopt;  // another name, so another ref
    return number;
}

Result<void> require_discussions(const catalog::Repository& repo) {
    const auto settings = format::parse_json(repo.settings.empty() ? "{}" : repo.settings);
    if (!settings.has_value() || !format::find_bool(settings.value(), "discussionsDisabled").value_or(false)) return ok();
    return Error{Code::kForbidden, "Discussions and pull requests are disabled for " + repo.full_name() + "."};
}

Result<std::int64_t> reserve_pull_request(Hub& hub, const catalog::Repository& repo) {
    return hub.catalog.write([&](Session& s) { return catalog::reserve_discussion_number(s, repo.id); });
}

Result<void> insert_pull_request(Session& session, Hub& hub, const catalog::Repository& repo, const NewPullRequest& made,
                                 const Principal& who) {
    Discussion discussion;
    discussion.id = new_row_id();
    discussion.repo = repo.id;
    discussion.num = made.number;
    discussion.title = title_of_message(made.title);
    if (discussion.title.empty()) discussion.title = "Pull request " + std::to_string(made.number);
    discussion.status = made.open ? DiscussionStatus::kOpen : DiscussionStatus::kDraft;
    discussion.is_pull_request = true;
    discussion.author = who.user;
    discussion.base = made.base;
    discussion.created = hub.clock.now();
    TRY(catalog::insert_discussion(session, discussion));
    TRY(insert_comment(session, hub, discussion.id, who, cut(made.description, kMaxComment)));
    return ok();
}

Result<void> note_commit_on_pull_request(Session& session, Hub& hub, const catalog::Repository& repo, std::string_view ref,
                                         const ObjectId& commit, std::string_view subject, const Principal& who) {
    const auto number = pull_request_number(ref);
    if (!number) return ok();
    TRY(const auto discussion, catalog::find_discussion(session, repo.id, *number));
    if (!discussion) return ok();
    TRY(insert_event(session, hub, discussion->id, who, kCommitKind,
                     data_of(CommitAdded{title_of_message(subject), commit.hex()})));
    return ok();
}

Result<void> require_pull_request_writer(Session& session, const catalog::Repository& repo, const Principal& who,
                                         std::int64_t number) {
    TRY(const auto discussion, catalog::find_discussion(session, repo.id, number));
    if (!discussion || !discussion->is_pull_request)
        return Error{Code::kNotFound, "There is no pull request " + std::to_string(number) + " in this repository.",
                     Reason::kRevisionNotFound};
    if (discussion->status == DiscussionStatus::kMerged || discussion->status == DiscussionStatus::kClosed)
        return Error{Code::kForbidden, "The pull request is closed; nothing can be added to it."};
    return require(session, who, repo, discussion->author == who.user ? Action::kPropose : Action::kWrite);
}
Result<void> require_pull_request_writer(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number) {
    return hub.catalog.read([&](Session& s) { return require_pull_request_writer(s, repo, who, number); });
}

}  // namespace mirfa::hub
