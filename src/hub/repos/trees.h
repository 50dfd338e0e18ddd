// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "hub/repos/files.h"
#include "hub/repos/history.h"

namespace mirfa::hub {

/// One line of a listing.
struct ListedEntry {
    std::string path;  ///< from the root
    bool is_folder = false;
    ObjectId oid;                              ///< of the blob or tree
    std::optional<FileFacts> file;             ///< for files
    std::optional<CommitSummary> last_commit;  ///< when asked for
    std::string security = {};                 ///< JSON as security.h gives it, when it or the last commit is asked for
    bool scan_is_due = false;                  ///< as security.h says it
};

/// Says yes to the paths that are wanted among many.
using PathFilter = std::function<bool(std::string_view path)>;

struct TreeQuery {
    bool recursive = false;
    bool with_last_commit = false;
    bool with_security = false;
    std::string cursor;  ///< from the page before
    std::size_t limit = 1'000;
    PathFilter only = {};  ///< when given, of all entries those it says yes to
};

struct TreePage {
    ObjectId commit;
    std::vector<ListedEntry> entries;  ///< in a fixed order: by octets of the path, a folder as if it ended in '/'
    std::string next;                  ///< cursor of the next page, "" at the end
    std::size_t entries_made = 0;      ///< out of tree objects, to find these: what the page has cost
};

/// Fails: kNotFound/kRevisionNotFound; kNotFound/kEntryNotFound for a path that is no folder.
Result<TreePage> list_tree(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& segments,
                           const TreeQuery& query);

/// The entries that exist among `paths`, each once, in their order.
Result<std::vector<ListedEntry>> find_entries(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& revision,
                                              const std::vector<std::string>& paths, bool with_last_commit);

/// Octets of the content of all files below a path; each file as often as a path leads to it.
Result<std::int64_t> tree_size(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& segments);

/// Files that one answer lists at most. Clients take a list of more than 50,000 for cut short and page through the tree.
inline constexpr std::size_t kMaxListedFiles = 100'000;
/// The files of a commit in order, the first `limit` of them, with facts; `with_facts` false leaves sizes out and is quick.
/// `only`, when given, says which: the others cost a look at their names.
Result<std::vector<ListedEntry>> list_files(catalog::Session&, const catalog::Repository& repo, const ObjectId& commit,
                                            bool with_facts, std::size_t limit = kMaxListedFiles, const PathFilter& only = {});

}  // namespace mirfa::hub
