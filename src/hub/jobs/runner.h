// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <span>
#include <thread>

#include "base/file.h"
#include "hub/jobs/jobs.h"

namespace mirfa::hub {

/// What a job works with. Threads: the job's own; stopped() and progress() any.
class JobContext {
public:
    JobContext(Hub& hub, Job job, std::filesystem::path folder) : hub_(hub), job_(std::move(job)), folder_(std::move(folder)) {}

    Hub& hub() const { return hub_; }
    const Job& job() const { return job_; }
    /// An empty folder of its own, removed with everything in it when the job has ended.
    const std::filesystem::path& folder() const { return folder_; }
    /// Shown to people within a second. `total` 0: not known. Costs nothing: nothing is written by the caller.
    void progress(std::string_view step, std::uint64_t done = 0, std::uint64_t total = 0);
    /// Cancelled, taken over by another node, or the program ends: the job returns as soon as it can.
    bool stopped() const { return stopped_; }
    /// What the job tells at length, a JSON object: load_job_report gives it when the job is done. Threads: the job's own.
    void keep_report(std::string json) { report_ = std::move(json); }
    /// The same as an error, for TRY. Fails: kUnavailable.
    Result<void> go_on() const;

private:
    friend class JobRunner;
    Hub& hub_;
    const Job job_;
    const std::filesystem::path folder_;
    std::string report_;
    std::atomic<bool> stopped_ = false;
    mutable std::mutex mutex_;
    catalog::JobProgress progress_;  // guarded by mutex_
    // Of the runner's watcher:
    catalog::JobProgress noted_;  // what the row says
    UnixMillis leased_until_ = 0;
    std::optional<std::int64_t> seen_version_;  // of the catalog, when it was last asked
};

/// Whether a running job's row has to be written: it says something else than the job does, or a third of the lease is over.
bool needs_note(const catalog::JobProgress& progress, const catalog::JobProgress& noted, UnixMillis now, UnixMillis leased_until,
                std::chrono::milliseconds lease);

/// A kind of job. `run` gives a JSON object for whoever asked. kUnavailable, kTimedOut and kOutOfSpace are tried again up to
/// `attempts` times in all; any other failure is final, and its message is shown.
struct JobKind {
    std::string_view name;
    Result<std::string> (*run)(JobContext& context);
    int attempts = 3;
};

struct RunnerOptions {
    std::filesystem::path folder;                  ///< where jobs get theirs; emptied when the runner begins
    std::chrono::milliseconds look_every{500};     ///< for jobs that other processes have begun
    std::chrono::milliseconds lease{60'000};       ///< after that another node takes over what a dead one ran
    std::chrono::milliseconds first_delay{5'000};  ///< before the second attempt; ten times as long before the third
};

/// Runs jobs of the catalog, one at a time, as one node among others. Jobs of unknown kinds are left to nodes that know them.
class JobRunner {
public:
    /// Begins at once. `kinds` must outlive the runner.
    JobRunner(Hub& hub, std::span<const JobKind> kinds, RunnerOptions options);
    /// Stops what runs (it waits again, for this node or another) and ends.
    ~JobRunner();
    JobRunner(const JobRunner&) = delete;
    JobRunner& operator=(const JobRunner&) = delete;

private:
    void work();
    void watch();
    bool something_due();
    bool run_next();
    void run(const Job& job, UnixMillis leased_until);
    Result<TemporaryFolder> make_folder();
    Result<std::string> perform(const JobKind* kind, JobContext& context);
    void finish(const Job& job, const JobKind* kind, Result<std::string> outcome, std::string_view report = {});
    void report(JobContext& context);
    Result<bool> is_ours(JobContext& context);
    bool sleep(std::chrono::milliseconds span);

    Hub& hub_;
    const std::span<const JobKind> kinds_;
    const RunnerOptions options_;
    const RowId lease_;
    std::optional<std::int64_t> seen_version_;  // of the worker thread
    std::optional<UnixMillis> next_due_;        // of the worker thread

    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;          // guarded by mutex_
    JobContext* running_ = nullptr;  // guarded by mutex_
    std::thread worker_;
    std::thread watcher_;
};

}  // namespace mirfa::hub
