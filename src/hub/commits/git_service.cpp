// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/git_service.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/fault.h"
#include "catalog/large.h"
#include "git/commit.h"
#include "git/path_rules.h"
#include "git/ref_name.h"
#include "git/tree.h"
#include "hub/access/permission.h"
#include "hub/commits/transaction.h"
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
constexpr std::uint64_t kMaxOtherObject = 64u << 20;  // trees of a million files fit
constexpr const char* kOwnBranch = "refs/heads/";
constexpr const char* kTag = "refs/tags/";

git::CachedRef to_cached(const Ref& ref) {
    return {ref.name, ref.target, ref.target == ref.commit ? std::nullopt : std::optional(ref.commit)};
}

/// The catalog at one moment, as the cache reads it.
class Feed final : public git::CacheFeed {
public:
    Feed(Session& session, const catalog::Repository& now) : session_(session), repo_(now) {}
    std::int64_t generation() const override { return repo_.generation; }
    std::int64_t sequence() const override { return repo_.sequence; }
    Result<std::vector<git::CachedRef>> refs() override {
        TRY(const auto refs, catalog::list_refs(session_, repo_.id, "refs/"));
        std::vector<git::CachedRef> cached;
        for (const auto& ref : refs) cached.push_back(to_cached(ref));
        return cached;
    }
    Result<std::uint32_t> count_objects(std::int64_t after) override {
        TRY(const auto count, catalog::count_objects_after(session_, repo_.id, after, repo_.sequence));
        return static_cast<std::uint32_t>(count);
    }
    Result<void> each_object(std::int64_t after, const Visit& visit) override {
        return catalog::each_object_after(session_, repo_.id, after, repo_.sequence, [&](const auto& object, std::int64_t) {
            return visit(static_cast<ObjectType>(object.facts.type), static_cast<std::uint64_t>(object.facts.size),
                         object.deflated);
        });
    }

private:
    Session& session_;
    const catalog::Repository repo_;
};

/// Messages stand on one line of git's output.
std::string one_line(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return text;
}

/// New commits behind the tips, parents before children.
Result<std::vector<ObjectId>> new_commits(Session& session, git::ObjectSource& objects, catalog::RowId repo,
                                          const std::vector<ObjectId>& tips) {
    std::vector<ObjectId> ordered;
    std::unordered_set<ObjectId> seen;
    struct Step {
        ObjectId commit;
        bool parents_done;
    };
    std::vector<Step> stack;
    for (const auto& tip : tips) stack.push_back({tip, false});
    while (!stack.empty()) {
        const auto [commit, parents_done] = stack.back();
        stack.pop_back();
        if (parents_done) {
            ordered.push_back(commit);
            continue;
        }
        if (!seen.insert(commit).second) continue;
        TRY(const auto known, catalog::find_place(session, repo, commit));
        if (known) continue;
        TRY(const auto data, read_object(objects, commit, ObjectType::kCommit));
        TRY(const auto parsed, git::parse_commit(as_text(data)));
        stack.push_back({commit, true});
        for (const auto& parent : parsed.parents) stack.push_back({parent, false});
    }
    return ordered;
}

/// The new commits behind the tips as the transaction wants them.
Result<std::vector<NewCommit>> describe_new(Hub& hub, NewObjects& objects, catalog::RowId repo,
                                            const std::vector<ObjectId>& tips) {
    return hub.catalog.read([&](Session& session) -> Result<std::vector<NewCommit>> {
        HistoryReader reader(objects, session);
        TRY(const auto ordered, new_commits(session, reader, repo, tips));
        std::vector<NewCommit> commits;
        commits.reserve(ordered.size());
        for (const auto& commit : ordered) {
            TRY(auto described, describe_commit(reader, commit));
            commits.push_back(std::move(described));
        }
        return commits;
    });
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
std::string refusal_of_tag_object(const PushCommand& command, const ObjectId& commit) {
    if (command.ref.starts_with(kTag) || commit == command.after) return "";
    return "only refs/tags/ keeps annotated tags; push the commit: git push origin " + commit.hex() + ":" + command.ref;
}

/// Is `older` reachable from `newer`? Walks the new commits down to known ones, whose places answer the rest.
Result<bool> is_ancestor(Hub& hub, git::ObjectSource& source, catalog::RowId repo, const ObjectId& older, const ObjectId& newer) {
    TRY(const auto target, hub.catalog.read([&](Session& s) { return catalog::find_place(s, repo, older); }));
    std::vector<ObjectId> open = {newer};
    std::unordered_set<ObjectId> seen;
    while (!open.empty()) {
        const ObjectId commit = open.back();
        open.pop_back();
        if (commit == older) return true;
        if (!seen.insert(commit).second) continue;
        TRY(const auto place, hub.catalog.read([&](Session& s) { return catalog::find_place(s, repo, commit); }));
        if (place && target) {
            if (place->ancestors <= target->ancestors) continue;
            if (place->line == target->line) {
                if (place->position >= target->position) return true;
                continue;
            }
            open.insert(open.end(), place->parents.begin(), place->parents.end());
            continue;
        }
        TRY(const auto data, read_object(source, commit, ObjectType::kCommit));
        TRY(const auto parsed, git::parse_commit(as_text(data)));
        open.insert(open.end(), parsed.parents.begin(), parsed.parents.end());
    }
    return false;
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

}  // namespace

Result<git::CachedRepository> prepare_cache(Hub& hub, const catalog::Repository& repo) {
    return hub.catalog.read([&](Session& session) -> Result<git::CachedRepository> {
        TRY(const auto now, catalog::find_repository_by_id(session, repo.id));
        if (!now) return Error{Code::kNotFound, "The repository does not exist any more.", Reason::kRepoNotFound};
        Feed feed(session, *now);
        return hub.git_cache.prepare(repo.id, feed);
    });
}

Result<std::string> advertise_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol) {
    TRY(const auto cached, prepare_cache(hub, repo));
    return git::advertise_upload_pack(cached, protocol);
}

Result<std::unique_ptr<SegmentSource>> serve_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol,
                                                   Bytes request) {
    TRY(auto cached, prepare_cache(hub, repo));
    return git::serve_upload_pack(std::move(cached), protocol, std::move(request));
}

Result<std::string> advertise_push(Hub& hub, const catalog::Repository& repo) {
    TRY(const auto refs, hub.catalog.read([&](Session& s) { return catalog::list_refs(s, repo.id, "refs/"); }));
    std::vector<git::CachedRef> cached;
    for (const auto& ref : refs) cached.push_back(to_cached(ref));
    return git::advertise_receive_pack(cached);
}

PushRequest::PushRequest(Hub& hub, const catalog::Repository& repo, const Principal& who) : hub_(hub), repo_(repo), who_(who) {}
PushRequest::~PushRequest() = default;

Result<void> PushRequest::feed(ByteView bytes) {
    if (!head_parser_.done()) {
        TRY(const auto used, head_parser_.feed(bytes));
        bytes = bytes.subspan(used);
        if (!head_parser_.done()) return ok();
        head_ = head_parser_.take();
        if (head_.has_pack()) TRY(begin_pack());
    }
    if (bytes.empty()) return ok();
    if (!pack_) return Error{Code::kInvalidArgument, "The push has octets behind its end."};
    return pack_->write(bytes);
}

Result<void> PushRequest::begin_pack() {
    TRY(auto cached, prepare_cache(hub_, repo_));
    TRY(pack_, git::PackReceiver::begin(std::move(cached), kMaxPack));
    return ok();
}

Result<std::string> PushRequest::finish() {
    if (!head_parser_.done()) {
        // git probes with a lone flush before it sends a large push.
        return std::string{};
    }
    if (head_.commands.empty()) return std::string{};
    std::vector<PushResult> results;
    for (const auto& command : head_.commands) results.push_back({command.ref, ""});
    const auto accepted = accept(results);
    if (accepted.has_value()) return git::write_push_report(head_, "", results, "");
    const std::string reason = one_line(accepted.error().message);
    for (auto& result : results)
        if (result.message.empty()) result.message = reason;
    const bool of_pack = accepted.error().reason == Reason::kUnprocessable;
    return git::write_push_report(head_, of_pack ? reason : "", results, "Mirfa: " + accepted.error().message + "\n");
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

namespace {

/// Rules of one command that need no look at history. "" when it may go on.
Result<std::string> refusal_of(Hub& hub, const catalog::Repository& repo, const Principal& who, const PushCommand& command) {
    if (!git::check_ref_name(command.ref).has_value()) return std::string("this name is not allowed for a ref");
    if (const auto number = pull_request_number(command.ref)) {
        if (command.after.is_zero()) return std::string("the ref of a pull request is not deleted by a push");
        const auto allowed = require_pull_request_writer(hub, repo, who, *number);
        return allowed.has_value() ? std::string{} : one_line(allowed.error().message);
    }
    if (!command.ref.starts_with(kOwnBranch) && !command.ref.starts_with(kTag) && !command.ref.starts_with("refs/convert/"))
        return std::string("only branches and tags are kept here (refs/heads/, refs/tags/)");
    const auto writes = hub.catalog.read([&](Session& s) { return require(s, who, repo, Action::kWrite); });
    if (!writes.has_value()) return one_line(writes.error().message);
    if (command.ref == kMainRef && command.after.is_zero()) return std::string("the default branch main is not deleted");
    return std::string{};
}

/// The commit a pull request ends with after the push.
struct PushedProposal {
    std::string ref;
    ObjectId commit;
    std::string title;
};

Result<std::string> title_of(git::ObjectSource& source, const ObjectId& commit) {
    TRY(const auto data, read_object(source, commit, ObjectType::kCommit));
    TRY(const auto parsed, git::parse_commit(as_text(data)));
    return std::string(git::title_of(parsed.message));
}

}  // namespace

Result<void> PushRequest::accept(std::vector<PushResult>& results) {
    NewObjects objects(hub_, repo_.id);
    TRY(refs_before_, hub_.catalog.read([&](Session& s) { return catalog::list_refs(s, repo_.id, "refs/"); }));
    std::vector<ObjectId> tips, known_tips;
    for (const auto& command : head_.commands)
        if (!command.after.is_zero()) tips.push_back(command.after);
    for (const auto& ref : refs_before_) known_tips.push_back(ref.target);
    if (pack_) {
        TRY(pack_->finish(tips, known_tips));
        kPackReceived.reach();
        TRY(read_pack(objects));
        kPushRead.reach();
    }
    Changes changes{.objects = &objects};
    std::vector<ObjectId> commits;
    std::vector<PushedProposal> pull_requests;
    bool any_refused = false;
    for (std::size_t i = 0; i < head_.commands.size(); ++i) {
        const auto& command = head_.commands[i];
        TRY(results[i].message, refusal_of(hub_, repo_, who_, command));
        std::optional<Ref> wanted;
        if (results[i].message.empty() && !command.after.is_zero()) {
            const auto commit = peel(objects, command.after);
            if (!commit.has_value()) {
                results[i].message = one_line(commit.error().message);
            } else {
                wanted = Ref{command.ref, command.after, commit.value()};
                results[i].message = refusal_of_tag_object(command, commit.value());
                if (results[i].message.empty() && command.ref == kMainRef && !command.before.is_zero()) {
                    TRY(const bool forward, is_ancestor(hub_, objects, repo_.id, command.before, commit.value()));
                    const auto may_force =
                        hub_.catalog.read([&](Session& s) { return require(s, who_, repo_, Action::kAdminister); });
                    if (!forward && !may_force.has_value())
                        results[i].message = "the default branch may be rewritten only by the repository's administrators";
                }
            }
        }
        if (!results[i].message.empty()) {
            any_refused = true;
            continue;
        }
        const auto before = command.before.is_zero() ? std::nullopt : std::optional(command.before);
        changes.refs.push_back({command.ref, before, wanted});
        if (wanted) commits.push_back(wanted->commit);
        if (wanted && pull_request_number(command.ref)) {
            TRY(auto title, title_of(objects, wanted->commit));
            pull_requests.push_back({command.ref, wanted->commit, std::move(title)});
        }
    }
    if (changes.refs.empty()) return ok();
    if (head_.atomic && any_refused) return Error{Code::kConflict, "the push is atomic and a part of it was refused"};
    TRY(check_pointers(objects));
    TRY(changes.commits, describe_new(hub_, objects, repo_.id, commits));
    changes.last = [&](Session& session) -> Result<void> {
        for (const auto& [ref, commit, title] : pull_requests)
            TRY(note_commit_on_pull_request(session, hub_, repo_, ref, commit, title, who_));
        return ok();
    };
    kPushAgreed.reach();
    TRY(commit_changes(hub_, repo_, changes));
    kPushStored.reach();
    return ok();
}

}  // namespace mirfa::hub
