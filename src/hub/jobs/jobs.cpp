// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/jobs.h"

#include "base/random.h"
#include "git/deflate.h"
#include "hub/access/permission.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

constexpr int kForgottenAtOnce = 1'000;

Error no_such_job() { return Error{Code::kNotFound, "There is no such job in this repository."}; }

Result<Job> need_job(Session& session, const catalog::Repository& repo, RowId id) {
    TRY(auto job, catalog::find_job(session, id));
    if (!job || job->repo != repo.id) return no_such_job();
    return std::move(*job);
}

Result<NamedJob> with_names(Session& session, Job job) {
    NamedJob row;
    if (job.repo) {
        TRY(const auto repo, catalog::find_repository_by_id(session, *job.repo));
        if (repo) {
            row.repo_type = repo->type == catalog::RepoType::kModel     ? "model"
                            : repo->type == catalog::RepoType::kDataset ? "dataset"
                                                                        : "space";
            row.repo_name = repo->full_name();
        }
    }
    if (job.user != 0) {
        TRY(const auto user, catalog::find_owner_by_id(session, job.user));
        if (user) row.user_name = user->name;
    }
    row.job = std::move(job);
    return row;
}

Result<std::vector<NamedJob>> list_named(Hub& hub, const catalog::JobQuery& wanted) {
    return hub.catalog.read([&](Session& s) -> Result<std::vector<NamedJob>> {
        TRY(auto jobs, catalog::list_jobs(s, wanted));
        std::vector<NamedJob> rows;
        for (auto& job : jobs) {
            TRY(auto row, with_names(s, std::move(job)));
            rows.push_back(std::move(row));
        }
        return rows;
    });
}

Result<Job> insert_or_join(Session& session, Job job) {
    if (!job.twin.empty()) {
        TRY(auto twin, catalog::find_job_of_twin(session, job.twin));
        if (twin) return std::move(*twin);
    }
    TRY(const auto waiting, catalog::count_open_jobs(session, job.user));
    if (job.user != 0 && waiting >= kMaxWaitingOfUser)
        return Error{Code::kTooManyRequests,
                     "You have " + std::to_string(waiting) + " jobs that wait or run. Let some of them end, or cancel them."};
    TRY(catalog::insert_job(session, job));
    return job;
}

}  // namespace

std::string_view name_of(JobState state) {
    switch (state) {
        case JobState::kWaiting: return "waiting";
        case JobState::kRunning: return "running";
        case JobState::kDone: return "done";
        case JobState::kFailed: return "failed";
        case JobState::kCancelled: return "cancelled";
    }
    return "";
}

Result<Job> begin_job(Hub& hub, const Principal& who, const NewJob& wanted) {
    Job job;
    job.id = new_row_id();
    job.kind = wanted.kind;
    job.repo = wanted.repo;
    job.user = who.user;
    job.twin = wanted.twin;
    job.input = wanted.input;
    job.created = job.due = hub.clock.now();
    return hub.catalog.write([&](Session& s) { return insert_or_join(s, job); });
}

Result<Job> load_job(Hub& hub, const catalog::Repository& repo, RowId id) {
    return hub.catalog.read([&](Session& s) { return need_job(s, repo, id); });
}

Result<std::string> load_job_report(Hub& hub, const catalog::Repository& repo, RowId id) {
    TRY(const auto report, hub.catalog.read([&](Session& s) -> Result<std::optional<catalog::JobReport>> {
        TRY(need_job(s, repo, id));
        return catalog::find_job_report(s, id);
    }));
    if (!report) return Error{Code::kNotFound, "This job has no report. Conversions have one when they are done."};
    TRY(const auto octets, git::inflate(report->deflated, static_cast<std::uint64_t>(report->size)));
    return std::string(as_text(octets));
}

Result<std::vector<NamedJob>> jobs_of(Hub& hub, const catalog::Repository& repo, RowId before, int limit) {
    return list_named(hub, {repo.id, before, limit});
}

Result<std::vector<NamedJob>> jobs_of_hub(Hub& hub, RowId before, int limit) {
    return list_named(hub, {std::nullopt, before, limit});
}

Result<Job> cancel_job(Hub& hub, const Principal& who, const catalog::Repository& repo, RowId id) {
    return hub.catalog.write([&](Session& s) -> Result<Job> {
        TRY(const auto job, need_job(s, repo, id));
        TRY(require(s, who, repo, job.user == who.user ? Action::kPropose : Action::kWrite));
        TRY(const auto cancelled, catalog::cancel_job(s, id, hub.clock.now()));
        if (!cancelled) return Error{Code::kConflict, "The job has ended already."};
        return need_job(s, repo, id);
    });
}

Result<void> forget_ended_jobs(Hub& hub) {
    const UnixMillis before = hub.clock.now() - kKeepEndedJobs.count();
    TRY(const auto due, hub.catalog.read([&](Session& s) { return catalog::has_job_ended_before(s, before); }));
    if (!due) return ok();
    TRY(hub.catalog.write([&](Session& s) { return catalog::delete_ended_jobs(s, before, kForgottenAtOnce); }));
    return ok();
}

}  // namespace mirfa::hub
