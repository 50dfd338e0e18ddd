// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>
#include <mirfa/download.h>
#include <mirfa/repo_id.h>
#include <mirfa/upload.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mirfa::client {

/// Where a checkpoint goes. With all of them its model files go to the root of the repository.
enum class CheckpointLayout {
    kModel,           ///< nothing else: `every_save` of the Python trainers
    kLastCheckpoint,  ///< and all of it to `last-checkpoint/`, in the place of the one before: `checkpoint`
    kAllCheckpoints,  ///< and all of it to `checkpoint-STEP/`: `all_checkpoints`
};

struct PushEvent {
    enum class Kind {
        kPushed,       ///< it is on the hub: `uploaded`
        kReplaced,     ///< a newer one goes in its place
        kLater,        ///< this attempt failed, another follows: `failure`
        kDropped,      ///< it will never be sent: `failure`
        kCardRefused,  ///< the hub refuses the card's metadata: `failure`; all else is sent without it
    } kind = Kind::kPushed;
    std::uint64_t step = 0;
    Uploaded uploaded;
    Failure failure;
};

struct TrainingPushOptions {
    /// Where snapshots wait and what was pushed is remembered, one folder for each run; made when missing. On the file
    /// system of the checkpoints, else they must be copied while the training waits. Uploads leave out what is below a
    /// `.mirfa`.
    std::filesystem::path state_folder;
    CheckpointLayout layout = CheckpointLayout::kModel;
    /// Which announced checkpoints are taken: all of them, or when so many steps or so much time have passed since the one
    /// before. With both, whatever comes first.
    std::uint64_t every_steps = 0;
    std::chrono::seconds every{0};
    /// kAllCheckpoints: so many may wait; one more replaces the oldest. With the other layouts one waits.
    std::size_t waiting = 4;
    /// kAllCheckpoints: so many folders stay in the repository, those with the largest numbers; 0: all. Each commit removes
    /// what it makes superfluous. Folders count whose names differ in their last number alone; what the commit brings stays
    /// whatever its number is, as when a training went back. Their contents stay in the history of the branch.
    std::size_t keep = 0;
    /// announce() returns when the checkpoint is on the medium, for whoever has the time to wait for that. Else it gets there
    /// right afterwards.
    bool announce_durably = false;
    FileFilter filter;  ///< of a checkpoint's files, by their paths below it
    /// What goes to the root: not what only a training that goes on needs.
    FileFilter model_files = {std::nullopt,
                              {"optimizer*", "scheduler*", "scaler*", "rng_state*", "trainer_state.json", "training_args.bin"}};
    std::string branch = "main";                  ///< made when missing, as the repository is
    std::optional<bool> is_private;               ///< of a repository that has to be made
    std::chrono::milliseconds first_pause{1000};  ///< before an attempt is repeated; doubles up to `longest_pause`
    std::chrono::milliseconds longest_pause{300'000};
    /// Called without a lock, by the thread that pushes or the one that announces, perhaps both at once. Short; may call
    /// anything but finish() and the destructor.
    std::function<void(const PushEvent&)> on_event;
};

struct Checkpoint {
    std::uint64_t step = 0;
    std::filesystem::path folder;
    std::string name;     ///< kAllCheckpoints: of its folder in the repository, when it is not `checkpoint-STEP`
    std::string message;  ///< of the commit, when it is not `Training in progress, step STEP`
};

/// The end of a training. Its model files go to the root, and so does the card as README.md.
struct FinalPush {
    std::uint64_t step = 0;
    std::filesystem::path folder;  ///< of the model; empty for the card alone
    std::string card;
    std::string message = "End of training";
};

/// Sends checkpoints while the training goes on.
///
/// A checkpoint is sent as it was when it was announced, or not at all. Announcing links its files into the state folder
/// (some microseconds for each, no content is read), so that removing or replacing them afterwards does no harm. Files that are
/// written over in their place are noticed before the commit, and then this checkpoint is dropped with an event. Where
/// files cannot be linked (another file system) they are copied before announce() returns.
///
/// At most one push is under way. What waits has not begun, or is between two attempts. All of it outlives the process:
/// whoever starts with the same state folder and repository next goes on with it. A power cut spares what is on the medium:
/// a thread syncs each checkpoint as soon as it is announced, while the training goes on, so what was announced in the last
/// moments may be lost, and a checkpoint that had not arrived there whole is not sent. What was pushed is noted durably
/// before its files are let go.
///
/// Threads: any may call. The work is done by threads of its own. Not across fork().
class TrainingPush {
public:
    /// Asks nobody: a hub that is away is waited for.
    /// Fails: kInvalidArgument; kConflict when another process pushes from this state folder; kLocal.
    static Outcome<TrainingPush> start(const Client& client, const RepoId& repo, TrainingPushOptions options);
    /// Stops what is under way within about a second; it stays for the next start.
    ~TrainingPush();
    TrainingPush(TrainingPush&&) noexcept;
    TrainingPush& operator=(TrainingPush&&) noexcept;

    /// Would announce() take a checkpoint of this step? Microseconds: a training may ask before it writes one.
    bool due(std::uint64_t step) const;
    /// Takes a checkpoint that is completely written, when it is due. Gives: whether it was taken.
    /// Fails: kInvalidArgument (no folder, nothing in it to send, a name that no path can have), kConflict (its files change
    /// just now), kLocal.
    Outcome<bool> announce(const Checkpoint& checkpoint);
    /// Waits until nothing waits any more; before that, announces the end.
    /// Gives: the last push of this process; empty when there was nothing to do.
    /// Fails: kUnavailable after `patience`; as the last attempt, when only a person can mend it or it was the last and was
    /// dropped. What was not dropped stays in the state folder.
    Outcome<Uploaded> finish(std::chrono::milliseconds patience, const FinalPush& end = {});

    struct State {
        std::size_t waiting = 0;  ///< what is under way included
        bool under_way = false;
        std::uint64_t pushed_step = 0;
        std::string pushed_commit;       ///< empty when nothing was pushed yet, by an earlier process either
        std::optional<Failure> failure;  ///< of the last attempt, when it failed
    };
    State state() const;

private:
    class Pusher;
    explicit TrainingPush(std::unique_ptr<Pusher> pusher);
    std::unique_ptr<Pusher> pusher_;
};

}  // namespace mirfa::client
