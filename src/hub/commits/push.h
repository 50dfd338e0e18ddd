// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/receive_pack.h"
#include "hub/access/principal.h"
#include "hub/commits/transaction.h"

namespace mirfa::hub {

/// A push: the commands and the pack are taken as they arrive, into a quarantine; then the rules are looked at,
/// and what is accepted becomes visible in one transaction. Dropped before finish() it leaves nothing.
///
/// Whoever may do none of the commands brings nothing in: that is decided when they are known, before the pack. The same
/// is asked again inside the transaction, because a pack may take hours.
/// Threads: one at a time.
class PushRequest {
public:
    PushRequest(Hub& hub, const catalog::Repository& repo, const Principal& who);
    ~PushRequest();
    /// Fails: kInvalidArgument for a malformed request; kForbidden when the pack of a refused push is too large even to
    /// be read over. What is wrong with the pack is told by finish().
    Result<void> feed(ByteView bytes);
    /// The body of the answer, in git's protocol. Refusals are in it, as messages that git shows beside each ref.
    Result<std::string> finish();

private:
    struct Accepted;

    Result<void> begin();
    Result<void> drop(std::size_t octets);
    Result<void> accept();
    Result<void> receive(NewObjects& objects);
    Result<void> read_pack(NewObjects& objects);
    Result<Accepted> judge(NewObjects& objects);
    Result<void> check_pointers(NewObjects& objects);
    Result<void> store(NewObjects& objects, Accepted accepted);

    Hub& hub_;
    const catalog::Repository repo_;  ///< as it was when the push began
    const Principal who_;
    git::PushHeadParser head_parser_;
    git::PushHead head_;
    std::vector<git::PushResult> results_;  ///< one for each command
    bool refused_ = false;                  ///< nothing of it can be accepted
    std::uint64_t dropped_ = 0;             ///< octets of a refused pack
    std::unique_ptr<git::PackReceiver> pack_;
};

}  // namespace mirfa::hub
