// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/training_push.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/repo_option.h"
#include "cli/run_app.h"
#include "cli/whole_checkpoint.h"
#include "client/checkpoint_watch.h"
#include "client/failure.h"

namespace mirfa::cli {
namespace {

using namespace client;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kState = ".mirfa";
constexpr std::size_t kWaiting = 4;
constexpr std::chrono::seconds kPatience{60};

struct Words {
    std::shared_ptr<HubOptions> hub;
    std::shared_ptr<RepoOption> repo;
    std::string folder, revision, message;
    double every = 30, settle = 10;
    bool latest = false, all = false, is_private = false, once = false;
    std::size_t keep = 0;
    std::vector<std::string> include, exclude;
};

void show(const PushEvent& event, bool json) {
    const std::string step = std::to_string(event.step);
    switch (event.kind) {
        case PushEvent::Kind::kPushed:
            if (json) {
                Report report(true);
                report.number("step", event.step);
                report.field("commit", event.uploaded.commit);
                report.number("files", event.uploaded.files);
                report.print();
                std::cout.flush();
            } else {
                say("Pushed step " + step + ": " + event.uploaded.commit);
            }
            return;
        case PushEvent::Kind::kReplaced: return warn("Step " + step + " gives way to a newer one.");
        case PushEvent::Kind::kLater: return warn("Step " + step + " is tried again later: " + event.failure.message);
        case PushEvent::Kind::kDropped: return warn("Step " + step + " was not pushed: " + event.failure.message);
        case PushEvent::Kind::kCardRefused: return warn("The card was refused: " + event.failure.message);
    }
}

/// One folder that is watched for one repository.
class Watcher {
public:
    Watcher(const Words& words, FileFilter filter, TrainingPush& push, AnnouncedContents announced)
        : words_(words),
          filter_(std::move(filter)),
          push_(push),
          announced_(std::move(announced)),
          watch_(words.all ? CheckpointWatch::Want::kAll : CheckpointWatch::Want::kLatest, in_milliseconds(words.settle)) {}

    /// Until told to stop, or with --once until nothing changes any more.
    Result<void> run(const std::atomic<bool>& stop);
    bool found_any() const { return found_any_; }

private:
    static milliseconds in_milliseconds(double seconds) { return milliseconds(static_cast<std::int64_t>(seconds * 1000)); }
    Result<bool> look();
    Result<bool> announce(const SeenCheckpoint& seen);
    void warn_of_unfinished();
    void sleep(bool soon, const std::atomic<bool>& stop) const;

    const Words& words_;
    const FileFilter filter_;
    TrainingPush& push_;
    AnnouncedContents announced_;
    CheckpointWatch watch_;
    std::map<std::filesystem::path, std::string> warned_;
    bool found_any_ = false;
};

/// Gives: whether there is more to do soon.
Result<bool> Watcher::look() {
    TRY(const auto seen, look_for_checkpoints(words_.folder, filter_));
    for (const auto& one : seen) found_any_ |= announced_.knows_stamp(one.stamp);
    const auto complete = watch_.complete(
        steady_clock::now(), seen, [&](const Sha256& stamp) { return announced_.knows_stamp(stamp); },
        [](const SeenCheckpoint& one) {
            std::vector<std::filesystem::path> files;
            for (const auto& file : one.files) files.push_back(file.local);
            return check_whole(files);
        });
    warn_of_unfinished();
    bool more = watch_.is_changing();
    for (const auto& one : complete) {
        // Whoever wants all of them wants none to give way.
        if (words_.all && push_.state().waiting >= kWaiting) return true;
        TRY(const bool done, announce(one));
        more |= !done;
    }
    return more;
}

/// Gives: whether it is dealt with; not when it began to change just now.
Result<bool> Watcher::announce(const SeenCheckpoint& seen) {
    const auto content = content_of(seen);
    if (!content.has_value()) return content.error().code == Code::kConflict ? Result<bool>(false) : content.error();
    if (!announced_.knows_content(content.value())) {
        Checkpoint checkpoint{seen.step, seen.folder, seen.name, words_.message};
        const auto taken = push_.announce(checkpoint);
        if (!taken && taken.failure().kind == Kind::kConflict) return false;
        if (!taken) return Error{Code::kInternal, taken.failure().message};
    }
    found_any_ = true;
    TRY(announced_.note(content.value(), seen.stamp));
    return true;
}

void Watcher::warn_of_unfinished() {
    for (const auto& [folder, reason] : watch_.unfinished()) {
        auto& last = warned_[folder];
        if (last != reason) warn(folder.string() + " waits: " + reason);
        last = reason;
    }
}

void Watcher::sleep(bool soon, const std::atomic<bool>& stop) const {
    const double seconds = soon ? std::min(words_.every, std::max(words_.settle / 2, 0.05)) : words_.every;
    const auto until = steady_clock::now() + in_milliseconds(seconds);
    while (!stop && steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(50));
}

Result<void> Watcher::run(const std::atomic<bool>& stop) {
    while (!stop) {
        TRY(const bool more, look());
        if (words_.once && !more) break;
        sleep(more, stop);
    }
    return ok();
}

/// What is left is sent before the end; a second Ctrl-C does not wait for it, and then the next start goes on with it.
int end(TrainingPush& push, const Watcher& watcher, bool once) {
    const auto finished = push.finish(once && !was_interrupted() ? std::chrono::hours(24 * 365) : milliseconds(kPatience));
    if (!finished) return fail(finished.failure());
    if (once && !was_interrupted() && !watcher.found_any())
        return fail({Kind::kNotFound, "There is no complete checkpoint in this folder.", ""});
    return kOk;
}

Outcome<TrainingPushOptions> push_options(const Words& words, const RepoAddress& address) {
    TrainingPushOptions options;
    options.state_folder = std::filesystem::path(words.folder) / kState;
    options.layout = words.all ? CheckpointLayout::kAllCheckpoints : CheckpointLayout::kLastCheckpoint;
    options.waiting = kWaiting;
    options.keep = words.keep;
    options.announce_durably = true;  // nothing trains in this process, and what is noted as announced must be there
    if (!words.include.empty()) options.filter.include = words.include;
    options.filter.exclude = words.exclude;
    if (!address.revision.empty()) options.branch = address.revision;
    if (!words.revision.empty()) options.branch = words.revision;
    if (words.is_private) options.is_private = true;
    options.on_event = [json = words.hub->json](const PushEvent& event) { show(event, json); };
    return options;
}

int run(const Words& words) {
    const auto address = words.repo->address();
    if (!address) return fail(address.failure());
    const auto client = words.hub->open();
    if (!client) return fail(client.failure());
    if (!std::filesystem::is_directory(words.folder)) return fail({Kind::kLocal, words.folder + " is no folder.", ""});
    const auto& stop = stop_on_interrupt();
    auto options = push_options(words, *address);
    if (!options) return fail(options.failure());
    const auto filter = options->filter;
    const std::string target =
        client->endpoint() + "\n" + address->repo.name + "\n" + options->branch + (words.all ? "\nall" : "");
    auto push = TrainingPush::start(*client, address->repo, *options);
    if (!push) return fail(push.failure());
    auto announced = AnnouncedContents::open(options->state_folder / ("announced-" + sha256_of(target).hex().substr(0, 16)));
    if (!announced.has_value()) return fail(to_failure(announced.error()));
    Watcher watcher(words, filter, *push, std::move(announced).value());
    const auto watched = watcher.run(stop);
    if (!watched.has_value()) return fail(to_failure(watched.error()));
    return end(*push, watcher, words.once);
}

/// `30`, `30s`, `5m`, `2h`
CLI::AsNumberWithUnit time_units() {
    return CLI::AsNumberWithUnit(std::map<std::string, double>{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}},
                                 CLI::AsNumberWithUnit::CASE_INSENSITIVE, "TIME");
}

}  // namespace

void describe_watch(CLI::App& app) {
    auto words = std::make_shared<Words>();
    app.add_option("folder", words->folder, "Where a trainer writes its checkpoints")->required();
    words->repo = add_repo_option(app);
    app.add_option("--every", words->every, "How often to look: 30s, 5m (30s)")->transform(time_units());
    app.add_option("--settle", words->settle, "How long a checkpoint must not have changed (10s)")->transform(time_units());
    auto* latest = app.add_flag("--latest", words->latest, "The newest one, in last-checkpoint/ (this is the default)");
    auto* all = app.add_flag("--all", words->all, "Every one, in a folder of its own")->excludes(latest);
    app.add_option("--keep", words->keep, "With --all: so many of the newest folders stay in the repository (all)")
        ->needs(all)
        ->check(CLI::PositiveNumber);
    app.add_option("--include", words->include, "Only files that match; may be repeated");
    app.add_option("--exclude", words->exclude, "Not the files that match; may be repeated");
    app.add_option("--revision", words->revision, "Branch (main); made when missing");
    app.add_option("-m,--message,--commit-message", words->message, "Of the commits (Training in progress, step N)");
    app.add_flag("--private", words->is_private, "A repository that has to be made is private");
    app.add_flag("--once", words->once, "Push what is there, and end");
    words->hub = add_hub_options(app);
    does(app, [words] { return run(*words); });
}

}  // namespace mirfa::cli
