// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/hub.h"

namespace mirfa::client {

/// A file of a commit, as the hub lists it.
struct TreeFile {
    std::string path;
    std::uint64_t bytes = 0;  ///< of the content, for large files too
    std::string blob_id;      ///< of git: for large files that of the pointer
    std::string sha256;       ///< of a large file, else empty
    std::string xet_hash;     ///< of a large file that can be had by Xet, else empty

    /// The name of the content in the cache.
    const std::string& etag() const { return sha256.empty() ? blob_id : sha256; }
    bool operator==(const TreeFile&) const = default;
};
using Tree = std::vector<TreeFile>;

/// `/api/models/owner/name`
std::string api_path(const RepoId& repo);
/// `/owner/name/resolve/revision/path`, with the prefix of its type.
std::string resolve_path(const RepoId& repo, std::string_view revision, std::string_view path);
/// `models/owner/name`, for messages.
std::string title_of(const RepoId& repo);

/// All files of a commit. Fails: kCorrupt for a listing with paths that may not be written.
Result<Tree> list_tree(Hub& hub, const RepoId& repo, std::string_view commit);
/// The commit a revision stands at now.
Result<std::string> ask_commit(Hub& hub, const RepoId& repo, std::string_view revision, bool patiently = true);

/// The cached list of a commit, in the Python client's format; nothing when it is missing or another version.
std::optional<Tree> read_tree(const std::filesystem::path& file);
std::optional<Tree> parse_tree(std::string_view json);
std::string write_tree(const Tree& tree);

}  // namespace mirfa::client
