// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Large files that a repository holds for the sake of one pull request, each content once.
struct ProposalStorage {
    std::int64_t logical = 0;  ///< octets of them
    std::int64_t objects = 0;
};

/// What the commits of a pull request bring that its base has neither now nor where they left it; nothing when they were
/// removed. Looks along first parents, at the last 1,000 commits.
/// For whoever began it (kPropose) and those who may write.
/// Fails: kNotFound; kForbidden; kInvalidArgument for a discussion; kTooLarge when they change more than 2,000,000 files.
Result<ProposalStorage> load_proposal_storage(Hub& hub, const catalog::Repository& repo, const Principal& who,
                                              std::int64_t number);

}  // namespace mirfa::hub
