// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/repos.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Steps that the rules of .gitattributes and .gitignore may cost in one request; some 5,000 files and 1,000 rules cost a
/// tenth of it.
inline constexpr std::int64_t kMaxMatchSteps = 200'000'000;
/// The error when they cost more.
Error too_many_rules();

/// A file that a client is about to upload.
struct PlannedFile {
    std::string path;
    Bytes sample;  ///< its first octets, at most 512
    std::uint64_t size = 0;
};

struct PlannedUpload {
    bool large = false;              ///< to be sent as a large file before the commit
    bool ignored = false;            ///< by .gitignore: the client leaves it out
    std::optional<std::string> oid;  ///< of what is at the path now: blob id, or SHA-256 of a large file
};

/// Decides for each file by .gitattributes and .gitignore (those given win over those of the commit), type and size.
/// Fails: kInvalidArgument/kUnprocessable naming a path that no file may have; kTooLarge for too many or too involved rules.
Result<std::vector<PlannedUpload>> plan_upload(Hub& hub, const catalog::Repository& repo, const ObjectId& commit,
                                               const std::vector<PlannedFile>& files,
                                               const std::optional<std::string>& attributes,
                                               const std::optional<std::string>& ignore, std::int64_t max_steps = kMaxMatchSteps);

}  // namespace mirfa::hub
