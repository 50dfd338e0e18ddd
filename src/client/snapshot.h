// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/local_files.h"

namespace mirfa::client {

/// What is to be sent, and under which words.
struct SnapshotWords {
    std::uint64_t step = 0;
    std::string name;  ///< of the checkpoint's folder in the repository; empty for none
    std::string message;
    bool is_end = false;  ///< of the training: nothing replaces it
    bool operator==(const SnapshotWords&) const = default;
};

/// A folder's files as they were at one moment: `PLACE/ID/plan.json` beside `PLACE/ID/files/…`, hard links where they can
/// be had. Made under another name and then renamed, so that what is there is complete as long as the machine runs;
/// `PLACE/ID/on-disk` says that it is complete on the medium too. Ids sort by time.
struct Snapshot {
    std::filesystem::path folder;
    SnapshotWords words;
    std::vector<LocalFile> files;  ///< `local` below the snapshot, `path` below the checkpoint; length and time as taken
    bool is_on_disk = false;       ///< when it was found
};

/// Takes: `files` with paths below the checkpoint; texts to be written beside them (path and content).
/// Fails: kConflict when a file changes just now; kOutOfSpace; kInternal. Nothing is left then.
Result<Snapshot> take_snapshot(const std::filesystem::path& place, const SnapshotWords& words,
                               const std::vector<LocalFile>& files,
                               const std::vector<std::pair<std::string, std::string>>& texts = {});

/// Syncs its files and folders, and then marks it. Takes as long as the medium does. Threads: beside settle_snapshot() and
/// remove_snapshot() of the same one. Fails: kNotFound when it is removed; kInternal.
Result<void> sync_snapshot(const Snapshot& snapshot);

/// All below `place`, the oldest first; removes what was being taken when its process ended, what cannot be read, and what
/// was not on the medium when the machine went down: its files may have their length and not their content.
std::vector<Snapshot> find_snapshots(const std::filesystem::path& place);

/// Gives small files, which travel inside the commit, a content that nobody else can write to; reads no others.
/// Fails: kConflict when a file was written over since it was taken.
Result<void> settle_snapshot(const Snapshot& snapshot);

void remove_snapshot(const Snapshot& snapshot);

/// The plan's text, and the way back. Fails: kInvalidArgument, kTooLarge.
std::string write_plan(const SnapshotWords& words, const std::vector<LocalFile>& files);
struct Plan {
    SnapshotWords words;
    std::vector<LocalFile> files;  ///< without `local`
    std::string boot;              ///< which run of the machine it was written in; empty: not known
};
Result<Plan> parse_plan(std::string_view text);

}  // namespace mirfa::client
