// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/stream.h"
#include "client/hub.h"
#include "client/local_files.h"

namespace mirfa::client {

struct CommitOperation {
    enum class Kind { kFile, kLargeFile, kDelete } kind = Kind::kFile;
    std::string path;
    LocalFile file;  ///< kFile: its content goes with the commit; kLargeFile: its length
    Sha256 sha256;   ///< kLargeFile
};

struct CommitWords {
    std::string revision;
    std::string summary;
    std::string description;
    bool create_pr = false;
};

struct CommitMade {
    std::string commit;
    std::string url;
    std::string pull_request_url;
};

/// The body of a commit as NDJSON, made while it is sent: memory stays small whatever the files are. Threads: one.
class CommitBody final : public ByteSource {
public:
    CommitBody(const CommitWords& words, const std::vector<CommitOperation>& operations);
    /// Octets of all of it, known from the lengths of the files.
    std::uint64_t size() const { return size_; }
    /// Fails: kConflict when a file has another length than it had.
    Result<std::size_t> read(ByteSpan into) override;

private:
    struct Line {
        std::string before;
        const LocalFile* content = nullptr;  ///< in base64 between the two texts
        std::string after;
    };
    Result<void> fill();
    Result<void> fill_from_file(const LocalFile& content);

    std::vector<Line> lines_;
    std::uint64_t size_ = 0;
    std::size_t line_ = 0;
    enum class Part { kBefore, kContent, kAfter } part_ = Part::kBefore;
    File file_;
    std::uint64_t file_offset_ = 0;
    std::string ready_;
    std::size_t taken_ = 0;
};

/// Sends one commit. It is repeated when the hub is busy or the branch moved under it, as long as that is safe: never
/// when it would open a pull request.
Result<CommitMade> send_commit(Hub& hub, const RepoId& repo, const CommitWords& words,
                               const std::vector<CommitOperation>& operations, const std::atomic<bool>* stop);

}  // namespace mirfa::client
