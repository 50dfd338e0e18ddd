// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "hub/jobs/runner.h"
#include "hub/jobs/tool.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

using namespace std::chrono_literals;

std::atomic<int> attempts = 0;
std::atomic<bool> may_end = false;

Result<std::string> say_done(JobContext& context) {
    std::error_code error;
    if (!std::filesystem::is_empty(context.folder(), error)) return Error{Code::kInternal, "not empty"};
    return "{\"input\":" + context.job().input + "}";
}

Result<std::string> fail_for_good(JobContext&) {
    ++attempts;
    return Error{Code::kInvalidArgument, "The file is no checkpoint."};
}

Result<std::string> succeed_at_last(JobContext&) {
    if (++attempts < 3) return Error{Code::kUnavailable, "The disk is away."};
    return std::string("{}");
}

Result<std::string> run_until_stopped(JobContext& context) {
    context.progress("reading", 3, 10);
    while (!context.stopped() && !may_end) std::this_thread::sleep_for(1ms);
    TRY(context.go_on());
    return std::string("{}");
}

Result<std::string> throw_something(JobContext&) { throw std::runtime_error("a library's surprise"); }

Result<std::string> tell_much(JobContext& context) {
    context.keep_report("{\"rows\":[" + std::string(100'000, ' ') + "]}");
    if (context.job().input.find("fail") != std::string::npos) return Error{Code::kInvalidArgument, "No."};
    return std::string("{}");
}

Result<std::string> run_program(JobContext& context) {
    return run_tool(context, {.arguments = {}, .step = "converting", .failed = "It failed."});
}

constexpr JobKind kKinds[] = {{"good", say_done},          {"bad", fail_for_good},      {"late", succeed_at_last},
                              {"long", run_until_stopped}, {"throws", throw_something}, {"program", run_program},
                              {"tells", tell_much}};

struct JobHub : testing::WholeHub {
    Principal ada = add_user("ada");
    Principal bo = add_user("bo");
    catalog::Repository repo = add_repo(ada, "m");

    JobHub() {
        attempts = 0;
        may_end = false;
    }
    RunnerOptions quick() { return {folder.path() / "jobs", 2ms, 60'000ms, 1ms}; }
    Job begin(const std::string& kind, const std::string& twin = "") {
        return begin_job(hub, ada, {kind, repo.id, twin, "{\"a\":1}"}).value();
    }
    Job now(const Job& job) { return load_job(hub, repo, job.id).value(); }
    /// Waits for the condition, not for time; the test's own limit ends what never comes.
    Job wait_for(const Job& job, const std::function<bool(const Job&)>& condition) {
        for (int i = 0; i < 60'000; ++i) {
            const Job current = now(job);
            if (condition(current)) return current;
            std::this_thread::sleep_for(1ms);
        }
        return now(job);
    }
    Job wait_for_end(const Job& job) {
        return wait_for(job, [](const Job& j) { return j.has_ended(); });
    }
};

TEST(Jobs, AJobIsRunAndItsResultKept) {
    JobHub hub;
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job ended = hub.wait_for_end(hub.begin("good"));
    EXPECT_EQ(ended.state, JobState::kDone);
    EXPECT_EQ(ended.result, "{\"input\":{\"a\":1}}");
    EXPECT_EQ(ended.attempts, 1);
    EXPECT_TRUE(ended.started.has_value());
    EXPECT_TRUE(std::filesystem::is_empty(hub.folder.path() / "jobs"));
}

TEST(Jobs, WhatIsWrongStaysWrongAndIsToldAtOnce) {
    JobHub hub;
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job ended = hub.wait_for_end(hub.begin("bad"));
    EXPECT_EQ(ended.state, JobState::kFailed);
    EXPECT_EQ(ended.message, "The file is no checkpoint.");
    EXPECT_EQ(attempts, 1);
}

TEST(Jobs, WhatMayPassIsTriedAgain) {
    JobHub hub;
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job job = hub.begin("late");
    for (int attempt = 1; attempt < 3; ++attempt) {
        hub.wait_for(job, [&](const Job& j) { return j.state == JobState::kWaiting && j.attempts == attempt; });
        EXPECT_EQ(hub.now(job).message, "The disk is away.");
        hub.clock.pass(1'000ms);
        hub.begin("good");  // a change of the catalog makes the runner look again
    }
    const Job ended = hub.wait_for_end(job);
    EXPECT_EQ(ended.state, JobState::kDone);
    EXPECT_EQ(ended.attempts, 3);
    EXPECT_EQ(ended.message, "");
}

TEST(Jobs, AnExceptionEndsTheJobAndNotTheNode) {
    JobHub hub;
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job ended = hub.wait_for_end(hub.begin("throws"));
    EXPECT_EQ(ended.state, JobState::kFailed);
    EXPECT_EQ(ended.message.find("surprise"), std::string::npos) << "the log's, not the person's";
    EXPECT_EQ(hub.wait_for_end(hub.begin("good")).state, JobState::kDone);
}

TEST(Jobs, EqualWorkIsDoneOnceAtATime) {
    JobHub hub;
    const Job first = hub.begin("good", "m/abc/tf");
    EXPECT_EQ(hub.begin("good", "m/abc/tf").id, first.id);
    EXPECT_NE(hub.begin("good", "m/abc/flax").id, first.id);
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    hub.wait_for_end(first);
    EXPECT_NE(hub.begin("good", "m/abc/tf").id, first.id);
}

TEST(Jobs, ProgressIsSeenAndACancelledJobStops) {
    JobHub hub;
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job job = hub.begin("long");
    const Job running = hub.wait_for(job, [](const Job& j) { return j.done == 3; });
    EXPECT_EQ(running.step, "reading");
    EXPECT_EQ(running.total, 10);
    EXPECT_EQ(cancel_job(hub.hub, hub.bo, hub.repo, job.id).error().code, Code::kForbidden);
    EXPECT_EQ(cancel_job(hub.hub, hub.ada, hub.repo, job.id).value().state, JobState::kCancelled);
    EXPECT_EQ(hub.wait_for_end(hub.begin("good")).state, JobState::kDone) << "the worker is free again";
    EXPECT_EQ(hub.now(job).state, JobState::kCancelled);
    EXPECT_EQ(cancel_job(hub.hub, hub.ada, hub.repo, job.id).error().code, Code::kConflict);
}

/// It was asked to stop only when it had written something, and kept the only runner of a node until then.
TEST(Jobs, AProgramThatHasFallenSilentIsStoppedWhenItsJobIsCancelled) {
    JobHub hub;
    const auto program = hub.folder.path() / "program";
    ASSERT_TRUE(write_small_file(program, "#!/bin/sh\necho 1 2\nexec sleep 3600\n").has_value());
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    hub.hub.options.program = program.string();
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job job = hub.begin("program");
    EXPECT_EQ(hub.wait_for(job, [](const Job& j) { return j.step == "converting"; }).step, "converting");
    EXPECT_EQ(cancel_job(hub.hub, hub.ada, hub.repo, job.id).value().state, JobState::kCancelled);
    EXPECT_EQ(hub.wait_for_end(hub.begin("good")).state, JobState::kDone);
}

TEST(Jobs, ARowIsWrittenForNewProgressOrAnOldLeaseAlone) {
    const catalog::JobProgress some{"reading", 3, 10}, more{"reading", 4, 10};
    EXPECT_FALSE(needs_note(some, some, 1'000, 61'000, 60'000ms));
    EXPECT_FALSE(needs_note(some, some, 20'999, 61'000, 60'000ms));
    EXPECT_TRUE(needs_note(some, some, 21'000, 61'000, 60'000ms)) << "a third of it is over";
    EXPECT_TRUE(needs_note(some, some, 99'000, 61'000, 60'000ms));
    EXPECT_TRUE(needs_note(more, some, 1'000, 61'000, 60'000ms));
}

TEST(Jobs, TheLeaseOfARunningJobIsRenewedWhenItGrowsOld) {
    JobHub hub;
    auto options = hub.quick();
    options.lease = 300ms;  // of the hub's clock, which stands still; the watcher looks three times as often
    const JobRunner runner(hub.hub, kKinds, options);
    const Job job = hub.begin("long");
    hub.wait_for(job, [](const Job& j) { return j.done == 3; });
    for (int i = 0; i < 10; ++i) {  // longer than one lease, in all
        hub.clock.pass(150ms);
        const auto is_renewed = [&](const Job&) {
            const auto due = hub.catalog->read([](catalog::Session& s) { return catalog::next_job_due(s); });
            return due.value() == hub.clock.now() + 300;
        };
        EXPECT_TRUE(is_renewed(hub.wait_for(job, is_renewed)));
    }
    EXPECT_EQ(hub.now(job).attempts, 1);
    may_end = true;
    EXPECT_EQ(hub.wait_for_end(job).state, JobState::kDone);
}

TEST(Jobs, ACancelledJobStopsThoughItHasNothingNewToTell) {
    JobHub hub;
    auto options = hub.quick();
    options.lease = 60ms;
    const JobRunner runner(hub.hub, kKinds, options);
    const Job job = hub.begin("long");
    hub.wait_for(job, [](const Job& j) { return j.done == 3; });
    ASSERT_EQ(cancel_job(hub.hub, hub.ada, hub.repo, job.id).value().state, JobState::kCancelled);
    EXPECT_EQ(hub.wait_for_end(hub.begin("good")).state, JobState::kDone) << "the worker is free again";
}

TEST(Jobs, ANodeThatEndsLeavesItsJobToAnother) {
    JobHub hub;
    const Job job = hub.begin("long");
    {
        const JobRunner runner(hub.hub, kKinds, hub.quick());
        hub.wait_for(job, [](const Job& j) { return j.state == JobState::kRunning; });
    }
    EXPECT_EQ(hub.now(job).state, JobState::kWaiting);
    may_end = true;
    const JobRunner other(hub.hub, kKinds, hub.quick());
    EXPECT_EQ(hub.wait_for_end(job).state, JobState::kDone);
}

TEST(Jobs, TheLeaseOfANodeThatDiedEnds) {
    JobHub hub;
    const Job job = hub.begin("good");
    const auto lease = [&](catalog::RowId by) {
        return hub.catalog
            ->write([&](catalog::Session& s) { return catalog::lease_job(s, by, hub.clock.now(), hub.clock.now() + 60'000); })
            .value();
    };
    ASSERT_EQ(lease(1)->id, job.id);
    EXPECT_EQ(lease(2), std::nullopt);
    hub.clock.pass(60'001ms);
    EXPECT_EQ(lease(2)->attempts, 2);
    const auto kept = [&](catalog::RowId by) {
        return hub.catalog->write([&](catalog::Session& s) { return catalog::note_job_progress(s, job.id, by, {}, 0); }).value();
    };
    EXPECT_FALSE(kept(1)) << "the first must learn that it is no longer its job";
    EXPECT_TRUE(kept(2));
}

TEST(Jobs, AJobOfAKindThatNobodyKnowsWaits) {
    JobHub hub;
    const JobRunner runner(hub.hub, kKinds, hub.quick());
    const Job job = hub.begin("from a newer version");
    const Job waiting = hub.wait_for(job, [](const Job& j) { return j.attempts == 1 && j.state == JobState::kWaiting; });
    EXPECT_EQ(waiting.message, "No node of this hub knows how to do this yet.");
}

TEST(Jobs, OnePersonCannotFillTheQueue) {
    JobHub hub;
    for (int i = 0; i < kMaxWaitingOfUser; ++i) hub.begin("good");
    EXPECT_EQ(begin_job(hub.hub, hub.ada, {"good", hub.repo.id, "", "{}"}).error().code, Code::kTooManyRequests);
    EXPECT_TRUE(begin_job(hub.hub, hub.bo, {"good", hub.repo.id, "", "{}"}).has_value());
}

TEST(Jobs, ListsTellTheNewestFirstAndEndedOnesAreForgotten) {
    JobHub hub;
    const Job first = hub.begin("good");
    const Job second = hub.begin("good");
    const auto jobs = jobs_of(hub.hub, hub.repo, 0, 10).value();
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[0].job.id, second.id);
    EXPECT_EQ(jobs[0].user_name, "ada");
    EXPECT_EQ(jobs_of(hub.hub, hub.repo, second.id, 10).value().at(0).job.id, first.id);
    const auto of_hub = jobs_of_hub(hub.hub, 0, 10).value();
    EXPECT_EQ(of_hub.at(1).repo_name, "ada/m");
    EXPECT_EQ(of_hub.at(1).user_name, "ada");
    ASSERT_TRUE(cancel_job(hub.hub, hub.ada, hub.repo, first.id).has_value());
    hub.clock.pass(kKeepEndedJobs + 1ms);
    ASSERT_TRUE(forget_ended_jobs(hub.hub).has_value());
    EXPECT_EQ(load_job(hub.hub, hub.repo, first.id).error().code, Code::kNotFound);
    EXPECT_EQ(hub.now(second).state, JobState::kWaiting);
}

TEST(Jobs, AReportIsKeptBesideTheJobAndForgottenWithIt) {
    JobHub hub;
    const auto runner = std::make_unique<JobRunner>(hub.hub, kKinds, hub.quick());
    const Job told = hub.wait_for_end(hub.begin("tells"));
    EXPECT_EQ(load_job_report(hub.hub, hub.repo, told.id).value(), "{\"rows\":[" + std::string(100'000, ' ') + "]}");
    const Job failed = hub.wait_for_end(begin_job(hub.hub, hub.ada, {"tells", hub.repo.id, "", "{\"fail\":1}"}).value());
    for (const Job& job : {failed, hub.wait_for_end(hub.begin("good"))})
        EXPECT_EQ(load_job_report(hub.hub, hub.repo, job.id).error().message,
                  "This job has no report. Conversions have one when they are done.");
    hub.clock.pass(kKeepEndedJobs + 1ms);
    ASSERT_TRUE(forget_ended_jobs(hub.hub).has_value());
    const auto left = hub.catalog->read([&](catalog::Session& s) { return catalog::find_job_report(s, told.id); });
    EXPECT_FALSE(left.value().has_value());
}

TEST(Jobs, AnotherRepositorysJobIsNotFound) {
    JobHub hub;
    const auto other = hub.add_repo(hub.bo, "other");
    const Job job = hub.begin("good");
    EXPECT_EQ(load_job_report(hub.hub, other, job.id).error().message, "There is no such job in this repository.");
    EXPECT_EQ(load_job(hub.hub, other, job.id).error().code, Code::kNotFound);
    EXPECT_EQ(cancel_job(hub.hub, hub.bo, other, job.id).error().code, Code::kNotFound);
}

TEST(Jobs, ALargeResultStandsInTheJobItselfAndNotInLists) {
    testing::WholeHub hub;
    const auto ada = hub.add_user("ada");
    const auto repo = hub.add_repo(ada, "m");
    const auto result_of = [&](std::size_t letters) { return "{\"a\":\"" + std::string(letters - 8, 'a') + "\"}"; };
    for (const std::size_t letters : {catalog::kMaxListedResult, catalog::kMaxListedResult + 1}) {
        const auto job = begin_job(hub.hub, ada, {.kind = "large", .repo = repo.id, .twin = ""}).value();
        const auto ended = hub.catalog->write([&](catalog::Session& s) -> Result<bool> {
            TRY(const auto leased, catalog::lease_job(s, 7, hub.clock.now(), hub.clock.now() + 1000));
            return catalog::end_job(s, leased.value().id, 7, JobState::kDone, result_of(letters), "", hub.clock.now());
        });
        ASSERT_TRUE(ended.has_value() && ended.value());
        const bool is_listed = letters == catalog::kMaxListedResult;
        EXPECT_EQ(jobs_of(hub.hub, repo, 0, 1).value().at(0).job.result, is_listed ? result_of(letters) : "null");
        EXPECT_EQ(jobs_of_hub(hub.hub, 0, 1).value().at(0).job.result, is_listed ? result_of(letters) : "null");
        EXPECT_EQ(load_job(hub.hub, repo, job.id).value().result, result_of(letters));
    }
}

}  // namespace
}  // namespace mirfa::hub
