// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/large.h"
#include "hub/hub.h"
#include "hub/repos/revisions.h"

namespace mirfa::hub {

/// A file of a tree: a blob, and the large content behind it when the blob is a pointer.
struct FileFacts {
    ObjectId blob;
    std::uint32_t mode = 0;
    std::int64_t blob_size = 0;
    std::optional<Sha256> lfs_sha256;  ///< the blob is a pointer to this
    std::int64_t lfs_size = 0;
    std::optional<catalog::LargeObject> large;  ///< and the repository holds it

    /// Octets a reader gets: of the content, not of the pointer.
    std::int64_t content_size() const { return lfs_sha256 ? lfs_size : blob_size; }
    /// A symbolic link; the blob is the path it leads to.
    bool is_link() const { return mode == 0120000; }
};

/// Where an address of a file leads. The commit is known even when there is no such file.
struct FileLocation {
    ObjectId commit;
    std::string revision;  ///< as it was asked for
    std::string path;
    std::optional<FileFacts> file;
};

/// `segments` are revision and path as the address has them. Folders are not files.
/// Fails: kNotFound/kRevisionNotFound.
Result<FileLocation> locate_file(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& segments);

/// Facts of a blob that a tree names.
Result<FileFacts> load_file_facts(catalog::Session&, catalog::RowId repo, const ObjectId& blob, std::uint32_t mode);

/// Content of the blob itself (for a pointer: the pointer's text). At most HubOptions::inline_limit octets.
Result<Bytes> read_file(Hub& hub, const catalog::Repository& repo, const FileFacts& file);

}  // namespace mirfa::hub
