// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/push.h"

#include <algorithm>

#include "base/fault.h"
#include "catalog/large.h"
#include "git/commit.h"
#include "git/path_rules.h"
#include "git/ref_name.h"
#include "git/tree.h"
#include "hub/access/permission.h"
#include "hub/commits/describe_commit.h"
#include "hub/commits/git_service.h"
#include "hub/commits/pushed_history.h"
#include "hub/community/pull_requests.h"

namespace mirfa::hub {
namespace {

using catalog::Ref;
using catalog::Session;
using git::ObjectType;
using git::PushCommand;
using git::PushResult;

const FaultPoint kPackReceived("push-pack-received");
const FaultPoint kPushRead("push-objects-read");
const FaultPoint kPushAgreed("push-agreed");
const FaultPoint kPushStored("push-stored");

constexpr std::uint64_t kMaxPack = 20ull << 30;
constexpr std::uint64_t kMaxRefusedPack = 256ull << 20;  // read over, so that git shows why it was refused
constexpr std::uint64_t kMaxOtherObject = 64u << 20;     // trees of a million files fit
constexpr const char* kBranch = "refs/heads/";
constexpr const char* kTag = "refs/tags/";

/// Messages stand on one line of git's output.
std::string one_line(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return text;
}

/// The new commits behind the tips as the transaction wants them.
Result<std::vector<NewCommit>> describe_new(PushedHistory& history, git::ObjectSource& objects,
                                            const std::vector<ObjectId>& tips) {
    for (const auto& tip : tips) TRY(history.add(tip));
    CommitDescriber describer(objects);
    std::vector<NewCommit> commits;
    for (const auto& commit : history.behind(tips)) {
        TRY(auto described, describer.describe(commit));
        TRY(described.merged, history.merged_by(commit));
        commits.push_back(std::move(described));
    }
    return commits;
}

/// The commit a ref stands for; annotated tags are followed, a few deep.
Result<ObjectId> peel(git::ObjectSource& source, ObjectId target) {
    for (int depth = 0; depth < 10; ++depth) {
        TRY(const auto object, source.find(target));
        if (object && object->type == ObjectType::kCommit) return target;
        if (!object || object->type != ObjectType::kTag) break;
        TRY(const auto tag, git::parse_tag(as_text(object->data)));
        target = tag.target;
    }
    return Error{Code::kInvalidArgument, "only refs to commits are kept here", Reason::kUnprocessable};
}

/// A branch is cloned and listed by its commit: a ref outside of refs/tags/ that named a tag object could be neither.
Result<void> check_tag_object(const PushCommand& command, const ObjectId& commit) {
    if (command.ref.starts_with(kTag) || commit == command.after) return ok();
    return Error{Code::kInvalidArgument,
                 "only refs/tags/ keeps annotated tags; push the commit: git push origin " + commit.hex() + ":" + command.ref};
}

Result<void> check_rewrite(Session& session, const catalog::Repository& repo, const Principal& who) {
    if (require(session, who, repo, Action::kAdminister).has_value()) return ok();
    return Error{Code::kForbidden, "the default branch may be rewritten only by the repository's administrators"};
}

std::string oversized_message(const std::string& path, std::uint64_t size, std::uint64_t limit) {
    return (path.empty() ? "a file" : path) + " is " + std::to_string(size >> 20) + " MB large; files larger than " +
           std::to_string(limit >> 20) +
           " MB must be tracked by git-lfs. Run: git lfs migrate import --above=" + std::to_string(limit >> 20) +
           "MB --everything";
}

/// What git lets pass and no other door would: control characters, text that is not UTF-8, names that Windows takes for paths.
Result<void> check_names(ByteView tree) {
    TRY(const auto entries, git::parse_tree(tree));
    for (const auto& entry : entries) TRY(git::check_entry_name(entry.name));
    return ok();
}

Result<catalog::Repository> load_now(Session& session, catalog::RowId repo, const Principal& who) {
    TRY(auto found, catalog::find_repository_by_id(session, repo));
    if (!found) return repo_not_found(who);
    return std::move(*found);
}

/// Rules of one command that need no look at history. `repo` is the row of this moment.
Result<void> check_command(Session& session, const catalog::Repository& repo, const Principal& who, const PushCommand& command) {
    const auto refused = [](const char* why) { return Error{Code::kForbidden, why}; };
    if (!git::check_ref_name(command.ref).has_value()) return refused("this name is not allowed for a ref");
    if (const auto number = pull_request_number(command.ref)) {
        if (command.after.is_zero()) return refused("the ref of a pull request is not deleted by a push");
        return require_pull_request_writer(session, repo, who, *number);
    }
    if (!command.ref.starts_with(kBranch) && !command.ref.starts_with(kTag) && !command.ref.starts_with("refs/convert/"))
        return refused("only branches and tags are kept here (refs/heads/, refs/tags/)");
    TRY(require(session, who, repo, Action::kWrite));
    if (command.ref == kMainRef && command.after.is_zero()) return refused("the default branch main is not deleted");
    return ok();
}

/// Does main lose commits when it becomes `after`?
Result<bool> rewrites_main(Session& session, PushedHistory& history, const catalog::Repository& repo, const PushCommand& command,
                           const ObjectId& after) {
    TRY(const auto main, catalog::find_ref(session, repo.id, kMainRef));
    if (!main || main->target != command.before) return ref_moved(command.ref);
    TRY(history.add(after));
    TRY(const bool forward, git::is_ancestor(history, main->commit, after));
    return !forward;
}

/// A command that the rules agree with, and what it asked of history.
struct Judged {
    PushCommand command;
    Ref wanted;             ///< of nothing when the ref is deleted
    std::string title;      ///< of the commit, for a pull request
    bool rewrites = false;  ///< the default branch: only administrators may
};

Result<std::string> title_of(git::ObjectSource& source, const ObjectId& commit) {
    TRY(const auto data, read_object(source, commit, ObjectType::kCommit));
    TRY(const auto parsed, git::parse_commit(as_text(data)));
    return std::string(git::title_of(parsed.message));
}

/// Looks at the commits behind a command. Refusals are errors of the codes that is_refusal() names.
Result<Judged> judge_command(Session& session, git::ObjectSource& objects, PushedHistory& history,
                             const catalog::Repository& repo, const Principal& who, const PushCommand& command) {
    Judged judged{command, {command.ref, {}, {}}, "", false};
    if (command.after.is_zero()) return judged;
    TRY(const auto commit, peel(objects, command.after));
    TRY(check_tag_object(command, commit));
    judged.wanted = Ref{command.ref, command.after, commit};
    if (command.ref == kMainRef && !command.before.is_zero()) {
        TRY(judged.rewrites, rewrites_main(session, history, repo, command, commit));
        if (judged.rewrites) TRY(check_rewrite(session, repo, who));
    }
    if (pull_request_number(command.ref)) {
        TRY(judged.title, title_of(objects, commit));
    }
    return judged;
}

/// Is it the pusher's to put right, and shown beside the ref?
bool is_refusal(const Error& error) {
    return error.code == Code::kInvalidArgument || error.code == Code::kForbidden || error.code == Code::kUnauthenticated ||
           error.code == Code::kNotFound || error.code == Code::kConflict;
}

Error not_all_of_an_atomic_push() { return Error{Code::kConflict, "the push is atomic and a part of it was refused"}; }

bool is_refused(const PushResult& result) { return !result.message.empty(); }

}  // namespace

/// What the rules agreed to.
struct PushRequest::Accepted {
    std::vector<Judged> commands;
    std::vector<NewCommit> commits;
};

PushRequest::PushRequest(Hub& hub, const catalog::Repository& repo, const Principal& who) : hub_(hub), repo_(repo), who_(who) {}
PushRequest::~PushRequest() = default;

Result<void> PushRequest::feed(ByteView bytes) {
    if (!head_parser_.done()) {
        TRY(const auto used, head_parser_.feed(bytes));
        bytes = bytes.subspan(used);
        if (!head_parser_.done()) return ok();
        head_ = head_parser_.take();
        TRY(begin());
    }
    if (bytes.empty()) return ok();
    if (refused_) return drop(bytes.size());
    if (!pack_) return Error{Code::kInvalidArgument, "The push has octets behind its end."};
    return pack_->write(bytes);
}

/// The commands are known, the pack is still to come.
Result<void> PushRequest::begin() {
    TRY(hub_.catalog.read([&](Session& session) -> Result<void> {
        TRY(const auto repo, load_now(session, repo_.id, who_));
        for (const auto& command : head_.commands) {
            const auto allowed = check_command(session, repo, who_, command);
            if (!allowed.has_value() && !is_refusal(allowed.error())) return allowed.error();
            results_.push_back({command.ref, allowed.has_value() ? "" : one_line(allowed.error().message)});
        }
        return ok();
    }));
    const auto count = std::count_if(results_.begin(), results_.end(), is_refused);
    refused_ = count > 0 && (head_.atomic || count == static_cast<std::ptrdiff_t>(results_.size()));
    if (refused_ || !head_.has_pack()) return ok();
    TRY(auto cached, prepare_cache(hub_, repo_));
    TRY(pack_, git::PackReceiver::begin(std::move(cached), kMaxPack));
    return ok();
}

/// git reads the answer only when all it had to send was taken.
Result<void> PushRequest::drop(std::size_t octets) {
    dropped_ += octets;
    if (dropped_ <= kMaxRefusedPack) return ok();
    const auto refused = std::find_if(results_.begin(), results_.end(), is_refused);
    return Error{Code::kForbidden, "The push is refused: " + refused->message};
}

Result<std::string> PushRequest::finish() {
    // git probes with a lone flush before it sends a large push.
    if (!head_parser_.done() || head_.commands.empty()) return std::string{};
    const auto accepted = accept();
    if (accepted.has_value()) return git::write_push_report(head_, "", results_, "");
    const std::string reason = one_line(accepted.error().message);
    for (auto& result : results_)
        if (result.message.empty()) result.message = reason;
    const bool of_pack = accepted.error().reason == Reason::kUnprocessable;
    return git::write_push_report(head_, of_pack ? reason : "", results_, "Mirfa: " + accepted.error().message + "\n");
}

Result<void> PushRequest::accept() {
    const bool all_refused = std::all_of(results_.begin(), results_.end(), is_refused);
    if (refused_) return all_refused ? Result<void>(ok()) : not_all_of_an_atomic_push();
    NewObjects objects(hub_, repo_.id);
    TRY(receive(objects));
    TRY(auto accepted, judge(objects));
    if (accepted.commands.empty()) return ok();
    if (head_.atomic && accepted.commands.size() < results_.size()) return not_all_of_an_atomic_push();
    TRY(check_pointers(objects));
    return store(objects, std::move(accepted));
}

Result<void> PushRequest::receive(NewObjects& objects) {
    if (!pack_) return ok();
    TRY(const auto refs, hub_.catalog.read([&](Session& s) { return catalog::list_refs(s, repo_.id, "refs/"); }));
    std::vector<ObjectId> tips, known_tips;
    for (const auto& command : head_.commands)
        if (!command.after.is_zero()) tips.push_back(command.after);
    for (const auto& ref : refs) known_tips.push_back(ref.target);
    TRY(pack_->finish(tips, known_tips));
    kPackReceived.reach();
    TRY(read_pack(objects));
    kPushRead.reach();
    return ok();
}

Result<void> PushRequest::read_pack(NewObjects& objects) {
    // Sizes first: reading an object takes as much memory as it says it has.
    TRY(pack_->each_head([&](const ObjectId& id, ObjectType type, std::uint64_t size) -> Result<void> {
        if (type == ObjectType::kBlob && size > hub_.options.inline_limit) {
            TRY(const auto path, pack_->path_of(id));
            return Error{Code::kTooLarge, oversized_message(path, size, hub_.options.inline_limit), Reason::kUnprocessable};
        }
        if (type != ObjectType::kBlob && size > kMaxOtherObject)
            return Error{Code::kTooLarge, "a " + std::string(git::name_of(type)) + " of the push is too large",
                         Reason::kUnprocessable};
        return ok();
    }));
    return pack_->each_object([&](const ObjectId& id, ObjectType type, ByteView data) -> Result<void> {
        if (type == ObjectType::kTree) TRY(check_names(data));
        return objects.put(id, type, data);
    });
}

/// Refusals go into the results; errors are those of the whole push.
Result<PushRequest::Accepted> PushRequest::judge(NewObjects& objects) {
    return hub_.catalog.read([&](Session& session) -> Result<Accepted> {
        TRY(const auto repo, load_now(session, repo_.id, who_));
        HistoryReader reader(objects, session);
        PushedHistory history(session, reader, repo_.id);
        Accepted accepted;
        std::vector<ObjectId> tips;
        for (std::size_t i = 0; i < results_.size(); ++i) {
            if (is_refused(results_[i])) continue;
            auto judged = judge_command(session, reader, history, repo, who_, head_.commands[i]);
            if (!judged.has_value()) {
                if (!is_refusal(judged.error())) return judged.error();
                results_[i].message = one_line(judged.error().message);
                continue;
            }
            if (!head_.commands[i].after.is_zero()) tips.push_back(judged.value().wanted.commit);
            accepted.commands.push_back(std::move(judged).value());
        }
        TRY(accepted.commits, describe_new(history, reader, tips));
        return accepted;
    });
}

/// The transaction checks this again and last; here a missing one can be named by its path.
Result<void> PushRequest::check_pointers(NewObjects& objects) {
    TRY(const auto pointers, objects.pointers());
    for (const auto& pointer : pointers) {
        TRY(const auto held,
            hub_.catalog.read([&](Session& s) { return catalog::find_repo_object(s, repo_.id, pointer.sha256); }));
        if (held || !pack_) continue;
        TRY(const auto path, pack_->path_of(pointer.blob));
        return content_missing(path + " (SHA-256 " + pointer.sha256.hex() + ")");
    }
    return ok();
}

Result<void> PushRequest::store(NewObjects& objects, Accepted accepted) {
    Changes changes{.objects = &objects, .commits = std::move(accepted.commits)};
    for (const auto& [command, wanted, title, rewrites] : accepted.commands) {
        const auto before = command.before.is_zero() ? std::nullopt : std::optional(command.before);
        changes.refs.push_back({command.ref, before, command.after.is_zero() ? std::nullopt : std::optional(wanted)});
    }
    changes.first = [&](Session& session) -> Result<void> {
        TRY(const auto repo, load_now(session, repo_.id, who_));
        for (const auto& judged : accepted.commands) {
            TRY(check_command(session, repo, who_, judged.command));
            if (judged.rewrites) TRY(check_rewrite(session, repo, who_));
        }
        return ok();
    };
    changes.last = [&](Session& session) -> Result<void> {
        for (const auto& [command, wanted, title, rewrites] : accepted.commands)
            if (!command.after.is_zero())
                TRY(note_commit_on_pull_request(session, hub_, repo_, command.ref, wanted.commit, title, who_));
        return ok();
    };
    kPushAgreed.reach();
    TRY(commit_changes(hub_, repo_, changes));
    kPushStored.reach();
    return ok();
}

}  // namespace mirfa::hub
