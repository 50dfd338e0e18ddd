// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/receive_pack.h"
#include "git/upload_pack.h"
#include "hub/access/principal.h"
#include "hub/commits/objects.h"

namespace mirfa::hub {

/// The node's cache of the repository, brought to the state the catalog has now.
Result<git::CachedRepository> prepare_cache(Hub& hub, const catalog::Repository& repo);

/// for git-upload-pack; `protocol` is the request's Git-Protocol header.
Result<std::string> advertise_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol);
Result<std::unique_ptr<SegmentSource>> serve_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol,
                                                   Bytes request);

/// R-60 for git-receive-pack: the refs as they are.
Result<std::string> advertise_push(Hub& hub, const catalog::Repository& repo);

/// A push: the commands and the pack are taken as they arrive, into a quarantine; then the rules are looked at,
/// and what is accepted becomes visible in one transaction. Dropped before finish() it leaves nothing.
/// Threads: one at a time.
class PushRequest {
public:
    PushRequest(Hub& hub, const catalog::Repository& repo, const Principal& who);
    ~PushRequest();
    /// Fails: kInvalidArgument for a malformed request. What is wrong with the pack is told by finish().
    Result<void> feed(ByteView bytes);
    /// The body of the answer, in git's protocol. Refusals are in it, as messages that git shows beside each ref.
    Result<std::string> finish();

private:
    Result<void> begin_pack();
    Result<void> accept(std::vector<git::PushResult>& results);
    Result<void> read_pack(NewObjects& objects);
    Result<void> check_pointers(NewObjects& objects);

    Hub& hub_;
    const catalog::Repository repo_;
    const Principal who_;
    git::PushHeadParser head_parser_;
    git::PushHead head_;
    std::vector<catalog::Ref> refs_before_;
    std::unique_ptr<git::PackReceiver> pack_;
};

}  // namespace mirfa::hub
