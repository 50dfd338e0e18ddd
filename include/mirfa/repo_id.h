// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/outcome.h>

#include <string>
#include <string_view>

namespace mirfa::client {

enum class RepoType { kModel, kDataset, kSpace, kKernel };

/// `model`, `dataset`, …; the plural stands in addresses and in names of cache folders.
std::string_view name_of(RepoType type);
std::string plural_of(RepoType type);
/// Takes singular or plural. Fails: kInvalidArgument.
Outcome<RepoType> parse_repo_type(std::string_view text);

/// A repository by the name that was asked for.
struct RepoId {
    RepoType type = RepoType::kModel;
    std::string name;  ///< `owner/name`, or one old-style part
    bool operator==(const RepoId&) const = default;
};
/// Fails: kInvalidArgument for a name that no hub can have: other than ASCII letters, digits, `_ - .`, more than one `/`,
/// parts above 96 characters or with `-` or `.` at an end, `--`, `..`, a final `.git`.
Outcome<RepoId> make_repo_id(RepoType type, std::string_view name);

/// What people write: `owner/name`, `datasets/owner/name`, `hf://datasets/owner/name@revision/path`.
struct RepoAddress {
    RepoId repo;
    std::string revision;  ///< empty when it is not named
    std::string path;
};
Outcome<RepoAddress> parse_repo_address(std::string_view text, RepoType otherwise = RepoType::kModel);

}  // namespace mirfa::client
