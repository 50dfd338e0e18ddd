// SPDX-License-Identifier: Apache-2.0
// Order on disk: objects first (a pack that git itself indexes), then packed-refs by rename, then the state file. A stop
// in between leaves an older state beside newer objects, which the next fill only adds to. The state file names the
// generation and the sequence of the last object; without it the repository is made anew.
#include "git/node_cache.h"

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "base/log.h"
#include "git/pack_writer.h"
#include "git/process.h"

namespace mirfa::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxPacks = 20;            // more are repacked into one
constexpr std::uint32_t kWorthRepacking = 500;   // objects of a first fill

constexpr const char* kConfig =
    "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tlogallrefupdates = false\n"
    "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n\tallowReachableSHA1InWant = true\n"
    "[gc]\n\tauto = 0\n[repack]\n\twriteBitmaps = true\n[pack]\n\tthreads = 1\n";

struct State {
    std::int64_t generation = -1;
    std::int64_t sequence = 0;
};

State read_state(const fs::path& repository) {
    State state;
    const auto text = read_small_file(repository / "mirfa-state", 100);
    if (!text.has_value()) return state;
    long long generation = -1, sequence = 0;
    if (std::sscanf(text.value().c_str(), "%lld %lld\n", &generation, &sequence) == 2) state = {generation, sequence};
    return state;
}

/// Written aside and renamed; no sync, for all of it can be made again.
Result<void> replace_file(const fs::path& path, std::string_view text) {
    const fs::path aside = path.string() + ".new";
    std::error_code ignored;
    fs::remove(aside, ignored);
    {
        TRY(auto file, File::create_new(aside));
        TRY(file.append(as_bytes(text)));
    }
    std::error_code failed;
    fs::rename(aside, path, failed);
    if (failed) return system_error("rename " + path.string(), failed.value());
    return ok();
}

Result<void> make_repository(const fs::path& path) {
    std::error_code failed;
    fs::remove_all(path, failed);
    for (const char* name : {"objects/pack", "objects/info", "refs/heads", "refs/tags"}) {
        fs::create_directories(path / name, failed);
        if (failed) return system_error("mkdir " + path.string(), failed.value());
    }
    TRY(replace_file(path / "config", kConfig));
    return replace_file(path / "HEAD", "ref: refs/heads/main\n");
}

Result<void> run_git(const fs::path& repository, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    TRY(run_process({.argv = std::move(arguments), .environment = bare_git_environment(), .folder = repository}));
    return ok();
}

Result<void> add_objects(const fs::path& repository, CacheFeed& feed, std::int64_t after, std::uint32_t count) {
    TRY(auto git, Process::start({.argv = {"git", "index-pack", "--stdin", "--threads=1"},
                                  .environment = bare_git_environment(),
                                  .folder = repository,
                                  .pipe_input = true,
                                  .deadline = std::chrono::hours(2)}));
    PackWriter pack(*git, count);
    TRY(feed.each_object(after, [&](ObjectType type, std::uint64_t size, ByteView deflated) { return pack.add(type, size, deflated); }));
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
    return replace_file(repository / "packed-refs", text);
}

std::size_t count_packs(const fs::path& repository) {
    std::error_code ignored;
    std::size_t packs = 0;
    for (const auto& file : fs::directory_iterator(repository / "objects/pack", ignored))
        packs += file.path().extension() == ".pack" ? 1 : 0;
    return packs;
}

/// Makes clones quick. Failing costs nothing but speed.
void maintain(const fs::path& repository, bool first_fill) {
    if (!first_fill && count_packs(repository) <= kMaxPacks) return;
    auto done = run_git(repository, {"repack", "-a", "-d", "-q", "-b"});
    if (done.has_value()) done = run_git(repository, {"commit-graph", "write", "--reachable", "--no-progress"});
    if (!done.has_value()) log(LogLevel::kWarning, "git cache: maintenance of {} failed: {}", repository.string(), describe(done.error()));
}

/// Gives whether anything had to be done.
Result<bool> update(const fs::path& repository, CacheFeed& feed) {
    State state = read_state(repository);
    if (state.generation == feed.generation()) return false;
    if (state.generation < 0 || state.sequence > feed.sequence()) {
        TRY(make_repository(repository));
        state = State{};
    }
    TRY(const auto count, feed.count_objects(state.sequence));
    if (count > 0) TRY(add_objects(repository, feed, state.sequence, count));
    TRY(write_refs(repository, feed));
    maintain(repository, state.sequence == 0 && count >= kWorthRepacking);
    TRY(replace_file(repository / "mirfa-state", std::to_string(feed.generation()) + " " + std::to_string(feed.sequence()) + "\n"));
    return true;
}

std::uint64_t size_on_disk(const fs::path& folder) {
    std::uint64_t octets = 0;
    std::error_code ignored;
    for (const auto& file : fs::recursive_directory_iterator(folder, ignored))
        if (file.is_regular_file(ignored)) octets += file.file_size(ignored);
    return octets;
}

}  // namespace

NodeCache::NodeCache(fs::path folder, std::uint64_t size_limit) : folder_(std::move(folder)), size_limit_(size_limit) {}

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
        auto updated = update(path, feed);
        if (!updated.has_value()) {
            // Whatever is broken in there can be made again.
            log(LogLevel::kWarning, "git cache: making {} anew: {}", path.string(), describe(updated.error()));
            TRY(make_repository(path));
            TRY(update(path, feed));
        }
        if (!updated.has_value() || updated.value() || entry->octets == 0) entry->octets = size_on_disk(path);
    }
    evict();
    return CachedRepository(path, std::move(use));
}

void NodeCache::drop(std::int64_t repository) {
    std::shared_ptr<Entry> entry = entry_of(repository);
    const std::lock_guard lock(entry->mutex);
    std::error_code ignored;
    fs::remove_all(path_of(repository), ignored);
    entry->octets = 0;
}

void NodeCache::evict() {
    const std::lock_guard lock(mutex_);
    std::uint64_t total = 0;
    for (const auto& [id, entry] : entries_) total += entry->octets;
    while (total > size_limit_) {
        auto oldest = entries_.end();
        for (auto at = entries_.begin(); at != entries_.end(); ++at) {
            const bool idle = at->second->octets > 0 && at->second->in_use.expired();
            if (idle && (oldest == entries_.end() || at->second->last_used < oldest->second->last_used)) oldest = at;
        }
        if (oldest == entries_.end() || !oldest->second->mutex.try_lock()) return;
        const std::lock_guard own(oldest->second->mutex, std::adopt_lock);
        if (!oldest->second->in_use.expired()) return;
        std::error_code ignored;
        fs::remove_all(path_of(oldest->first), ignored);
        total -= oldest->second->octets;
        oldest->second->octets = 0;
    }
}

}  // namespace mirfa::git
