// SPDX-License-Identifier: Apache-2.0
// Files at the top of a commit, and bringing them into a job's folder.
#pragma once

#include <vector>

#include "hub/jobs/runner.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {

/// Those that may be a model's weights or stand beside them, however many others there are.
/// Fails: kNotFound/kRevisionNotFound.
Result<TreePage> list_root(Hub& hub, const catalog::Repository& repo, const std::string& revision);
/// Of regular files.
std::vector<std::string> file_names(const TreePage& root);
/// The entries of `root` with these names, in its order.
std::vector<const ListedEntry*> entries_named(const TreePage& root, std::span<const std::string> names);

/// The same word for the same content, whatever its name.
std::string content_word(const FileFacts& file);

struct FileToFetch {
    const ListedEntry* entry = nullptr;
    std::filesystem::path to;
};
/// Brings files out of the store or out of git onto the disk, and tells the job's progress. Equal content is brought once; other
/// names of it become links to the same file, by which a program knows without reading that they are equal.
/// Takes: `space`, how many times the octets must fit on the disk.
/// Fails: kOutOfSpace; kNotFound/kContentMissing for a pointer whose content was never uploaded; kUnavailable when stopped.
Result<void> fetch_files(JobContext& context, const catalog::Repository& repo, std::span<const FileToFetch> files,
                         unsigned space);

/// Whoever asked for the job, as they are now: rights that were taken away meanwhile are gone.
struct Asker {
    catalog::Repository repo;
    Principal who;
};
/// Fails: kNotFound; as require() for reading content and proposing.
Result<Asker> load_asker(Hub& hub, const Job& job);

}  // namespace mirfa::hub
