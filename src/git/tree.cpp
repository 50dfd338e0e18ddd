// SPDX-License-Identifier: Apache-2.0
#include "git/tree.h"

#include <algorithm>
#include <map>
#include <memory>

#include "base/ascii.h"

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

std::string sort_key(const TreeEntry& entry) { return entry.is_tree() ? entry.name + "/" : entry.name; }

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
    std::string before;
    while (!data.empty()) {
        const auto text = as_text(data);
        const auto blank = text.find(' ');
        const auto end = text.find('\0');
        if (blank == text.npos || blank > 6 || end == text.npos || end < blank + 2 || data.size() < end + 1 + ObjectId::kSize)
            return damaged("cut entry");
        std::uint32_t mode = 0;
        for (const char digit : text.substr(0, blank)) {
            if (digit < '0' || digit > '7') return damaged("mode");
            mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
        }
        TreeEntry entry{canonical(mode), std::string(text.substr(blank + 1, end - blank - 1)), {}};
        if (!is_known_mode(entry.mode) || entry.name.find('/') != std::string::npos) return damaged("mode or name");
        std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(end + 1), ObjectId::kSize, entry.id.octets.begin());
        auto key = sort_key(entry);
        if (!before.empty() && key <= before) return damaged("order");
        before = std::move(key);
        entries.push_back(std::move(entry));
        data = data.subspan(end + 1 + ObjectId::kSize);
    }
    return entries;
}

Bytes write_tree(std::vector<TreeEntry> entries) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return sort_key(a) < sort_key(b); });
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

Result<std::optional<TreeEntry>> find_path(ObjectSource& source, const ObjectId& root, std::string_view path) {
    TreeEntry at{kModeTree, "", root};
    path = without_trailing_slash(path);
    if (path.empty()) return std::optional(at);
    for (const auto part : split(path, '/')) {
        if (!at.is_tree()) return std::optional<TreeEntry>{};
        TRY(auto entries, load_tree(source, at.id));
        const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.name == part; });
        if (found == entries.end()) return std::optional<TreeEntry>{};
        at = std::move(*found);
    }
    return std::optional(std::move(at));
}

namespace {

Result<void> walk_below(ObjectSource& source, const ObjectId& tree, const std::string& prefix, const TreeVisitor& visit, int depth) {
    if (depth > 512) return damaged("folders too deep");
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
