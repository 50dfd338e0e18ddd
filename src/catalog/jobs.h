// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

enum class JobState { kWaiting = 1, kRunning = 2, kDone = 3, kFailed = 4, kCancelled = 5 };

/// A piece of long work.
struct Job {
    RowId id = 0;
    std::string kind;
    std::optional<RowId> repo;
    RowId user = 0;    ///< who asked for it; 0 for the hub itself
    std::string twin;  ///< see insert_job
    std::string input = "{}";
    JobState state = JobState::kWaiting;
    std::string step;  ///< what it is at, a word for people
    std::int64_t done = 0;
    std::int64_t total = 0;  ///< 0 while unknown
    std::string result = "{}";
    std::string message;  ///< why it failed, for the person who asked
    int attempts = 0;
    UnixMillis due = 0;
    UnixMillis created = 0;
    std::optional<UnixMillis> started;
    std::optional<UnixMillis> ended;
    bool operator==(const Job&) const = default;

    bool has_ended() const { return state >= JobState::kDone; }
};

/// A waiting job. Fails: kAlreadyExists while another job of the same non-empty twin waits or runs.
Result<void> insert_job(Session&, const Job& job);
Result<std::optional<Job>> find_job(Session&, RowId id);
/// The one of this twin that waits or runs.
Result<std::optional<Job>> find_job_of_twin(Session&, std::string_view twin);

struct JobQuery {
    std::optional<RowId> repo;  ///< of all repositories when empty
    RowId before = 0;           ///< only older ones than this; 0 for the newest
    int limit = 50;
};
/// The newest first. A result of more than kMaxListedResult letters is `null` here; find_job has it.
inline constexpr std::size_t kMaxListedResult = 16'384;
Result<std::vector<Job>> list_jobs(Session&, const JobQuery& query);

/// Takes the job that has been due for longest and whose lease, if it had one, is over: it is then running under `lease`
/// until `until`, and one attempt older.
Result<std::optional<Job>> lease_job(Session&, RowId lease, UnixMillis now, UnixMillis until);
/// When the next waiting job is due or the next lease is over; nothing when no job is left.
Result<std::optional<UnixMillis>> next_job_due(Session&);

struct JobProgress {
    std::string step;
    std::int64_t done = 0;
    std::int64_t total = 0;
    bool operator==(const JobProgress&) const = default;
};
/// Gives: false when the job no longer runs under this lease (cancelled, or taken over): its work must stop.
Result<bool> note_job_progress(Session&, RowId id, RowId lease, const JobProgress& progress, UnixMillis until);
/// The same question, without a write.
Result<bool> is_job_leased(Session&, RowId id, RowId lease);

/// Ends a job that runs under `lease` as kDone with a result, or as kFailed with a message. Gives: as note_job_progress.
Result<bool> end_job(Session&, RowId id, RowId lease, JobState state, std::string_view result, std::string_view message,
                     UnixMillis now);
/// What a job tells at length. Lists and find_job do not carry it.
struct JobReport {
    std::int64_t size = 0;  ///< octets before they were deflated
    Bytes deflated;
};
Result<void> put_job_report(Session&, RowId id, const JobReport& report);
Result<std::optional<JobReport>> find_job_report(Session&, RowId id);
/// Puts a job that runs under `lease` back to wait until `due`, saying why. Gives: as note_job_progress.
Result<bool> postpone_job(Session&, RowId id, RowId lease, std::string_view message, UnixMillis due);
/// Gives: false when it had ended.
Result<bool> cancel_job(Session&, RowId id, UnixMillis now);
/// Jobs of a user that wait or run.
Result<std::int64_t> count_open_jobs(Session&, RowId user);
/// Whether one of them is of this kind and repository.
Result<bool> has_open_job(Session&, RowId user, RowId repo, std::string_view kind);
Result<bool> has_job_ended_before(Session&, UnixMillis before);
/// Forgets jobs that ended before `before` and their reports, at most `limit` at once; gives how many.
Result<std::int64_t> delete_ended_jobs(Session&, UnixMillis before, int limit);

}  // namespace mirfa::catalog
