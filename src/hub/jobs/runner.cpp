// SPDX-License-Identifier: Apache-2.0
// Two threads: a worker that takes a job, runs it and ends it, and a watcher that tells the catalog how far it is, keeps the
// lease, and learns whether the job was cancelled. It writes only what is new or when the lease grows old, and asks only when
// the catalog has changed. A node that dies leaves a lease that ends; another takes the job then.
#include "hub/jobs/runner.h"

#include <algorithm>

#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "git/deflate.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

constexpr std::chrono::seconds kReportEvery{1};
constexpr std::chrono::minutes kAskAgainForKnownKind{1};

bool may_be_tried_again(Code code) { return code == Code::kUnavailable || code == Code::kTimedOut || code == Code::kOutOfSpace; }

/// Ten times as long before each attempt.
std::chrono::milliseconds delay_after(int attempts, std::chrono::milliseconds first) {
    for (int i = 1; i < attempts; ++i) first *= 10;
    return first;
}

}  // namespace

void JobContext::progress(std::string_view step, std::uint64_t done, std::uint64_t total) {
    const std::lock_guard lock(mutex_);
    progress_ = {std::string(step), static_cast<std::int64_t>(done), static_cast<std::int64_t>(total)};
}

Result<void> JobContext::go_on() const {
    if (stopped_) return Error{Code::kUnavailable, "The job was stopped."};
    return ok();
}

JobRunner::JobRunner(Hub& hub, std::span<const JobKind> kinds, RunnerOptions options)
    : hub_(hub), kinds_(kinds), options_(std::move(options)), lease_(new_row_id()) {
    std::error_code ignored;
    std::filesystem::remove_all(options_.folder, ignored);  // of a process that was killed
    worker_ = std::thread([this] { work(); });
    watcher_ = std::thread([this] { watch(); });
}

JobRunner::~JobRunner() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (running_ != nullptr) running_->stopped_ = true;
    }
    wake_.notify_all();
    worker_.join();
    watcher_.join();
}

/// Gives: whether the runner goes on.
bool JobRunner::sleep(std::chrono::milliseconds span) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, span, [this] { return stopping_; });
}

void JobRunner::work() {
    do {
        while (something_due() && run_next()) {}
    } while (sleep(options_.look_every));
}

void JobRunner::watch() {
    while (sleep(std::min<std::chrono::milliseconds>(kReportEvery, options_.lease / 3))) {
        const std::lock_guard lock(mutex_);
        if (running_ != nullptr) report(*running_);
    }
}

/// Looks at the table only when the catalog has changed since or a job's time has come.
bool JobRunner::something_due() {
    const auto version = hub_.catalog.version();
    if (!version || version != seen_version_) {
        const auto due = hub_.catalog.read([](Session& s) { return catalog::next_job_due(s); });
        if (!due.has_value()) {
            log(LogLevel::kWarning, "looking for jobs: {}", describe(due.error()));
            return false;
        }
        next_due_ = due.value();
        seen_version_ = version;
    }
    return next_due_ && *next_due_ <= hub_.clock.now();
}

/// Gives: whether there was one.
bool JobRunner::run_next() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
    }
    const UnixMillis now = hub_.clock.now();
    const UnixMillis until = now + options_.lease.count();
    const auto leased = hub_.catalog.write([&](Session& s) { return catalog::lease_job(s, lease_, now, until); });
    if (!leased.has_value()) log(LogLevel::kWarning, "taking a job: {}", describe(leased.error()));
    if (!leased.has_value() || !leased.value()) return false;
    run(*leased.value(), until);
    return true;
}

void JobRunner::run(const Job& job, UnixMillis leased_until) {
    const auto found = std::ranges::find(kinds_, job.kind, &JobKind::name);
    const JobKind* kind = found == kinds_.end() ? nullptr : &*found;
    auto folder = make_folder();
    if (!folder.has_value()) {
        finish(job, kind, std::move(folder).error());
        return;
    }
    JobContext context(hub_, job, folder.value().path());
    context.noted_ = {job.step, job.done, job.total};
    context.leased_until_ = leased_until;
    {
        const std::lock_guard lock(mutex_);
        context.stopped_ = stopping_;
        running_ = &context;
    }
    log(LogLevel::kInfo, "job {} ({}) begins, attempt {}", job.id, job.kind, job.attempts);
    auto outcome = perform(kind, context);
    {
        const std::lock_guard lock(mutex_);
        running_ = nullptr;
    }
    // What is seen to have ended has left nothing behind.
    { const TemporaryFolder removed = std::move(folder).value(); }
    finish(job, kind, std::move(outcome), context.report_);
}

Result<TemporaryFolder> JobRunner::make_folder() {
    TRY(ensure_folder(options_.folder));
    return TemporaryFolder::create(options_.folder);
}

/// Exceptions of libraries below become an error of this job; the node goes on.
Result<std::string> JobRunner::perform(const JobKind* kind, JobContext& context) {
    if (kind == nullptr) return Error{Code::kUnavailable, "No node of this hub knows how to do this yet."};
    try {
        return kind->run(context);
    } catch (const std::exception& thrown) {
        return internal_error(thrown.what());
    }
}

void JobRunner::finish(const Job& job, const JobKind* kind, Result<std::string> outcome, std::string_view report) {
    const bool has_report = outcome.has_value() && !report.empty();
    const catalog::JobReport kept =
        has_report ? catalog::JobReport{static_cast<std::int64_t>(report.size()), git::deflate(as_bytes(report))}
                   : catalog::JobReport{};
    const UnixMillis now = hub_.clock.now();
    bool stopping = false;
    {
        const std::lock_guard lock(mutex_);
        stopping = stopping_;
    }
    if (!outcome.has_value()) log(LogLevel::kWarning, "job {} ({}): {}", job.id, job.kind, describe(outcome.error()));
    const auto end = [&](Session& s) -> Result<bool> {
        if (outcome.has_value()) {
            TRY(const bool ours, catalog::end_job(s, job.id, lease_, JobState::kDone, outcome.value(), "", now));
            if (ours && has_report) TRY(catalog::put_job_report(s, job.id, kept));
            return ours;
        }
        const auto& error = outcome.error();
        if (stopping) return catalog::postpone_job(s, job.id, lease_, "", now);
        if (kind == nullptr)
            return catalog::postpone_job(s, job.id, lease_, error.message,
                                         now + std::chrono::milliseconds(kAskAgainForKnownKind).count());
        if (may_be_tried_again(error.code) && job.attempts < kind->attempts)
            return catalog::postpone_job(s, job.id, lease_, error.message,
                                         now + delay_after(job.attempts, options_.first_delay).count());
        return catalog::end_job(s, job.id, lease_, JobState::kFailed, "{}", error.message, now);
    };
    const auto ended = hub_.catalog.write(end);
    if (!ended.has_value()) log(LogLevel::kWarning, "ending job {}: {}", job.id, describe(ended.error()));
}

bool needs_note(const catalog::JobProgress& progress, const catalog::JobProgress& noted, UnixMillis now, UnixMillis leased_until,
                std::chrono::milliseconds lease) {
    return progress != noted || leased_until - now <= lease.count() * 2 / 3;
}

void JobRunner::report(JobContext& context) {
    const auto ours = is_ours(context);
    if (!ours.has_value())
        log(LogLevel::kWarning, "noting progress: {}", describe(ours.error()));
    else if (!ours.value())
        context.stopped_ = true;
}

/// Gives: false when the job was cancelled or another node has it. Keeps the row true on the way.
Result<bool> JobRunner::is_ours(JobContext& context) {
    catalog::JobProgress progress;
    {
        const std::lock_guard lock(context.mutex_);
        progress = context.progress_;
    }
    const RowId id = context.job().id;
    const UnixMillis now = hub_.clock.now();
    if (needs_note(progress, context.noted_, now, context.leased_until_, options_.lease)) {
        const UnixMillis until = now + options_.lease.count();
        TRY(const bool ours,
            hub_.catalog.write([&](Session& s) { return catalog::note_job_progress(s, id, lease_, progress, until); }));
        context.noted_ = std::move(progress);
        context.leased_until_ = until;
        return ours;
    }
    const auto version = hub_.catalog.version();
    if (version && version == context.seen_version_) return !context.stopped_;
    TRY(const bool ours, hub_.catalog.read([&](Session& s) { return catalog::is_job_leased(s, id, lease_); }));
    context.seen_version_ = version;
    return ours;
}

}  // namespace mirfa::hub
