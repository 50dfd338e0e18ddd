// SPDX-License-Identifier: Apache-2.0
// Order on disk: objects first (a pack that git itself indexes and syncs), then packed-refs by a synced rename, then
// the state file. A stop in between leaves an older state beside newer objects, which the next fill only adds to. The
// state names generation, sequence of the last object, and the packs with their sizes; a repository whose state is
// missing or does not fit what is on disk is made anew.
#include "git/node_cache.h"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>

#include "base/digest.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"
#include "git/pack_writer.h"
#include "git/process.h"

namespace mirfa::git {
namespace fs = std::filesystem;
namespace {

const FaultPoint kObjectsAdded("cache-objects-added");
const FaultPoint kRefsWritten("cache-refs-written");
const FaultPoint kStateWritten("cache-state-written");

constexpr std::size_t kMaxPacks = 20;           // more are repacked into one
constexpr std::uint32_t kWorthRepacking = 500;  // objects added at once, if they are also half of all
constexpr std::chrono::seconds kMaintenanceTime{120};
constexpr const char* kStateFile = "mirfa-state";

constexpr const char* kConfig =
    "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tlogallrefupdates = false\n"
    "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n\tallowReachableSHA1InWant = true\n"
    "[gc]\n\tauto = 0\n[repack]\n\twriteBitmaps = true\n[pack]\n\tthreads = 1\n";

struct State {
    std::int64_t generation = -1;
    std::int64_t sequence = 0;
};

/// Names and sizes of the packs and of packed-refs: what a half-deleted or cut repository differs in.
std::string fingerprint(const fs::path& repository) {
    std::vector<std::string> files;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(repository / "objects/pack", ignored))
        if (const auto kind = file.path().extension(); kind == ".pack" || kind == ".idx")
            files.push_back(file.path().filename().string() + " " + std::to_string(file.file_size(ignored)) + "\n");
    std::sort(files.begin(), files.end());
    std::string all = "refs " + std::to_string(fs::file_size(repository / "packed-refs", ignored)) + "\n";
    for (const auto& file : files) all += file;
    return sha256_of(all).hex();
}

State read_state(const fs::path& repository) {
    State state;
    const auto text = read_small_file(repository / kStateFile, 200);
    if (!text.has_value()) return state;
    long long generation = -1, sequence = 0;
    char print[65] = {};
    if (std::sscanf(text.value().c_str(), "%lld %lld %64s\n", &generation, &sequence, print) != 3) return state;
    if (fingerprint(repository) != print) return state;
    return {generation, sequence};
}

Result<void> write_state(const fs::path& repository, const CacheFeed& feed) {
    return write_small_file(repository / kStateFile, std::to_string(feed.generation()) + " " + std::to_string(feed.sequence()) +
                                                         " " + fingerprint(repository) + "\n");
}

Result<void> make_repository(const fs::path& path) {
    std::error_code failed;
    fs::remove_all(path, failed);
    for (const char* name : {"objects/pack", "objects/info", "refs/heads", "refs/tags"}) {
        fs::create_directories(path / name, failed);
        if (failed) return system_error("mkdir " + path.string(), failed.value());
    }
    TRY(write_small_file(path / "config", kConfig));
    return write_small_file(path / "HEAD", "ref: refs/heads/main\n");
}

Result<void> run_git(const fs::path& repository, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    TRY(run_process({.argv = std::move(arguments),
                     .environment = bare_git_environment(),
                     .folder = repository,
                     .deadline = kMaintenanceTime}));
    return ok();
}

Result<void> add_objects(const fs::path& repository, CacheFeed& feed, std::int64_t after, std::uint32_t count) {
    TRY(auto git, Process::start({.argv = {"git", "index-pack", "--stdin", "--threads=1"},
                                  .environment = bare_git_environment(),
                                  .folder = repository,
                                  .pipe_input = true,
                                  .deadline = std::chrono::hours(2)}));
    PackWriter pack(*git, count);
    TRY(feed.each_object(after,
                         [&](ObjectType type, std::uint64_t size, ByteView deflated) { return pack.add(type, size, deflated); }));
    TRY(pack.finish());
    TRY(const int status, git->wait());
    if (status != 0) return internal_error("index-pack for the git cache: " + git->error_text());
    return ok();
}

Result<void> write_refs(const fs::path& repository, CacheFeed& feed) {
    TRY(auto refs, feed.refs());
    std::sort(refs.begin(), refs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::string text = "# pack-refs with: peeled fully-peeled sorted \n";
    for (const auto& ref : refs) {
        text += ref.target.hex() + " " + ref.name + "\n";
        if (ref.peeled) text += "^" + ref.peeled->hex() + "\n";
    }
    return write_small_file(repository / "packed-refs", text);
}

std::size_t count_packs(const fs::path& repository) {
    std::error_code ignored;
    std::size_t packs = 0;
    for (const auto& file : fs::directory_iterator(repository / "objects/pack", ignored))
        packs += file.path().extension() == ".pack" ? 1 : 0;
    return packs;
}

/// Makes clones quick: one pack with deltas and bitmaps, and a commit-graph. Objects that no ref reaches are kept, for
/// a ref may reach them again and the feed does not repeat them. Failing costs nothing but speed.
void maintain(const fs::path& repository, bool grown) {
    const auto packs = count_packs(repository);
    // When it failed before, wait for as many packs again.
    if (!grown && (packs < kMaxPacks || packs % kMaxPacks != 0)) return;
    auto done = run_git(repository, {"repack", "-a", "-d", "-k", "-q", "-b"});
    if (done.has_value()) done = run_git(repository, {"commit-graph", "write", "--reachable", "--no-progress"});
    if (!done.has_value())
        log(LogLevel::kWarning, "git cache: maintenance of {} failed: {}", repository.string(), describe(done.error()));
}

/// `mine`: the generation that this process has prepared last. Gives whether anything had to be done.
Result<bool> update(const fs::path& repository, CacheFeed& feed, std::int64_t mine) {
    State state = read_state(repository);
    if (state.generation == feed.generation()) return false;
    // Somebody with a later snapshot was quicker. Not so after a restored backup, which starts with a new process.
    if (state.generation > feed.generation() && state.generation == mine) return false;
    if (state.generation < 0 || state.generation > feed.generation() || state.sequence > feed.sequence()) {
        TRY(make_repository(repository));
        state = State{};
    }
    TRY(const auto count, feed.count_objects(state.sequence));
    if (count > 0) TRY(add_objects(repository, feed, state.sequence, count));
    kObjectsAdded.reach();
    TRY(write_refs(repository, feed));
    kRefsWritten.reach();
    // Growing by half at least each time, all repacking together costs no more than a few times the last one.
    maintain(repository, count >= kWorthRepacking && 2 * static_cast<std::int64_t>(count) >= feed.sequence());
    TRY(write_state(repository, feed));
    kStateWritten.reach();
    return true;
}

/// Keeps other processes out of a repository of the cache while it lives.
Result<File> lock_folder(const fs::path& repository) {
    std::error_code failed;
    fs::create_directories(repository.parent_path(), failed);
    TRY(auto file, File::open_to_write(repository.string() + ".lock"));
    while (::flock(file.descriptor(), LOCK_EX) != 0)
        if (errno != EINTR) return system_error("flock", errno);
    return file;
}

/// What other processes remove meanwhile counts as far as it was seen.
std::uint64_t size_on_disk(const fs::path& folder) {
    std::uint64_t octets = 0;
    std::error_code ended, ignored;
    for (fs::recursive_directory_iterator at(folder, ended), end; !ended && at != end; at.increment(ended)) {
        if (!at->is_regular_file(ignored)) continue;
        const auto size = at->file_size(ignored);
        if (!ignored) octets += size;
    }
    return octets;
}

}  // namespace

void CachedRepository::distrust() const {
    std::error_code ignored;
    fs::remove(path_ / kStateFile, ignored);
}

NodeCache::NodeCache(fs::path folder, std::uint64_t size_limit) : folder_(std::move(folder)), size_limit_(size_limit) {
    find_leftovers();
}

/// What an earlier process left: repositories count for the limit, quarantines of pushes that died are removed.
void NodeCache::find_leftovers() {
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
    std::error_code ignored;
    for (const auto& shard : fs::directory_iterator(folder_, ignored))
        for (const auto& place : fs::directory_iterator(shard.path(), ignored)) {
            if (!place.is_directory(ignored)) continue;
            const auto id = place.path().stem().string();
            std::int64_t repository = 0;
            const auto parsed = std::from_chars(id.data(), id.data() + id.size(), repository);
            if (place.path().extension() == ".git" && parsed.ptr == id.data() + id.size())
                entry_of(repository)->octets = size_on_disk(place.path());
            else if (place.last_write_time(ignored) < long_ago)
                fs::remove_all(place.path(), ignored);
        }
}

fs::path NodeCache::path_of(std::int64_t repository) const {
    char shard[4];
    std::snprintf(shard, sizeof shard, "%02x", static_cast<unsigned>(repository & 0xff));
    return folder_ / shard / (std::to_string(repository) + ".git");
}

std::shared_ptr<NodeCache::Entry> NodeCache::entry_of(std::int64_t repository) {
    const std::lock_guard lock(mutex_);
    auto& entry = entries_[repository];
    if (!entry) entry = std::make_shared<Entry>();
    entry->last_used = ++uses_;
    return entry;
}

Result<CachedRepository> NodeCache::prepare(std::int64_t repository, CacheFeed& feed) {
    const auto entry = entry_of(repository);
    const auto path = path_of(repository);
    std::shared_ptr<void> use;
    {
        const std::lock_guard lock(entry->mutex);
        use = entry->in_use.lock();
        if (!use) entry->in_use = use = std::make_shared<int>(0);
        TRY(const auto other_processes, lock_folder(path));
        auto updated = update(path, feed, entry->generation);
        if (!updated.has_value()) {
            // Whatever is broken in there can be made again.
            log(LogLevel::kWarning, "git cache: making {} anew: {}", path.string(), describe(updated.error()));
            TRY(make_repository(path));
            TRY(update(path, feed, -1));
        }
        entry->generation = std::max(entry->generation, feed.generation());
        if (!updated.has_value() || updated.value() || entry->octets == 0) entry->octets = size_on_disk(path);
    }
    evict();
    return CachedRepository(path, std::move(use));
}

void NodeCache::drop(std::int64_t repository) {
    const auto entry = entry_of(repository);
    {
        const std::lock_guard lock(entry->mutex);
        std::error_code ignored;
        fs::remove_all(path_of(repository), ignored);
        fs::remove(path_of(repository).string() + ".lock", ignored);
        entry->octets = 0;
    }
    const std::lock_guard lock(mutex_);
    entries_.erase(repository);
}

/// Somebody who is preparing or reading it keeps it.
bool NodeCache::remove_if_idle(std::int64_t repository, Entry& entry) {
    const std::unique_lock lock(entry.mutex, std::try_to_lock);
    if (!lock.owns_lock() || !entry.in_use.expired()) return false;
    std::error_code ignored;
    fs::remove_all(path_of(repository), ignored);
    entry.octets = 0;
    return true;
}

void NodeCache::evict() {
    const std::lock_guard lock(mutex_);
    std::uint64_t total = 0;
    std::map<std::uint64_t, std::int64_t> by_age;
    for (const auto& [id, entry] : entries_) {
        if (entry->octets == 0) continue;
        total += entry->octets;
        by_age.emplace(entry->last_used, id);
    }
    for (const auto& [used, id] : by_age) {
        if (total <= size_limit_) return;
        const std::uint64_t octets = entries_[id]->octets;
        if (remove_if_idle(id, *entries_[id])) total -= octets;
    }
}

}  // namespace mirfa::git
