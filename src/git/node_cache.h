// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "git/object.h"

namespace mirfa::git {

/// A ref as it is advertised; `peeled` is the commit behind an annotated tag.
struct CachedRef {
    std::string name;
    ObjectId target;
    std::optional<ObjectId> peeled;
};

/// One snapshot of a repository, as the cache is filled from it.
class CacheFeed {
public:
    virtual ~CacheFeed() = default;
    virtual std::int64_t generation() const = 0;  ///< raised by every change of a ref
    virtual std::int64_t sequence() const = 0;    ///< of the last object
    virtual Result<std::vector<CachedRef>> refs() = 0;
    virtual Result<std::uint32_t> count_objects(std::int64_t after) = 0;
    using Visit = std::function<Result<void>(ObjectType, std::uint64_t size, ByteView deflated)>;
    /// Objects with sequence numbers in (after, sequence()].
    virtual Result<void> each_object(std::int64_t after, const Visit& visit) = 0;
};

/// A repository of the cache while somebody works on it: it is not evicted before this goes.
class CachedRepository {
public:
    explicit CachedRepository(std::filesystem::path path, std::shared_ptr<void> use)
        : path_(std::move(path)), use_(std::move(use)) {}
    const std::filesystem::path& path() const { return path_; }
    /// git could not read it: it is made anew when it is prepared next.
    void distrust() const;

private:
    std::filesystem::path path_;
    std::shared_ptr<void> use_;
};

/// Bare repositories for git's own program, filled from the catalog. Disposable: the folder may be deleted at any time,
/// and a repository in it that is half written is made anew (whoever is reading it at that moment has to ask again).
/// Several processes may share the folder. Threads: any.
class NodeCache {
public:
    /// `size_limit` in octets; the least recently used repositories go when it is passed. Counts what is there already.
    NodeCache(std::filesystem::path folder, std::uint64_t size_limit);

    /// Brings the repository to the feed's generation. Nothing to do when it is there already, or when a later snapshot
    /// was taken meanwhile. Waits for others who prepare the same repository.
    Result<CachedRepository> prepare(std::int64_t repository, CacheFeed& feed);
    /// Forgets a repository that was deleted.
    void drop(std::int64_t repository);

private:
    struct Entry {
        std::mutex mutex;              ///< held while the repository is brought up to date or removed
        std::weak_ptr<void> in_use;    // guarded by mutex
        std::int64_t generation = -1;  // guarded by mutex; what this process has prepared last
        std::atomic<std::uint64_t> octets = 0;
        std::uint64_t last_used = 0;  // guarded by NodeCache::mutex_
    };
    std::shared_ptr<Entry> entry_of(std::int64_t repository);
    std::filesystem::path path_of(std::int64_t repository) const;
    void find_leftovers();
    void evict();
    bool remove_if_idle(std::int64_t repository, Entry& entry);

    const std::filesystem::path folder_;
    const std::uint64_t size_limit_;
    std::mutex mutex_;
    std::map<std::int64_t, std::shared_ptr<Entry>> entries_;  // guarded by mutex_
    std::uint64_t uses_ = 0;                                  // guarded by mutex_
};

}  // namespace mirfa::git
