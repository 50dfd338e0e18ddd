// SPDX-License-Identifier: Apache-2.0
// First equal ids, in one pass; then the pairs left over are scored by libgit2's similarity signatures, best first.
#include "git/detail/renames.h"

#include <git2.h>
#include <git2/sys/hashsig.h>

#include <map>
#include <memory>

#include "git/detail/content.h"
#include "git/detail/libgit2.h"

namespace mirfa::git::detail {
namespace {

constexpr std::size_t kMaxCandidates = 200;     // a side; every pair of them is compared
constexpr std::uint64_t kMaxOctets = 1u << 20;  // of a file that is compared by content
constexpr int kAlike = 50;                      // percent, git's own limit

struct Free {
    void operator()(git_hashsig* signature) const { git_hashsig_free(signature); }
};
using Signature = std::unique_ptr<git_hashsig, Free>;

bool is_file(std::uint32_t mode) { return mode == kModeFile || mode == kModeExecutable; }

class Joiner {
public:
    Joiner(ObjectSource& source, std::vector<Change>& changes)
        : source_(source), changes_(changes), gone_(changes.size(), false) {}

    Result<void> run() {
        join_equal();
        TRY(join_alike());
        std::vector<Change> left;
        for (std::size_t i = 0; i < changes_.size(); ++i)
            if (!gone_[i]) left.push_back(std::move(changes_[i]));
        changes_ = std::move(left);
        return ok();
    }

private:
    void join(std::size_t deleted, std::size_t added, int similarity) {
        Change& to = changes_[added];
        const Change& from = changes_[deleted];
        to.kind = ChangeKind::kRenamed;
        to.old_path = from.old_path;
        to.old_mode = from.old_mode;
        to.old_id = from.old_id;
        to.similarity = similarity;
        gone_[deleted] = true;
    }

    void join_equal() {
        std::multimap<ObjectId, std::size_t> deleted;
        for (std::size_t i = 0; i < changes_.size(); ++i)
            if (changes_[i].kind == ChangeKind::kDeleted) deleted.emplace(changes_[i].old_id, i);
        for (std::size_t i = 0; i < changes_.size(); ++i) {
            if (changes_[i].kind != ChangeKind::kAdded) continue;
            const auto [first, last] = deleted.equal_range(changes_[i].new_id);
            for (auto at = first; at != last; ++at) {
                if ((changes_[at->second].old_mode ^ changes_[i].new_mode) & 0170000) continue;
                join(at->second, i, 100);
                deleted.erase(at);
                break;
            }
        }
    }

    Result<Signature> sign(const ObjectId& blob) {
        TRY(const auto info, source_.find_info(blob));
        if (!info || info->size == 0 || info->size > kMaxOctets) return Signature{};
        TRY(const auto content, need_object(source_, blob, ObjectType::kBlob));
        if (is_binary(content)) return Signature{};
        git_hashsig* signature = nullptr;
        const auto options = static_cast<git_hashsig_option_t>(GIT_HASHSIG_NORMAL | GIT_HASHSIG_ALLOW_SMALL_FILES);
        if (git_hashsig_create(&signature, reinterpret_cast<const char*>(content.data()), content.size(), options) != 0)
            return Signature{};
        return Signature(signature);
    }

    Result<std::map<std::size_t, Signature>> candidates(ChangeKind kind) {
        std::map<std::size_t, Signature> found;
        for (std::size_t i = 0; i < changes_.size() && found.size() < kMaxCandidates; ++i) {
            const Change& change = changes_[i];
            const bool deleted = kind == ChangeKind::kDeleted;
            if (gone_[i] || change.kind != kind || !is_file(deleted ? change.old_mode : change.new_mode)) continue;
            TRY(auto signature, sign(deleted ? change.old_id : change.new_id));
            if (signature) found.emplace(i, std::move(signature));
        }
        return found;
    }

    Result<void> join_alike() {
        start_libgit2();
        TRY(const auto deleted, candidates(ChangeKind::kDeleted));
        if (deleted.empty()) return ok();
        TRY(const auto added, candidates(ChangeKind::kAdded));
        struct Pair {
            int score;
            std::size_t from, to;
        };
        std::vector<Pair> pairs;
        for (const auto& [from, old_signature] : deleted)
            for (const auto& [to, new_signature] : added)
                if (const int score = git_hashsig_compare(old_signature.get(), new_signature.get()); score >= kAlike)
                    pairs.push_back({score, from, to});
        std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.score > b.score; });
        for (const auto& pair : pairs)
            if (!gone_[pair.from] && changes_[pair.to].kind == ChangeKind::kAdded)
                join(pair.from, pair.to, std::min(pair.score, 99));
        return ok();
    }

    ObjectSource& source_;
    std::vector<Change>& changes_;
    std::vector<bool> gone_;
};

}  // namespace

Result<void> join_renames(ObjectSource& source, std::vector<Change>& changes) { return Joiner(source, changes).run(); }

}  // namespace mirfa::git::detail
