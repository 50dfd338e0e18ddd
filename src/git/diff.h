// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/tree.h"

namespace mirfa::git {

/// How much a comparison may give.
struct PathLimits {
    std::size_t paths = SIZE_MAX;
    std::size_t octets = SIZE_MAX;  ///< of all paths together
};
struct PathChanges {
    std::vector<std::string> paths;  ///< every file and folder that differs
    std::size_t octets = 0;          ///< of all of them
    std::int64_t growth = 0;         ///< how many more files and folders there are than before
};

/// What differs between two trees (nothing stands for the empty tree); equal subtrees are not read, and folders that are
/// new or gone are counted before they are walked.
/// Fails: kTooLarge beyond the limits; kCorrupt for a missing or damaged tree, or folders deeper than any path may be.
Result<PathChanges> changed_paths(ObjectSource& source, const std::optional<ObjectId>& before, const ObjectId& after,
                                  const PathLimits& limits = {});

/// git's status letters.
enum class ChangeKind : char {
    kAdded = 'A',
    kDeleted = 'D',
    kModified = 'M',
    kTypeChanged = 'T',  ///< file, link and submodule are types; a bit to run is not
    kRenamed = 'R',
};

/// One file that differs. A side that does not exist has mode 0 and an id of zeros; both paths are set and equal unless
/// the file was renamed.
struct Change {
    ChangeKind kind = ChangeKind::kModified;
    std::string old_path;
    std::string new_path;
    std::uint32_t old_mode = 0;
    std::uint32_t new_mode = 0;
    ObjectId old_id;
    ObjectId new_id;
    int similarity = 0;  ///< percent, of a rename
    bool operator==(const Change&) const = default;
};

enum class Renames { kIgnore, kDetect };

/// Files that differ, sorted by path. Renames are found by equal ids, then by likeness of 50 % and more among the first
/// few hundred files of up to 1 MiB.
Result<std::vector<Change>> diff_trees(ObjectSource& source, const std::optional<ObjectId>& before,
                                       const std::optional<ObjectId>& after, Renames renames = Renames::kIgnore);

/// What stands for the content of a blob that is only a pointer to a large file.
struct LargeFile {
    std::uint64_t size = 0;  ///< octets of the large file
    std::string label;       ///< one line, shown instead of the pointer
};
using FindLarge = std::function<Result<std::optional<LargeFile>>(const ObjectId& blob)>;

struct DiffOptions {
    FindLarge find_large = {};                 ///< may be empty: every blob is what it is
    std::uint64_t max_file_octets = 1u << 20;  ///< files above are reported as binary
    std::uint64_t max_octets = 10u << 20;      ///< of the whole text; it then ends with a line that says so
};

/// One change as `git diff` prints it.
struct FileDiff {
    std::string text;
    bool is_binary = false;    ///< or above max_file_octets: the text names the file and no lines
    std::int64_t added = 0;    ///< lines
    std::int64_t removed = 0;  ///< lines
};
Result<FileDiff> file_diff(ObjectSource& source, const Change& change, const DiffOptions& options = {});
/// The text `git diff` prints for these changes, paths quoted as with core.quotePath=false.
Result<std::string> unified_diff(ObjectSource& source, const std::vector<Change>& changes, const DiffOptions& options = {});
/// One line per file (R-41 with raw=true): `T|B SIZE\t:MODES IDS... STATUS\tPATH[\tNEW PATH]`; sizes of deleted files
/// are the old ones.
Result<std::string> raw_diff(ObjectSource& source, const std::vector<Change>& changes, const DiffOptions& options = {});

}  // namespace mirfa::git
