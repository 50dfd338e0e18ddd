// SPDX-License-Identifier: Apache-2.0
// Finding out, from outside, when a trainer has finished writing a checkpoint. What reads folders and what decides are apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "client/local_files.h"

namespace mirfa::client {

/// A folder with weights in it as one look saw it.
struct SeenCheckpoint {
    std::filesystem::path folder;
    std::string name;              ///< of its folder in a repository
    std::uint64_t step = 0;        ///< the last number of the folder's name, or what `trainer_state.json` says, or 0
    std::int64_t modified_ns = 0;  ///< of its newest file
    bool has_trainer_state = false;
    Sha256 stamp;  ///< of path, length and time of each file: another one when anything was written
    std::vector<LocalFile> files;
};

/// The folders right below `root` that have weights in them, or `root` itself when none has. Left out: names that begin
/// with `.`, `_` or `tmp`, or end in `.tmp`. What vanishes meanwhile is not seen.
/// Fails: kNotFound without a root; kInternal.
Result<std::vector<SeenCheckpoint>> look_for_checkpoints(const std::filesystem::path& root, const FileFilter& filter);

/// Digest of all paths and contents; reads every file. Fails: kConflict when one changes meanwhile; kInternal.
Result<Sha256> content_of(const SeenCheckpoint& seen);

/// Decides which checkpoints are complete and wanted. No clock, no files. Threads: one at a time.
class CheckpointWatch {
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class Want {
        kLatest,  ///< the newest complete one, and nothing that is older than it
        kAll,     ///< each, by step
    };
    CheckpointWatch(Want want, std::chrono::milliseconds settle) : want_(want), settle_(settle) {}

    /// Takes: all that a look has seen; whether a stamp was dealt with before; whether a folder's files are whole, asked
    /// once for each stamp and only when nothing has changed for the settle time. Where others have a
    /// `trainer_state.json`, one without it is not complete: trainers write it last.
    std::vector<SeenCheckpoint> complete(Time now, const std::vector<SeenCheckpoint>& seen,
                                         const std::function<bool(const Sha256&)>& is_known,
                                         const std::function<Result<void>(const SeenCheckpoint&)>& check);
    /// Of the last look: something has changed within the settle time.
    bool is_changing() const { return is_changing_; }
    /// Of the last look: what has settled and is not complete, and why.
    const std::map<std::filesystem::path, std::string>& unfinished() const { return unfinished_; }

private:
    struct Watched {
        Sha256 stamp;
        Time since;
        std::optional<std::string> problem;  // empty text: none
    };
    bool has_settled(Time now, const SeenCheckpoint& seen);
    bool is_whole(const SeenCheckpoint& seen, bool needs_state, const std::function<Result<void>(const SeenCheckpoint&)>& check);

    Want want_;
    std::chrono::milliseconds settle_;
    bool is_changing_ = false;
    std::map<std::filesystem::path, Watched> watched_;
    std::map<std::filesystem::path, std::string> unfinished_;
};

/// What was announced before, by content, in a file that outlives the process; stamps save hashing it again. A line that
/// was cut off is not believed. What is noted is on the medium: note what was announced only when that is there too.
/// Threads: one at a time.
class AnnouncedContents {
public:
    /// Fails: kInternal when the file cannot be written.
    static Result<AnnouncedContents> open(const std::filesystem::path& file);
    bool knows_stamp(const Sha256& stamp) const { return stamps_.contains(stamp.hex()); }
    bool knows_content(const Sha256& content) const { return contents_.contains(content.hex()); }
    Result<void> note(const Sha256& content, const Sha256& stamp);

private:
    File file_;
    std::set<std::string, std::less<>> contents_, stamps_;
};

}  // namespace mirfa::client
