// SPDX-License-Identifier: Apache-2.0
// The queue's front is what the thread works on. `in_flight_` says that it is being sent right now; between two attempts it
// waits like the others, and a newer one may replace it. The folder of a snapshot is removed after its commit was answered,
// so a process that ends between the two sends it once more and finds that nothing has changed. A second thread does what
// nobody has to wait for: it syncs what was announced, and removes what gave way.
#include <mirfa/repos.h>
#include <mirfa/training_push.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file.h"
#include "client/cache_layout.h"
#include "client/failure.h"
#include "client/file_lock.h"
#include "client/hub.h"
#include "client/patterns.h"
#include "client/push_schedule.h"
#include "client/snapshot.h"
#include "client/superseded.h"
#include "client/upload_files.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kCard = "README.md";
constexpr std::string_view kLastCheckpoint = "last-checkpoint";

/// What follows from a failure.
enum class Next {
    kRepeat,  ///< it may pass by itself
    kPerson,  ///< somebody must sign in, or give the right, or make room; training goes on meanwhile
    kDrop,    ///< the same would be refused again
};
Next next_after(Kind kind) {
    switch (kind) {
        case Kind::kUnavailable:
        case Kind::kOffline:
        case Kind::kConflict: return Next::kRepeat;
        case Kind::kUnauthenticated:
        case Kind::kForbidden:
        case Kind::kNotFound:
        case Kind::kAlreadyExists:
        case Kind::kLocal:
        case Kind::kInternal: return Next::kPerson;
        case Kind::kInvalidArgument:
        case Kind::kTooLarge:
        case Kind::kCorrupt: return Next::kDrop;
    }
    return Next::kPerson;
}

/// Different hubs, repositories and branches do not mix, whatever state folder is named.
fs::path place_of(const Client& client, const RepoId& repo, const TrainingPushOptions& options) {
    const std::string target = client.endpoint() + "\n" + cache_folder_name(repo) + "\n" + options.branch;
    return options.state_folder / sha256_of(target).hex().substr(0, 16);
}

struct Done {
    std::uint64_t step = 0;
    std::string commit;
};
Done read_done(const fs::path& place) {
    Done done;
    const auto text = read_small_file(place / "pushed.json", 4096);
    const auto json = text.has_value() ? format::parse_json(text.value()) : Result<boost::json::value>(boost::json::value());
    if (!json.has_value()) return done;
    const auto commit = format::find_string(json.value(), "commit");
    if (!commit || !is_commit(*commit)) return done;
    done.step = static_cast<std::uint64_t>(std::max<std::int64_t>(0, format::find_int(json.value(), "step").value_or(0)));
    done.commit = *commit;
    return done;
}
void write_done(const fs::path& place, const Done& done) {
    format::JsonWriter json;
    json.object().field("step", done.step).field("commit", done.commit);
    (void)write_small_file(place / "pushed.json", std::move(json).take() + "\n");  // lost, the next start knows less, no more
}

}  // namespace

class TrainingPush::Pusher {
public:
    Pusher(const Client& client, RepoId repo, TrainingPushOptions options, fs::path place, FileLock lock)
        : client_(client),
          repo_(std::move(repo)),
          options_(std::move(options)),
          place_(std::move(place)),
          lock_(std::move(lock)),
          schedule_(options_.every_steps, options_.every, steady_clock::now()) {}
    ~Pusher();

    void begin();
    bool due(std::uint64_t step) const;
    Result<bool> announce(const Checkpoint& checkpoint);
    Result<void> announce_end(const FinalPush& end);
    Outcome<Uploaded> wait(milliseconds patience);
    State state() const;

private:
    Result<std::vector<LocalFile>> files_of(const fs::path& folder) const;
    Result<void> add(Snapshot snapshot);
    std::vector<Snapshot> take_replaced();
    void discard(const std::vector<Snapshot>& replaced);
    void keep_house();
    void sync_state_folder() const;
    void tell(PushEvent::Kind kind, std::uint64_t step, const Uploaded& uploaded = {}, const Failure& failure = {}) const;

    void work();
    Outcome<Uploaded> push(const Snapshot& snapshot);
    Outcome<void> ensure_place();
    Outcome<Uploaded> send(const Snapshot& snapshot, bool with_card);
    std::vector<LocalFile> targets(const Snapshot& snapshot, bool with_card) const;
    void finish_one(const Snapshot& snapshot, const Outcome<Uploaded>& outcome);
    void pause(Next next);

    const Client client_;
    const RepoId repo_;
    const TrainingPushOptions options_;
    const fs::path place_;
    const FileLock lock_;
    std::atomic<bool> stop_ = false;
    bool place_is_there_ = false;  // the thread's own

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // All below are guarded by mutex_.
    PushSchedule schedule_;
    std::deque<Snapshot> queue_;
    bool in_flight_ = false;    // the front is being sent
    bool is_busy_ = false;      // or what it came to is being told
    std::uint64_t rounds_ = 0;  // attempts that have been told
    int attempts_ = 0;
    steady_clock::time_point not_before_{};
    Done done_;
    Uploaded last_;
    std::optional<Failure> failure_;  // of the last attempt
    std::vector<Snapshot> trash_;
    bool is_sweeping_ = false;
    std::deque<Snapshot> not_on_disk_;
    std::thread thread_, keeper_;
};

TrainingPush::Pusher::~Pusher() {
    {
        const std::lock_guard guard(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (keeper_.joinable()) keeper_.join();
}

void TrainingPush::Pusher::begin() {
    done_ = read_done(place_);
    schedule_.took(done_.step, steady_clock::now());
    for (auto& snapshot : find_snapshots(place_)) {
        schedule_.took(snapshot.words.step, steady_clock::now());
        if (!snapshot.is_on_disk) not_on_disk_.push_back(snapshot);
        queue_.push_back(std::move(snapshot));
    }
    // One of them may have been under way, so there can be one more than may wait.
    if (options_.layout != CheckpointLayout::kAllCheckpoints) discard(take_replaced());
    thread_ = std::thread([this] { work(); });
    keeper_ = std::thread([this] { keep_house(); });
}

bool TrainingPush::Pusher::due(std::uint64_t step) const {
    const std::lock_guard guard(mutex_);
    return schedule_.due(step, steady_clock::now());
}

Result<std::vector<LocalFile>> TrainingPush::Pusher::files_of(const fs::path& folder) const {
    std::error_code failed;
    if (!fs::is_directory(folder, failed))
        return Error{Code::kInvalidArgument, "\"" + folder.string() + "\" is no folder. Announce the folder of a checkpoint."};
    return collect_files(folder, "", options_.filter);
}

Result<bool> TrainingPush::Pusher::announce(const Checkpoint& checkpoint) {
    if (checkpoint.step > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return Error{Code::kInvalidArgument, "The step of a checkpoint is too large."};
    if (!due(checkpoint.step)) return false;
    SnapshotWords words;
    words.step = checkpoint.step;
    const std::string step = std::to_string(checkpoint.step);
    switch (options_.layout) {
        case CheckpointLayout::kModel: break;
        case CheckpointLayout::kLastCheckpoint: words.name = kLastCheckpoint; break;
        case CheckpointLayout::kAllCheckpoints:
            words.name = checkpoint.name.empty() ? "checkpoint-" + step : checkpoint.name;
            TRY(check_file_path(words.name));
            break;
    }
    words.message = checkpoint.message.empty() ? "Training in progress, step " + step : checkpoint.message;
    TRY(const auto files, files_of(checkpoint.folder));
    const bool any = std::ranges::any_of(
        files, [&](const LocalFile& file) { return !words.name.empty() || passes(options_.model_files, file.path); });
    if (!any) return Error{Code::kInvalidArgument, "\"" + checkpoint.folder.string() + "\" has no file to send."};
    TRY(auto snapshot, take_snapshot(place_, words, files));
    TRY(add(std::move(snapshot)));
    return true;
}

Result<void> TrainingPush::Pusher::announce_end(const FinalPush& end) {
    std::vector<LocalFile> files;
    if (!end.folder.empty()) {
        TRY(files, files_of(end.folder));
        std::erase_if(files, [&](const LocalFile& file) { return !passes(options_.model_files, file.path); });
    }
    std::vector<std::pair<std::string, std::string>> texts;
    if (!end.card.empty()) texts.emplace_back(kCard, end.card);
    if (files.empty() && texts.empty())
        return Error{Code::kInvalidArgument, "\"" + end.folder.string() + "\" has no file to send."};
    TRY(auto snapshot, take_snapshot(place_, {end.step, "", end.message, true}, files, texts));
    return add(std::move(snapshot));
}

Result<void> TrainingPush::Pusher::add(Snapshot snapshot) {
    if (options_.announce_durably)
        if (auto synced = sync_snapshot(snapshot); !synced.has_value()) {
            remove_snapshot(snapshot);
            return synced;
        }
    std::vector<Snapshot> replaced;
    {
        const std::lock_guard guard(mutex_);
        schedule_.took(snapshot.words.step, steady_clock::now());
        if (!options_.announce_durably) not_on_disk_.push_back(snapshot);
        queue_.push_back(std::move(snapshot));
        replaced = take_replaced();
    }
    changed_.notify_all();
    discard(replaced);
    return ok();
}

/// Removing files can take long, and whoever announces must not wait for it.
void TrainingPush::Pusher::discard(const std::vector<Snapshot>& replaced) {
    if (replaced.empty()) return;
    {
        const std::lock_guard guard(mutex_);
        trash_.insert(trash_.end(), replaced.begin(), replaced.end());
    }
    changed_.notify_all();
    for (const auto& one : replaced) tell(PushEvent::Kind::kReplaced, one.words.step);
}

/// The folders that start() made are on the medium too.
void TrainingPush::Pusher::sync_state_folder() const {
    const auto place = fs::absolute(place_);
    (void)sync_folder(place.parent_path());
    (void)sync_folder(place.parent_path().parent_path());
}

void TrainingPush::Pusher::keep_house() {
    sync_state_folder();
    std::unique_lock guard(mutex_);
    for (;;) {
        changed_.wait(guard, [&] { return stop_ || !trash_.empty() || !not_on_disk_.empty(); });
        if (!trash_.empty()) {
            const auto trash = std::exchange(trash_, {});
            is_sweeping_ = true;
            guard.unlock();
            for (const auto& one : trash) remove_snapshot(one);
            guard.lock();
            is_sweeping_ = false;
            changed_.notify_all();
            continue;
        }
        if (stop_) return;
        const Snapshot next = std::move(not_on_disk_.front());
        not_on_disk_.pop_front();
        guard.unlock();
        (void)sync_snapshot(next);  // it may be pushed or replaced by now, and what was not synced is not believed
        guard.lock();
    }
}

/// Takes out what has to give way to newer ones: the ends of trainings never, nor what is being sent.
std::vector<Snapshot> TrainingPush::Pusher::take_replaced() {
    const std::size_t limit =
        options_.layout == CheckpointLayout::kAllCheckpoints ? std::max<std::size_t>(options_.waiting, 1) : 1;
    const auto first = queue_.begin() + (in_flight_ ? 1 : 0);
    const auto is_checkpoint = [](const Snapshot& snapshot) { return !snapshot.words.is_end; };
    auto excess = std::count_if(first, queue_.end(), is_checkpoint) - static_cast<std::ptrdiff_t>(limit);
    std::vector<Snapshot> replaced;
    for (auto at = first; excess > 0;) {
        if (!is_checkpoint(*at)) {
            ++at;
            continue;
        }
        replaced.push_back(std::move(*at));
        at = queue_.erase(at);
        --excess;
    }
    return replaced;
}

void TrainingPush::Pusher::tell(PushEvent::Kind kind, std::uint64_t step, const Uploaded& uploaded,
                                const Failure& failure) const {
    if (options_.on_event) options_.on_event({kind, step, uploaded, failure});
}

void TrainingPush::Pusher::work() {
    std::unique_lock guard(mutex_);
    for (;;) {
        changed_.wait(guard, [&] { return stop_ || !queue_.empty(); });
        while (!stop_ && steady_clock::now() < not_before_) {
            const auto until = not_before_;
            changed_.wait_until(guard, until);
        }
        if (stop_) return;
        if (queue_.empty()) continue;
        in_flight_ = is_busy_ = true;
        const Snapshot snapshot = queue_.front();
        guard.unlock();
        const auto outcome = push(snapshot);
        if (stop_ && !outcome) return;  // it stays for the next start
        finish_one(snapshot, outcome);
        guard.lock();
        is_busy_ = false;
        ++rounds_;
        changed_.notify_all();
    }
}

Outcome<Uploaded> TrainingPush::Pusher::push(const Snapshot& snapshot) {
    // Looked at first, so that what was written over is told even while the hub is away.
    if (auto settled = settle_snapshot(snapshot); !settled.has_value()) {
        auto failure = to_failure(settled.error());
        if (settled.error().code == Code::kConflict) failure.kind = Kind::kCorrupt;
        return failure;
    }
    if (const auto ready = ensure_place(); !ready) return ready.failure();
    auto sent = send(snapshot, true);
    const bool has_card =
        snapshot.words.is_end && std::ranges::any_of(snapshot.files, [](const auto& f) { return f.path == kCard; });
    if (sent || sent.failure().kind != Kind::kInvalidArgument || !has_card || snapshot.files.size() == 1) return sent;
    // A card that is refused must not keep the weights from the hub.
    const auto refusal = sent.failure();
    auto rest = send(snapshot, false);
    if (rest) tell(PushEvent::Kind::kCardRefused, snapshot.words.step, *rest, refusal);
    return rest;
}

Outcome<void> TrainingPush::Pusher::ensure_place() {
    if (place_is_there_) return {};
    CreateOptions create;
    create.is_private = options_.is_private;
    create.exist_ok = true;
    if (const auto made = create_repo(client_, repo_, create); !made) return made.failure();
    if (options_.branch != "main" && !options_.branch.starts_with("refs/")) {
        const auto there = resolve_revision(client_, repo_, options_.branch);
        if (!there && there.failure().kind != Kind::kNotFound) return there.failure();
        if (!there)
            if (const auto made = create_branch(client_, repo_, options_.branch, "", true); !made) return made.failure();
    }
    place_is_there_ = true;
    return {};
}

std::vector<LocalFile> TrainingPush::Pusher::targets(const Snapshot& snapshot, bool with_card) const {
    std::vector<LocalFile> files;
    for (const auto& file : snapshot.files) {
        if (passes(options_.model_files, file.path) && (with_card || file.path != kCard)) files.push_back(file);
        if (snapshot.words.name.empty()) continue;
        files.push_back(file);
        files.back().path = snapshot.words.name + "/" + file.path;
    }
    std::ranges::sort(files, {}, &LocalFile::path);
    return files;
}

Outcome<Uploaded> TrainingPush::Pusher::send(const Snapshot& snapshot, bool with_card) {
    UploadOptions options;
    options.revision = options_.branch;
    options.message = snapshot.words.message;
    options.stop = &stop_;
    if (snapshot.words.name == kLastCheckpoint) options.delete_also = {std::string(kLastCheckpoint) + "/*"};
    ChooseRemoved superseded;
    if (options_.layout == CheckpointLayout::kAllCheckpoints && options_.keep > 0 && !snapshot.words.name.empty())
        superseded = [&](const std::vector<std::string>& there) {
            return superseded_files(there, snapshot.words.name, options_.keep);
        };
    return to_outcome(upload_files(client_.hub(), repo_, targets(snapshot, with_card), options, superseded));
}

/// What the front's attempt came to.
void TrainingPush::Pusher::finish_one(const Snapshot& snapshot, const Outcome<Uploaded>& outcome) {
    const auto next = outcome ? Next::kDrop : next_after(outcome.failure().kind);
    std::vector<Snapshot> replaced;
    {
        const std::lock_guard guard(mutex_);
        in_flight_ = false;
        if (outcome) {
            done_ = {snapshot.words.step, outcome->commit};
            last_ = *outcome;
            failure_.reset();
            attempts_ = 0;
        } else {
            failure_ = outcome.failure();
        }
        if (next == Next::kDrop)
            queue_.pop_front();
        else
            pause(next);
        replaced = take_replaced();
    }
    if (outcome) write_done(place_, {snapshot.words.step, outcome->commit});
    if (next == Next::kDrop) remove_snapshot(snapshot);
    if (!outcome && outcome.failure().kind == Kind::kUnauthenticated) client_.hub().forget_token();
    if (outcome)
        tell(PushEvent::Kind::kPushed, snapshot.words.step, *outcome);
    else
        tell(next == Next::kDrop ? PushEvent::Kind::kDropped : PushEvent::Kind::kLater, snapshot.words.step, {},
             outcome.failure());
    discard(replaced);
}

void TrainingPush::Pusher::pause(Next next) {
    place_is_there_ = false;
    auto time = options_.first_pause * (1LL << std::min(attempts_++, 20));
    if (next == Next::kPerson || time > options_.longest_pause) time = options_.longest_pause;
    not_before_ = steady_clock::now() + time;
}

Outcome<Uploaded> TrainingPush::Pusher::wait(milliseconds patience) {
    const auto until = steady_clock::now() + patience;
    std::unique_lock guard(mutex_);
    not_before_ = {};  // somebody waits now: no pause that began before
    const auto start = rounds_;
    changed_.notify_all();
    const auto needs_person = [&] { return rounds_ > start && failure_ && next_after(failure_->kind) == Next::kPerson; };
    const auto is_over = [&] { return !is_busy_ && !is_sweeping_ && trash_.empty() && (queue_.empty() || needs_person()); };
    if (!changed_.wait_until(guard, until, is_over)) {
        std::string message =
            "Not all is pushed yet: " + std::to_string(queue_.size()) + " left. It is kept and sent by the next start.";
        if (failure_) message += " " + failure_->message;
        return Failure{Kind::kUnavailable, message, failure_ ? failure_->request_id : ""};
    }
    if (failure_) return *failure_;
    return last_;
}

TrainingPush::State TrainingPush::Pusher::state() const {
    const std::lock_guard guard(mutex_);
    return {queue_.size(), in_flight_, done_.step, done_.commit, failure_};
}

TrainingPush::TrainingPush(std::unique_ptr<Pusher> pusher) : pusher_(std::move(pusher)) {}
TrainingPush::~TrainingPush() = default;
TrainingPush::TrainingPush(TrainingPush&&) noexcept = default;
TrainingPush& TrainingPush::operator=(TrainingPush&&) noexcept = default;

Outcome<TrainingPush> TrainingPush::start(const Client& client, const RepoId& repo, TrainingPushOptions options) {
    if (options.state_folder.empty())
        return Failure{Kind::kInvalidArgument, "A training push needs a state folder. Name one beside the checkpoints.", ""};
    if (const auto good = check_revision(options.branch); !good.has_value()) return to_failure(good.error());
    options.first_pause = std::max(options.first_pause, milliseconds(1));
    const auto place = place_of(client, repo, options);
    if (const auto made = make_folders(place); !made.has_value()) return to_failure(made.error());
    auto lock = FileLock::acquire(place / "lock", milliseconds(0), nullptr, 0600);
    if (!lock.has_value())
        return Failure{Kind::kConflict,
                       "Another process pushes from " + options.state_folder.string() + ". Wait for it, or name another folder.",
                       ""};
    auto pusher = std::make_unique<Pusher>(client, repo, std::move(options), place, std::move(lock).value());
    pusher->begin();
    return TrainingPush(std::move(pusher));
}

bool TrainingPush::due(std::uint64_t step) const { return pusher_->due(step); }
Outcome<bool> TrainingPush::announce(const Checkpoint& checkpoint) { return to_outcome(pusher_->announce(checkpoint)); }
Outcome<Uploaded> TrainingPush::finish(milliseconds patience, const FinalPush& end) {
    if (!end.folder.empty() || !end.card.empty())
        if (const auto announced = pusher_->announce_end(end); !announced.has_value()) return to_failure(announced.error());
    return pusher_->wait(patience);
}
TrainingPush::State TrainingPush::state() const { return pusher_->state(); }

}  // namespace mirfa::client
