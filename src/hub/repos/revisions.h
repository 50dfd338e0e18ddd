// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "catalog/objects.h"
#include "catalog/repos.h"

namespace mirfa::hub {

/// What a revision in an address turned out to be.
struct Revision {
    ObjectId commit;
    std::string ref;   ///< full name of the ref it named, "" for a commit id
    std::string text;  ///< as it was asked for
};

/// In this order: `HEAD`, a full ref, a branch, a tag, a commit id, an unambiguous beginning of one (4 digits or more).
/// Fails: kNotFound/kRevisionNotFound naming the revision; kInvalidArgument for a beginning of several commits.
Result<Revision> resolve_revision(catalog::Session&, const catalog::Repository&, std::string_view text);

/// The same where clients send `refs/pr/3` or `feat/x` as several segments and a path may follow (hub-api 1.3 rule 2):
/// the longest beginning of the segments that is a revision is one.
struct RevisionAndPath {
    Revision revision;
    std::string path;
};
Result<RevisionAndPath> split_revision(catalog::Session&, const catalog::Repository&, const std::vector<std::string>& segments);
/// All segments together are the revision.
Result<Revision> resolve_revision_segments(catalog::Session&, const catalog::Repository&,
                                           const std::vector<std::string>& segments);

Error revision_not_found(std::string_view text);

}  // namespace mirfa::hub
