// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/files.h"

#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"

namespace mirfa::hub {

using catalog::Session;

Result<FileFacts> load_file_facts(Session& session, catalog::RowId repo, const ObjectId& blob, std::uint32_t mode) {
    TRY(const auto facts, catalog::find_object_facts(session, repo, blob));
    if (!facts) return Error{Code::kCorrupt, "An object of the repository is missing.", Reason::kNone, blob.hex()};
    FileFacts file{blob, mode, facts->size, facts->lfs_sha256, facts->lfs_size.value_or(0), std::nullopt};
    if (file.lfs_sha256) {
        TRY(file.large, catalog::find_repo_object(session, repo, *file.lfs_sha256));
    }
    return file;
}

Result<FileLocation> locate_file(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& segments) {
    return hub.catalog.read([&](Session& session) -> Result<FileLocation> {
        TRY(auto split, split_revision(session, repo, segments));
        FileLocation location{split.revision.commit, split.revision.text, std::move(split.path), std::nullopt};
        CatalogObjects objects(session, repo.id);
        TRY(const auto tree, tree_of(objects, location.commit));
        TRY(const auto entry, git::find_path(objects, tree, location.path));
        if (!entry || entry->is_tree() || entry->mode == git::kModeSubmodule) return location;
        TRY(location.file, load_file_facts(session, repo.id, entry->id, entry->mode));
        return location;
    });
}

Result<Bytes> read_file(Hub& hub, const catalog::Repository& repo, const FileFacts& file) {
    return hub.catalog.read([&](Session& session) {
        CatalogObjects objects(session, repo.id);
        return read_object(objects, file.blob, git::ObjectType::kBlob);
    });
}

}  // namespace mirfa::hub
