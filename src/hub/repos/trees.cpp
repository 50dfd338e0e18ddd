// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/trees.h"

#include <algorithm>
#include <unordered_set>

#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"
#include "hub/repos/security.h"

namespace mirfa::hub {
namespace {

using catalog::Repository;
using catalog::Session;
using git::TreeEntry;

constexpr std::size_t kMaxSeen = 1'000'000;  // files and folders that a list is made from

Error no_such_folder(std::string_view path, std::string_view revision) {
    return Error{Code::kNotFound, "\"" + std::string(path) + "\" does not exist on \"" + std::string(revision) + "\"",
                 Reason::kEntryNotFound};
}

/// Walks a tree in order and collects a page of it. Folders that lie before the cursor are not read, and of entries before
/// it none is made but the folders that lead to it.
class Lister {
public:
    Lister(Session& session, const Repository& repo, const TreeQuery& query)
        : session_(session), repo_(repo), query_(query), objects_(session, repo.id) {}

    Result<void> list(const ObjectId& tree, const std::string& prefix) {
        TRY(auto reader, git::TreeReader::open(objects_, tree));
        TRY(reader.skip_before(first_of_page(prefix)));
        while (!full()) {
            TRY(const auto entry, reader.next());
            if (!entry) return ok();
            ++entries_made_;
            if (entry->mode == git::kModeSubmodule) continue;
            const std::string path = prefix + entry->name;
            const std::string key = entry->is_tree() ? path + "/" : path;
            if (key > query_.cursor) TRY(add(path, key, *entry));
            const bool all_before = key <= query_.cursor && !query_.cursor.starts_with(key);
            if (query_.recursive && entry->is_tree() && !all_before) TRY(list(entry->id, path + "/"));
        }
        return ok();
    }
    std::size_t entries_made() const { return entries_made_; }
    std::vector<ListedEntry> take() { return std::move(entries_); }
    std::string next() const { return more_ ? last_key_ : ""; }

private:
    bool full() const { return more_; }
    /// Where to begin in a folder: at the entry that the cursor names or lies below.
    std::string_view first_of_page(const std::string& prefix) const {
        if (!query_.cursor.starts_with(prefix)) return "";
        const auto name = std::string_view(query_.cursor).substr(prefix.size());
        return name.substr(0, name.find('/') == name.npos ? name.npos : name.find('/') + 1);
    }
    Result<void> add(const std::string& path, const std::string& key, const TreeEntry& entry) {
        if (query_.only && !query_.only(path)) return ok();
        if (entries_.size() == query_.limit) {
            more_ = true;
            return ok();
        }
        ListedEntry listed{path, entry.is_tree(), entry.id, std::nullopt, std::nullopt};
        if (!listed.is_folder) {
            TRY(listed.file, load_file_facts(session_, repo_.id, entry.id, entry.mode));
        }
        entries_.push_back(std::move(listed));
        last_key_ = key;
        return ok();
    }

    Session& session_;
    const Repository& repo_;
    const TreeQuery& query_;
    CatalogObjects objects_;
    std::vector<ListedEntry> entries_;
    std::string last_key_;
    bool more_ = false;
    std::size_t entries_made_ = 0;
};

/// What somebody sees who looks at files, and not the programs that only want their names and sizes.
Result<void> add_security(Session& session, std::vector<ListedEntry>& entries) {
    for (auto& entry : entries)
        if (entry.file) {
            TRY(auto security, security_of(session, entry.path, *entry.file));
            entry.security = std::move(security.json);
            entry.scan_is_due = security.is_due;
        }
    return ok();
}

void renew_scans_of(Hub& hub, const Repository& repo, const ObjectId& commit, const std::vector<ListedEntry>& entries) {
    if (std::ranges::any_of(entries, &ListedEntry::scan_is_due)) renew_scans(hub, repo, commit);
}

Result<void> add_last_commits(Session& session, const Repository& repo, const ObjectId& commit,
                              std::vector<ListedEntry>& entries) {
    LastCommits last(session, repo, commit);
    for (auto& entry : entries) {
        TRY(entry.last_commit, last.of(entry.path));
    }
    return add_security(session, entries);
}

std::string without_slashes(std::string path) {
    while (path.ends_with('/')) path.pop_back();
    return path;
}

struct FoundFolder {
    ObjectId commit;
    std::string path;
    ObjectId tree;
};

Result<FoundFolder> find_folder(Session& session, CatalogObjects& objects, const Repository& repo,
                                const std::vector<std::string>& segments) {
    TRY(const auto split, split_revision(session, repo, segments));
    TRY(const auto root, tree_of(objects, split.revision.commit));
    const std::string path = without_slashes(split.path);
    TRY(const auto folder, git::find_path(objects, root, path));
    if (!folder || !folder->is_tree()) return no_such_folder(path, split.revision.text);
    return FoundFolder{split.revision.commit, path, folder->id};
}

}  // namespace

Result<TreePage> list_tree(Hub& hub, const Repository& repo, const std::vector<std::string>& segments, const TreeQuery& query) {
    auto listed = hub.catalog.read([&](Session& session) -> Result<TreePage> {
        CatalogObjects objects(session, repo.id);
        TRY(const auto folder, find_folder(session, objects, repo, segments));
        Lister lister(session, repo, query);
        TRY(lister.list(folder.tree, folder.path.empty() ? "" : folder.path + "/"));
        TreePage page{folder.commit, lister.take(), lister.next(), lister.entries_made()};
        if (query.with_last_commit) TRY(add_last_commits(session, repo, page.commit, page.entries));
        if (query.with_security && !query.with_last_commit) TRY(add_security(session, page.entries));
        return page;
    });
    if (listed.has_value()) renew_scans_of(hub, repo, listed.value().commit, listed.value().entries);
    return listed;
}

Result<std::vector<ListedEntry>> find_entries(Hub& hub, const Repository& repo, const std::vector<std::string>& revision,
                                              const std::vector<std::string>& paths, bool with_last_commit) {
    ObjectId commit;
    auto found = hub.catalog.read([&](Session& session) -> Result<std::vector<ListedEntry>> {
        TRY(const auto resolved, resolve_revision_segments(session, repo, revision));
        commit = resolved.commit;
        CatalogObjects objects(session, repo.id);
        TRY(const auto root, tree_of(objects, resolved.commit));
        std::vector<ListedEntry> entries;
        std::unordered_set<std::string> seen;
        for (const auto& asked : paths) {
            const std::string path = without_slashes(asked);
            if (!seen.insert(path).second) continue;
            TRY(const auto entry, git::find_path(objects, root, path));
            if (!entry || entry->mode == git::kModeSubmodule) continue;
            ListedEntry listed{path, entry->is_tree(), entry->id, std::nullopt, std::nullopt};
            if (!listed.is_folder) {
                TRY(listed.file, load_file_facts(session, repo.id, entry->id, entry->mode));
            }
            entries.push_back(std::move(listed));
        }
        if (with_last_commit) TRY(add_last_commits(session, repo, resolved.commit, entries));
        return entries;
    });
    if (found.has_value()) renew_scans_of(hub, repo, commit, found.value());
    return found;
}

Result<std::int64_t> tree_size(Hub& hub, const Repository& repo, const std::vector<std::string>& segments) {
    return hub.catalog.read([&](Session& session) -> Result<std::int64_t> {
        CatalogObjects objects(session, repo.id);
        TRY(const auto folder, find_folder(session, objects, repo, segments));
        git::TreeSum sum(objects, [&](const TreeEntry& entry) -> Result<std::int64_t> {
            if (entry.is_tree() || entry.mode == git::kModeSubmodule) return std::int64_t{0};
            TRY(const auto facts, load_file_facts(session, repo.id, entry.id, entry.mode));
            return facts.content_size();
        });
        return sum.below(folder.tree);
    });
}

Result<std::vector<ListedEntry>> list_files(Session& session, const Repository& repo, const ObjectId& commit, bool with_facts,
                                            std::size_t limit, const PathFilter& only) {
    CatalogObjects objects(session, repo.id);
    TRY(const auto root, tree_of(objects, commit));
    std::vector<ListedEntry> files;
    std::size_t seen = 0;
    bool full = false;
    const auto walked = git::walk_tree(objects, root, [&](const std::string& path, const TreeEntry& entry) -> Result<void> {
        full = files.size() == limit || ++seen > kMaxSeen;
        if (full) return Error{Code::kTooLarge, "The list is full."};  // ends the walk
        if (entry.is_tree() || entry.mode == git::kModeSubmodule || (only && !only(path))) return ok();
        ListedEntry listed{path, false, entry.id, std::nullopt, std::nullopt};
        if (with_facts) {
            TRY(listed.file, load_file_facts(session, repo.id, entry.id, entry.mode));
        }
        files.push_back(std::move(listed));
        return ok();
    });
    if (!full) TRY(walked);
    return files;
}

}  // namespace mirfa::hub
