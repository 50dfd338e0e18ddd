// SPDX-License-Identifier: Apache-2.0
// Long work: asked for here, done by a JobRunner of whichever process, looked at by pages and clients.
#pragma once

#include "catalog/jobs.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

using catalog::Job;
using catalog::JobState;

/// `waiting`, `running`, `done`, `failed`, `cancelled`
std::string_view name_of(JobState state);

struct NewJob {
    std::string kind;
    std::optional<RowId> repo;
    std::string twin;  ///< equal work has an equal twin, and is done once at a time
    std::string input = "{}";
};
/// A job that waits; or the one of the same twin that waits or runs already.
/// Fails: kTooManyRequests while kMaxWaitingOfUser jobs of this user wait or run.
Result<Job> begin_job(Hub& hub, const Principal& who, const NewJob& wanted);
inline constexpr int kMaxWaitingOfUser = 20;

/// Fails: kNotFound for a job that is not this repository's.
Result<Job> load_job(Hub& hub, const catalog::Repository& repo, RowId id);
/// What it told at length, a JSON object. Fails: kNotFound for a job that is not this repository's or has told nothing.
Result<std::string> load_job_report(Hub& hub, const catalog::Repository& repo, RowId id);
/// A job as lists show it.
struct NamedJob {
    Job job;
    std::string repo_type;  ///< "" for a job that has no repository, or none any more
    std::string repo_name;  ///< its full name
    std::string user_name;  ///< who asked for it; "" for what the hub began itself
};
/// The newest first.
Result<std::vector<NamedJob>> jobs_of(Hub& hub, const catalog::Repository& repo, RowId before, int limit);
/// Of the whole hub. For administrators.
Result<std::vector<NamedJob>> jobs_of_hub(Hub& hub, RowId before, int limit);

/// By whoever asked for it, those who may write to the repository, and administrators of the hub.
/// Fails: kForbidden; kNotFound; kConflict when it had ended.
Result<Job> cancel_job(Hub& hub, const Principal& who, const catalog::Repository& repo, RowId id);

/// Forgets jobs that ended kKeepEndedJobs ago.
Result<void> forget_ended_jobs(Hub& hub);
inline constexpr std::chrono::milliseconds kKeepEndedJobs = std::chrono::hours(24 * 30);

}  // namespace mirfa::hub
