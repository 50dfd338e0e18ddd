// SPDX-License-Identifier: Apache-2.0
#include "catalog/jobs.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_JOB_COLUMNS_WITH(result)                                           \
    "id, kind, repo_id, user_id, twin, input, state, step, done, total, " result \
    ", message, attempts, due, created, started, ended"
#define MIRFA_JOB_COLUMNS MIRFA_JOB_COLUMNS_WITH("result")
// A list of a hundred jobs does not carry a hundred times megabytes: kMaxListedResult.
#define MIRFA_LISTED_JOB_COLUMNS MIRFA_JOB_COLUMNS_WITH("CASE WHEN LENGTH(result) > 16384 THEN 'null' ELSE result END")

const Statement kInsert(
    "INSERT INTO job (id, kind, repo_id, user_id, twin, input, state, step, done, total, result, message, attempts, due, lease, "
    "leased_until, created) VALUES ($1, $2, $3, $4, $5, $6, 1, '', 0, 0, '{}', '', 0, $7, 0, 0, $8) "
    "ON CONFLICT DO NOTHING");
const Statement kFind("SELECT " MIRFA_JOB_COLUMNS " FROM job WHERE id = $1");
const Statement kFindTwin("SELECT " MIRFA_JOB_COLUMNS " FROM job WHERE twin = $1 AND twin <> '' AND state <= 2");
const Statement kListOfRepo("SELECT " MIRFA_LISTED_JOB_COLUMNS
                            " FROM job WHERE repo_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
const Statement kListAll("SELECT " MIRFA_LISTED_JOB_COLUMNS " FROM job WHERE id < $1 ORDER BY id DESC LIMIT $2");
const Statement kNextWaiting("SELECT id FROM job WHERE state = 1 AND due <= $1 ORDER BY due, id LIMIT 1");
const Statement kNextAbandoned(
    "SELECT id FROM job WHERE state = 2 AND due <= $1 AND leased_until <= $1 ORDER BY due, id LIMIT 1");
const Statement kLease(
    "UPDATE job SET state = 2, lease = $2, leased_until = $3, attempts = attempts + 1, started = COALESCE(started, $4), "
    "message = '' WHERE id = $1");
const Statement kNextDue("SELECT MIN(CASE WHEN state = 1 THEN due ELSE leased_until END) FROM job WHERE state <= 2");
const Statement kProgress(
    "UPDATE job SET step = $3, done = $4, total = $5, leased_until = $6 WHERE id = $1 AND lease = $2 AND state = 2");
const Statement kIsLeased("SELECT 1 FROM job WHERE id = $1 AND lease = $2 AND state = 2");
const Statement kEnd(
    "UPDATE job SET state = $3, result = $4, message = $5, ended = $6 WHERE id = $1 AND lease = $2 AND state = 2");
const Statement kPostpone(
    "UPDATE job SET state = 1, message = $3, due = $4, lease = 0 WHERE id = $1 AND lease = $2 AND state = 2");
const Statement kCancel("UPDATE job SET state = 5, ended = $2 WHERE id = $1 AND state <= 2");
const Statement kCountOpen("SELECT COUNT(*) FROM job WHERE state <= 2 AND user_id = $1");
const Statement kHasOpen("SELECT 1 FROM job WHERE state <= 2 AND user_id = $1 AND repo_id = $2 AND kind = $3 LIMIT 1");
const Statement kEndedBefore("SELECT 1 FROM job WHERE ended < $1 LIMIT 1");
const Statement kPutReport(
    "INSERT INTO job_report (job_id, size, report) VALUES ($1, $2, $3) "
    "ON CONFLICT (job_id) DO UPDATE SET size = excluded.size, report = excluded.report");
const Statement kFindReport("SELECT size, report FROM job_report WHERE job_id = $1");
const Statement kForgetReports(
    "DELETE FROM job_report WHERE job_id IN (SELECT id FROM job WHERE ended < $1 ORDER BY ended LIMIT $2)");
const Statement kForget("DELETE FROM job WHERE id IN (SELECT id FROM job WHERE ended < $1 ORDER BY ended LIMIT $2)");

constexpr RowId kNewest = INT64_MAX;

Job to_job(const Row& row) {
    Job job;
    job.id = row.integer(0);
    job.kind = row.string(1);
    job.repo = row.optional_integer(2);
    job.user = row.integer(3);
    job.twin = row.string(4);
    job.input = row.string(5);
    job.state = static_cast<JobState>(row.integer(6));
    job.step = row.string(7);
    job.done = row.integer(8);
    job.total = row.integer(9);
    job.result = row.string(10);
    job.message = row.string(11);
    job.attempts = static_cast<int>(row.integer(12));
    job.due = row.integer(13);
    job.created = row.integer(14);
    job.started = row.optional_integer(15);
    job.ended = row.optional_integer(16);
    return job;
}

RowId first_column(const Row& row) { return row.integer(0); }

Result<bool> was_one(Result<std::int64_t> changed) {
    TRY(const auto count, std::move(changed));
    return count == 1;
}

}  // namespace

Result<void> insert_job(Session& session, const Job& job) {
    TRY(const auto inserted,
        session.change(kInsert, {job.id, job.kind, job.repo, job.user, job.twin, job.input, job.due, job.created}));
    if (inserted == 0) return Error{Code::kAlreadyExists, "This is being done already. Wait for it to end, or cancel it."};
    return ok();
}

Result<std::optional<Job>> find_job(Session& session, RowId id) { return find_row(session, kFind, {id}, to_job); }

Result<std::optional<Job>> find_job_of_twin(Session& session, std::string_view twin) {
    return find_row(session, kFindTwin, {twin}, to_job);
}

Result<std::vector<Job>> list_jobs(Session& session, const JobQuery& query) {
    const RowId before = query.before == 0 ? kNewest : query.before;
    if (query.repo) return list_rows(session, kListOfRepo, {*query.repo, before, query.limit}, to_job);
    return list_rows(session, kListAll, {before, query.limit}, to_job);
}

Result<std::optional<Job>> lease_job(Session& session, RowId lease, UnixMillis now, UnixMillis until) {
    TRY(auto id, find_row(session, kNextWaiting, {now}, first_column));
    if (!id) {
        TRY(id, find_row(session, kNextAbandoned, {now}, first_column));
    }
    if (!id) return std::optional<Job>();
    TRY(session.change(kLease, {*id, lease, until, now}));
    return find_job(session, *id);
}

Result<std::optional<UnixMillis>> next_job_due(Session& session) {
    TRY(const auto row, find_row(session, kNextDue, {}, [](const Row& r) { return r.optional_integer(0); }));
    return row ? *row : std::nullopt;
}

Result<bool> note_job_progress(Session& session, RowId id, RowId lease, const JobProgress& progress, UnixMillis until) {
    return was_one(session.change(kProgress, {id, lease, progress.step, progress.done, progress.total, until}));
}

Result<bool> is_job_leased(Session& session, RowId id, RowId lease) {
    TRY(const auto found, find_row(session, kIsLeased, {id, lease}, first_column));
    return found.has_value();
}

Result<bool> end_job(Session& session, RowId id, RowId lease, JobState state, std::string_view result, std::string_view message,
                     UnixMillis now) {
    return was_one(session.change(kEnd, {id, lease, static_cast<int>(state), result, message, now}));
}

Result<bool> postpone_job(Session& session, RowId id, RowId lease, std::string_view message, UnixMillis due) {
    return was_one(session.change(kPostpone, {id, lease, message, due}));
}

Result<bool> cancel_job(Session& session, RowId id, UnixMillis now) { return was_one(session.change(kCancel, {id, now})); }

Result<std::int64_t> count_open_jobs(Session& session, RowId user) {
    TRY(const auto count, find_row(session, kCountOpen, {user}, first_column));
    return count.value_or(0);
}

Result<bool> has_open_job(Session& session, RowId user, RowId repo, std::string_view kind) {
    TRY(const auto found, find_row(session, kHasOpen, {user, repo, kind}, first_column));
    return found.has_value();
}

Result<bool> has_job_ended_before(Session& session, UnixMillis before) {
    TRY(const auto found, find_row(session, kEndedBefore, {before}, first_column));
    return found.has_value();
}

Result<void> put_job_report(Session& session, RowId id, const JobReport& report) {
    TRY(session.change(kPutReport, {id, report.size, report.deflated}));
    return ok();
}

Result<std::optional<JobReport>> find_job_report(Session& session, RowId id) {
    return find_row(session, kFindReport, {id}, [](const Row& row) {
        const ByteView octets = row.blob(1);
        return JobReport{row.integer(0), Bytes(octets.begin(), octets.end())};
    });
}

Result<std::int64_t> delete_ended_jobs(Session& session, UnixMillis before, int limit) {
    TRY(session.change(kForgetReports, {before, limit}));
    return session.change(kForget, {before, limit});
}

}  // namespace mirfa::catalog
