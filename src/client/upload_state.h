// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>
#include <mirfa/settings.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "client/local_files.h"
#include "format/shard.h"

namespace mirfa::client {

/// What an upload has already sent, kept in a small file until its commit is made: files whose content the hub holds, and
/// chunk lists of xorbs that it has taken. A file that changed since, or a state older than a day, is not believed.
/// Lost or damaged, it costs no more than sending again. Threads: one at a time.
class UploadState {
public:
    /// `place` is empty when nothing shall be kept.
    static UploadState open(std::filesystem::path place);
    static std::filesystem::path place_of(const Settings& settings, const RepoId& repo);

    std::optional<Sha256> sent(const LocalFile& file) const;
    /// Something of it has been believed.
    bool was_used() const { return used_; }
    void note_sent(const LocalFile& file, const Sha256& sha256);
    void note_xorb(const format::ShardXorb& xorb);
    void each_xorb(const std::function<void(const format::ShardXorb&)>& take) const;
    /// The upload is done, or the hub has forgotten what it was sent.
    void forget();

private:
    void append(ByteView record);
    void read_records();

    std::filesystem::path place_;
    File file_;
    mutable bool used_ = false;
    std::map<std::string, Sha256> sent_;  // by local path, length and time
};

}  // namespace mirfa::client
