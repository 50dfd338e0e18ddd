// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "git/node_cache.h"
#include "git/process.h"

namespace mirfa::git {

/// One line of a push: `before` or `after` of zeros means that the ref does not exist then.
struct PushCommand {
    ObjectId before;
    ObjectId after;
    std::string ref;
};

/// The list of commands at the head of a push, and what the client can do.
struct PushHead {
    std::vector<PushCommand> commands;
    bool report_status = false;
    bool side_band = false;
    bool atomic = false;
    /// A push that only deletes brings no pack.
    bool has_pack() const;
};

/// What a push over smart HTTP begins with.
std::string advertise_receive_pack(const std::vector<CachedRef>& refs);

/// Reads the commands from the front of a request that arrives in pieces.
class PushHeadParser {
public:
    /// Gives: how many octets of `piece` belonged to the head; fewer than all when the head is complete (done()).
    /// Lines about where a shallow clone ends are read over.
    /// Fails: kInvalidArgument for a malformed list or a ref that stands in it twice; kUnsupported for push options and
    /// SHA-256; kTooLarge above 10,000 commands.
    Result<std::size_t> feed(ByteView piece);
    bool done() const { return done_; }
    PushHead take() { return std::move(head_); }

private:
    Result<void> take_line(std::string_view line);
    Result<void> take_capabilities(std::string_view words);
    Result<void> check_unique() const;

    std::string partial_;
    PushHead head_;
    bool done_ = false;
};

/// Takes the pack of a push into a quarantine of its own, where nothing else sees it.
class PackReceiver final : public ByteSink {
public:
    /// `known` may lend objects to a thin pack; `limit` octets at most.
    static Result<std::unique_ptr<PackReceiver>> begin(CachedRepository known, std::uint64_t limit);

    Result<void> write(ByteView bytes) override;
    /// The pack is complete: checks it, and that everything `tips` need is in it or reachable from `known_tips`. Of the
    /// latter, those that the prepared repository does not have yet count for nothing.
    /// Fails: kInvalidArgument with git's own words.
    Result<void> finish(const std::vector<ObjectId>& tips, const std::vector<ObjectId>& known_tips);
    /// Every object of the pack by its head, so that too large ones are refused before anything reads them.
    using VisitHead = std::function<Result<void>(const ObjectId&, ObjectType, std::uint64_t size)>;
    Result<void> each_head(const VisitHead& visit);
    /// Every object of the pack, in no order. One at a time is in memory, whole.
    using Visit = std::function<Result<void>(const ObjectId&, ObjectType, ByteView)>;
    Result<void> each_object(const Visit& visit);
    /// Where the trees of the pack have an object, for messages: its path, as far as the trees above it were pushed too;
    /// "" when no tree names it. Reads every tree, so it is for pushes that are refused.
    Result<std::string> path_of(const ObjectId& wanted);

private:
    PackReceiver(CachedRepository known, TemporaryFolder folder) : known_(std::move(known)), folder_(std::move(folder)) {}
    Result<void> check_connected(const std::vector<ObjectId>& tips, const std::vector<ObjectId>& known_tips);

    CachedRepository known_;
    TemporaryFolder folder_;
    std::unique_ptr<Process> index_pack_;
};

/// What became of a command: an empty message is success.
struct PushResult {
    std::string ref;
    std::string message;
};
/// The body of the answer: report-status lines in the client's way, with `notes` on the progress band before them.
std::string write_push_report(const PushHead& head, std::string_view unpack_error, const std::vector<PushResult>& results,
                              std::string_view notes);

}  // namespace mirfa::git
