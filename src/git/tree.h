// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "git/object.h"

namespace mirfa::git {

inline constexpr std::uint32_t kModeFile = 0100644;
inline constexpr std::uint32_t kModeExecutable = 0100755;
inline constexpr std::uint32_t kModeLink = 0120000;
inline constexpr std::uint32_t kModeTree = 0040000;
inline constexpr std::uint32_t kModeSubmodule = 0160000;

struct TreeEntry {
    std::uint32_t mode = kModeFile;
    std::string name;
    ObjectId id;
    bool is_tree() const { return mode == kModeTree; }
    bool operator==(const TreeEntry&) const = default;
};

/// Entries in git's order (a folder sorts as if its name ended in '/').
/// Fails: kCorrupt for a cut entry, an unknown mode, a name that no checkout may create (empty, `.`, `..`, `.git`, with
/// a slash), entries out of order, or a name that stands twice. Modes that old programs wrote (100664) are read as
/// files.
Result<std::vector<TreeEntry>> parse_tree(ByteView data);
/// Sorts and writes. No two entries may have one name.
Bytes write_tree(std::vector<TreeEntry> entries);

Result<std::vector<TreeEntry>> load_tree(ObjectSource& source, const ObjectId& tree);
/// A tree's entries one after another, each made when it is asked for: a page of a large folder costs a look over what is
/// before it and no more. The order is taken as it is; whatever brought the tree in has checked it.
class TreeReader {
public:
    /// Fails: kCorrupt.
    static Result<TreeReader> open(ObjectSource& source, const ObjectId& tree);
    explicit TreeReader(Bytes data) : data_(std::move(data)), rest_(data_) {}
    TreeReader(TreeReader&&) = default;
    TreeReader(const TreeReader&) = delete;
    TreeReader& operator=(const TreeReader&) = delete;

    /// Passes over entries that come before `key`: a name, or the name of a folder and a slash.
    Result<void> skip_before(std::string_view key);
    /// Nothing at the end. Fails as parse_tree.
    Result<std::optional<TreeEntry>> next();

private:
    Bytes data_;
    ByteView rest_;  ///< into data_, whose octets stay where they are when it moves
};

/// The entry at a path below a root tree, or nothing. The empty path is the root itself. One read per folder.
Result<std::optional<TreeEntry>> find_path(ObjectSource& source, const ObjectId& root, std::string_view path);

/// Calls `visit(path, entry)` for everything below a tree, folders before what is in them, in git's order.
using TreeVisitor = std::function<Result<void>(const std::string& path, const TreeEntry& entry)>;
Result<void> walk_tree(ObjectSource& source, const ObjectId& root, const TreeVisitor& visit);

/// What an entry counts for; not negative.
using EntryWeight = std::function<Result<std::int64_t>(const TreeEntry&)>;

/// Sums weights over everything below a tree. Each tree object is read and each of its entries weighed once, however many
/// paths lead to it: seven trees of ten entries can name ten million paths.
class TreeSum {
public:
    TreeSum(ObjectSource& source, EntryWeight weigh) : source_(source), weigh_(std::move(weigh)) {}
    /// Gives: the sum without the tree itself; INT64_MAX when it is larger.
    /// Fails: kCorrupt for a missing or damaged tree, or folders deeper than any path may be.
    Result<std::int64_t> below(const ObjectId& tree) { return below(tree, 0); }

private:
    Result<std::int64_t> below(const ObjectId& tree, int depth);

    ObjectSource& source_;
    const EntryWeight weigh_;
    std::unordered_map<ObjectId, std::int64_t> known_;
};
/// For TreeSum: counts files and folders.
Result<std::int64_t> weigh_one(const TreeEntry& entry);

/// One change to a tree; several are applied in their order.
struct TreeEdit {
    enum class Kind { kPut, kRemoveFile, kRemoveFolder };
    Kind kind = Kind::kPut;
    std::string path;
    std::uint32_t mode = kModeFile;
    ObjectId id;

    static TreeEdit put(std::string path, std::uint32_t mode, const ObjectId& id) {
        return {Kind::kPut, std::move(path), mode, id};
    }
    static TreeEdit remove_file(std::string path) { return {Kind::kRemoveFile, std::move(path), 0, {}}; }
    static TreeEdit remove_folder(std::string path) { return {Kind::kRemoveFolder, std::move(path), 0, {}}; }
};

/// Gives: the new root tree; only folders that change are written. A file put where a folder is replaces it, and the
/// other way round, as git does; folders without files go.
/// Fails: kNotFound/kEntryNotFound for something to remove that is not there.
Result<ObjectId> apply_edits(ObjectSource& source, ObjectSink& sink, const std::optional<ObjectId>& root,
                             const std::vector<TreeEdit>& edits);

}  // namespace mirfa::git
