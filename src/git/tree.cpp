// SPDX-License-Identifier: Apache-2.0
#include "git/tree.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "base/ascii.h"
#include "git/detail/content.h"

namespace mirfa::git {
namespace {

Error damaged(std::string_view what) {
    return Error{Code::kCorrupt, "A tree object is damaged.", Reason::kNone, std::string(what)};
}

bool is_known_mode(std::uint32_t mode) {
    return mode == kModeFile || mode == kModeExecutable || mode == kModeLink || mode == kModeTree || mode == kModeSubmodule;
}

/// Old programs wrote 100664 and the like; git reads them as plain files.
std::uint32_t canonical(std::uint32_t mode) {
    if ((mode & 0170000) == 0100000) return (mode & 0100) != 0 ? kModeExecutable : kModeFile;
    return mode;
}

/// git's order: names as octets, a folder's as if it ended in '/'.
int compare(std::string_view a, bool a_is_tree, std::string_view b, bool b_is_tree) {
    const std::size_t common = std::min(a.size(), b.size());
    const int order = a.substr(0, common).compare(b.substr(0, common));
    if (order != 0) return order;
    const auto next = [common](std::string_view name, bool is_tree) {
        if (name.size() > common) return static_cast<int>(static_cast<unsigned char>(name[common]));
        return is_tree ? static_cast<int>('/') : 0;
    };
    return next(a, a_is_tree) - next(b, b_is_tree);
}

bool is_legal_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos && !ascii_iequals(name, ".git");
}

/// One entry as it stands in a tree object; the name points into it.
struct RawEntry {
    std::uint32_t mode = 0;
    std::string_view name;
    const Byte* id = nullptr;
    bool is_tree() const { return mode == kModeTree; }
    TreeEntry copy() const {
        TreeEntry entry{mode, std::string(name), {}};
        std::copy_n(id, ObjectId::kSize, entry.id.octets.begin());
        return entry;
    }
};

/// Takes the next entry off `rest`, which is not empty.
Result<RawEntry> take_entry(ByteView& rest) {
    const auto text = as_text(rest);
    const auto blank = text.substr(0, 7).find(' ');
    const auto end = text.find('\0');
    if (blank == text.npos || blank == 0 || end == text.npos || end < blank + 2 || rest.size() < end + 1 + ObjectId::kSize)
        return damaged("cut entry");
    RawEntry entry;
    for (const char digit : text.substr(0, blank)) {
        if (digit < '0' || digit > '7') return damaged("mode");
        entry.mode = entry.mode * 8 + static_cast<std::uint32_t>(digit - '0');
    }
    entry.mode = canonical(entry.mode);
    entry.name = text.substr(blank + 1, end - blank - 1);
    entry.id = rest.data() + end + 1;
    if (!is_known_mode(entry.mode) || !is_legal_name(entry.name)) return damaged("mode or name");
    rest = rest.subspan(end + 1 + ObjectId::kSize);
    return entry;
}

/// Sees that entries come in order and that no name stands twice. A file and a folder of one name may have others
/// between them (`a`, `a.b`, `a/`), all of which begin with the file's name.
class OrderCheck {
public:
    bool accept(const RawEntry& entry) {
        const bool in_order = first_ || compare(last_.name, last_.is_tree(), entry.name, entry.is_tree()) < 0;
        first_ = false;
        last_ = entry;
        while (!open_.empty() && !entry.name.starts_with(open_.back())) open_.pop_back();
        if (!in_order || (!open_.empty() && open_.back() == entry.name)) return false;
        if (!entry.is_tree()) open_.push_back(entry.name);
        return true;
    }

private:
    bool first_ = true;
    RawEntry last_;
    std::vector<std::string_view> open_;  // names of files of which each begins with the one before
};

Error no_such_file(std::string_view path) {
    return Error{Code::kNotFound, "A file with this name doesn't exist: " + std::string(path), Reason::kEntryNotFound};
}

/// A folder that is being edited. Children are loaded when an edit comes near them.
class Folder {
public:
    static Result<std::unique_ptr<Folder>> load(ObjectSource& source, const std::optional<ObjectId>& tree) {
        auto folder = std::make_unique<Folder>();
        if (!tree) return folder;
        TRY(auto entries, load_tree(source, *tree));
        for (auto& entry : entries) {
            std::string name = entry.name;
            folder->children_.emplace(std::move(name), Child{std::move(entry), nullptr});
        }
        return folder;
    }

    Result<void> put(ObjectSource& source, std::string_view path, std::uint32_t mode, const ObjectId& id) {
        const auto slash = path.find('/');
        const std::string name(path.substr(0, slash));
        changed_ = true;
        if (slash == std::string_view::npos) {
            children_[name] = Child{TreeEntry{mode, name, id}, nullptr};
            return ok();
        }
        TRY(auto* inner, open(source, name, true));
        return inner->put(source, path.substr(slash + 1), mode, id);
    }

    Result<void> remove(ObjectSource& source, std::string_view path, bool folder, std::string_view whole) {
        const auto slash = path.find('/');
        const std::string name(path.substr(0, slash));
        const auto found = children_.find(name);
        if (found == children_.end()) return no_such_file(whole);
        changed_ = true;
        if (slash != std::string_view::npos) {
            if (!found->second.entry.is_tree()) return no_such_file(whole);
            TRY(auto* inner, open(source, name, false));
            TRY(inner->remove(source, path.substr(slash + 1), folder, whole));
            if (inner->children_.empty()) children_.erase(name);
            return ok();
        }
        if (found->second.entry.is_tree() != folder) return no_such_file(whole);
        children_.erase(found);
        return ok();
    }

    /// Writes what has changed. Nothing for a folder without files.
    Result<std::optional<ObjectId>> write(ObjectSink& sink) {
        std::vector<TreeEntry> entries;
        for (auto& [name, child] : children_) {
            if (child.folder && child.folder->changed_) {
                TRY(const auto id, child.folder->write(sink));
                if (!id) continue;
                child.entry.id = *id;
            }
            entries.push_back(child.entry);
        }
        if (entries.empty()) return std::optional<ObjectId>{};
        TRY(const auto id, put_object(sink, ObjectType::kTree, write_tree(std::move(entries))));
        return std::optional(id);
    }

    bool changed() const { return changed_; }

private:
    struct Child {
        TreeEntry entry;
        std::unique_ptr<Folder> folder;
    };

    /// The folder of that name; a file in its place gives way when `create`.
    Result<Folder*> open(ObjectSource& source, const std::string& name, bool create) {
        auto& child = children_[name];
        if (child.folder) return child.folder.get();
        const bool exists = child.entry.is_tree() && !child.entry.name.empty();
        if (!exists && !create) return damaged("not a folder");
        TRY(child.folder, load(source, exists ? std::optional(child.entry.id) : std::nullopt));
        if (!exists) child.entry = TreeEntry{kModeTree, name, {}};
        return child.folder.get();
    }

    std::map<std::string, Child> children_;
    bool changed_ = false;
};

std::string_view without_trailing_slash(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

}  // namespace

Result<std::vector<TreeEntry>> parse_tree(ByteView data) {
    std::vector<TreeEntry> entries;
    entries.reserve(data.size() / 40);
    OrderCheck order;
    while (!data.empty()) {
        TRY(const auto entry, take_entry(data));
        if (!order.accept(entry)) return damaged("order");
        entries.push_back(entry.copy());
    }
    return entries;
}

Bytes write_tree(std::vector<TreeEntry> entries) {
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return compare(a.name, a.is_tree(), b.name, b.is_tree()) < 0; });
    Bytes data;
    for (const auto& entry : entries) {
        char mode[16];
        std::snprintf(mode, sizeof mode, "%o ", entry.mode);
        const auto head = as_bytes(mode);
        data.insert(data.end(), head.begin(), head.end());
        data.insert(data.end(), entry.name.begin(), entry.name.end());
        data.push_back(0);
        data.insert(data.end(), entry.id.octets.begin(), entry.id.octets.end());
    }
    return data;
}

Result<std::vector<TreeEntry>> load_tree(ObjectSource& source, const ObjectId& tree) {
    TRY(const auto data, need_object(source, tree, ObjectType::kTree));
    return parse_tree(data);
}

Result<TreeReader> TreeReader::open(ObjectSource& source, const ObjectId& tree) {
    TRY(auto data, need_object(source, tree, ObjectType::kTree));
    return TreeReader(std::move(data));
}

Result<void> TreeReader::skip_before(std::string_view key) {
    const bool is_folder = key.ends_with('/');
    const auto name = key.substr(0, key.size() - (is_folder ? 1 : 0));
    while (!rest_.empty()) {
        ByteView after = rest_;
        TRY(const auto entry, take_entry(after));
        if (compare(entry.name, entry.is_tree(), name, is_folder) >= 0) return ok();
        rest_ = after;
    }
    return ok();
}

Result<std::optional<TreeEntry>> TreeReader::next() {
    if (rest_.empty()) return std::optional<TreeEntry>{};
    TRY(const auto entry, take_entry(rest_));
    return std::optional(entry.copy());
}

namespace {

/// Looks one name up without copying the others.
Result<std::optional<TreeEntry>> find_entry(ObjectSource& source, const ObjectId& tree, std::string_view name) {
    TRY(const auto data, need_object(source, tree, ObjectType::kTree));
    for (ByteView rest = data; !rest.empty();) {
        TRY(const auto entry, take_entry(rest));
        if (entry.name == name) return std::optional(entry.copy());
    }
    return std::optional<TreeEntry>{};
}

}  // namespace

Result<std::optional<TreeEntry>> find_path(ObjectSource& source, const ObjectId& root, std::string_view path) {
    TreeEntry at{kModeTree, "", root};
    path = without_trailing_slash(path);
    if (path.empty()) return std::optional(at);
    for (const auto part : split(path, '/')) {
        if (!at.is_tree()) return std::optional<TreeEntry>{};
        TRY(auto found, find_entry(source, at.id, part));
        if (!found) return found;
        at = std::move(*found);
    }
    return std::optional(std::move(at));
}

namespace {

Result<void> walk_below(ObjectSource& source, const ObjectId& tree, const std::string& prefix, const TreeVisitor& visit,
                        int depth) {
    if (depth > detail::kMaxFolderDepth || prefix.size() > detail::kMaxPathOctets) return damaged("folders too deep");
    TRY(const auto entries, load_tree(source, tree));
    for (const auto& entry : entries) {
        const std::string path = prefix + entry.name;
        TRY(visit(path, entry));
        if (entry.is_tree()) TRY(walk_below(source, entry.id, path + "/", visit, depth + 1));
    }
    return ok();
}

}  // namespace

Result<void> walk_tree(ObjectSource& source, const ObjectId& root, const TreeVisitor& visit) {
    return walk_below(source, root, "", visit, 0);
}

Result<std::int64_t> TreeSum::below(const ObjectId& tree, int depth) {
    if (const auto known = known_.find(tree); known != known_.end()) return known->second;
    if (depth > detail::kMaxFolderDepth) return damaged("folders too deep");
    TRY(const auto entries, load_tree(source_, tree));
    std::int64_t sum = 0;
    const auto add = [&sum](std::int64_t weight) { sum = weight > INT64_MAX - sum ? INT64_MAX : sum + weight; };
    for (const auto& entry : entries) {
        TRY(const auto own, weigh_(entry));
        add(own);
        if (!entry.is_tree()) continue;
        TRY(const auto inner, below(entry.id, depth + 1));
        add(inner);
    }
    known_.emplace(tree, sum);
    return sum;
}

Result<std::int64_t> weigh_one(const TreeEntry&) { return std::int64_t{1}; }

Result<ObjectId> apply_edits(ObjectSource& source, ObjectSink& sink, const std::optional<ObjectId>& root,
                             const std::vector<TreeEdit>& edits) {
    TRY(auto folder, Folder::load(source, root));
    for (const auto& edit : edits) {
        const auto path = without_trailing_slash(edit.path);
        if (path.empty()) return Error{Code::kInvalidArgument, "An operation of the commit has no path."};
        if (edit.kind == TreeEdit::Kind::kPut) {
            TRY(folder->put(source, path, edit.mode, edit.id));
        } else {
            TRY(folder->remove(source, path, edit.kind == TreeEdit::Kind::kRemoveFolder, path));
        }
    }
    if (root && !folder->changed()) return *root;
    TRY(const auto written, folder->write(sink));
    if (written) return *written;
    return put_object(sink, ObjectType::kTree, {});
}

}  // namespace mirfa::git
