// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/large_files.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "hub/commits/transaction.h"
#include "hub/large/large_objects.h"
#include "hub/repos/revisions.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {
namespace {

using catalog::Repository;
using catalog::Session;

constexpr std::size_t kMaxRefs = 50;  // looked through for names; each is a walk over a tree

/// main first, then the others by name, each commit once.
Result<std::vector<catalog::Ref>> refs_with_files(Session& session, const Repository& repo) {
    TRY(auto refs, catalog::list_refs(session, repo.id, "refs/"));
    std::stable_partition(refs.begin(), refs.end(), [](const auto& ref) { return ref.name == kMainRef; });
    std::unordered_set<ObjectId> seen;
    std::erase_if(refs, [&](const auto& ref) { return !seen.insert(ref.commit).second; });
    if (refs.size() > kMaxRefs) refs.resize(kMaxRefs);
    return refs;
}

Result<void> name_files(Session& session, const Repository& repo, std::vector<StoredLargeFile>& items) {
    std::unordered_map<Sha256, StoredLargeFile*> unnamed;
    for (auto& item : items) unnamed.emplace(item.object.sha256, &item);
    TRY(const auto refs, refs_with_files(session, repo));
    for (const auto& ref : refs) {
        if (unnamed.empty()) break;
        TRY(const auto files, list_files(session, repo, ref.commit, true));
        for (const auto& entry : files) {
            if (!entry.file || !entry.file->lfs_sha256) continue;
            const auto found = unnamed.find(*entry.file->lfs_sha256);
            if (found == unnamed.end()) continue;
            found->second->path = entry.path;
            found->second->ref = ref.name;
            unnamed.erase(found);
        }
    }
    return ok();
}

/// "" when the source holds it just so.
Result<std::string> refusal_of(Session& session, const Repository& source, const WantedCopy& wanted) {
    TRY(const auto held, catalog::find_repo_object(session, source.id, wanted.sha256));
    if (!held) return "The repository " + source.full_name() + " holds no such file.";
    if (wanted.xet_hash && held->xet_file && *held->xet_file != *wanted.xet_hash)
        return std::string("The xetHash is that of another file.");
    return std::string{};
}

}  // namespace

Result<catalog::RepoStorage> load_repo_storage(Hub& hub, const Repository& repo) {
    return hub.catalog.read([&](Session& s) { return catalog::repo_storage(s, repo.id); });
}

Result<StoredLargeFiles> list_large_files(Hub& hub, const Repository& repo, const std::optional<Sha256>& after, int limit) {
    return hub.catalog.read([&](Session& session) -> Result<StoredLargeFiles> {
        StoredLargeFiles page;
        TRY(const auto held, catalog::held_objects(session, repo.id, after, limit));
        for (const auto& item : held) page.items.push_back({item.object, item.created, "", ""});
        if (static_cast<int>(held.size()) == limit) page.next = held.back().object.sha256;
        TRY(name_files(session, repo, page.items));
        return page;
    });
}

Result<std::vector<FailedCopy>> share_large_files(Hub& hub, const Repository& source, const Principal& who,
                                                  catalog::RepoType target_type, std::string_view target_owner,
                                                  std::string_view target_name, const std::vector<WantedCopy>& files) {
    return hub.catalog.write([&](Session& session) -> Result<std::vector<FailedCopy>> {
        TRY(require(session, who, source, Action::kReadContent));
        TRY(const auto target, require(session, who, target_type, target_owner, target_name, Action::kWrite));
        std::vector<FailedCopy> failed;
        for (const auto& wanted : files) {
            TRY(auto refusal, refusal_of(session, source, wanted));
            if (!refusal.empty()) {
                failed.push_back({wanted.sha256, std::move(refusal)});
                continue;
            }
            TRY(catalog::hold_object(session, target.id, wanted.sha256, who.user, catalog::Door::kCopy, hub.clock.now(),
                                     hold_until(hub)));
        }
        return failed;
    });
}

}  // namespace mirfa::hub
