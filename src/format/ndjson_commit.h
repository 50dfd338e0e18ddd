// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/fixed_bytes.h"
#include "base/stream.h"

namespace mirfa::format {

struct CommitHeader {
    std::string summary;  ///< may be empty, as the description may
    std::string description;
    std::optional<std::string> parent_commit;  ///< 5 to 40 lower-case hex digits
};
struct CommitFile {
    std::string path;
    std::uint64_t size = 0;               ///< octets of the content given before
    std::optional<std::string> old_path;  ///< the file is moved here from there
};
struct CommitLfsFile {
    std::string path;
    Sha256 oid;
    std::optional<std::uint64_t> size;
    std::optional<std::string> old_path;
};
struct CommitCopy {
    std::string path;
    std::string source_path;
    std::optional<std::string> source_revision;
};

/// Takes the operations of a commit in their order. An error it returns ends the parsing and is passed on; a
/// kInvalidArgument or kTooLarge gets the number of the line in front of its message.
/// Paths are non-empty UTF-8 of at most 4,096 octets and otherwise unchecked.
class CommitSink {
public:
    virtual ~CommitSink() = default;
    /// First, and once.
    virtual Result<void> header(CommitHeader header) = 0;
    /// The content of a file follows; its name comes after it, because clients send it so.
    virtual Result<void> begin_content() = 0;
    virtual Result<void> content(ByteView bytes) = 0;
    /// Names the content that was just given.
    virtual Result<void> file(CommitFile file) = 0;
    virtual Result<void> lfs_file(CommitLfsFile file) = 0;
    virtual Result<void> deleted_file(std::string path) = 0;
    /// Without a trailing `/`.
    virtual Result<void> deleted_folder(std::string path) = 0;
    virtual Result<void> copy_file(CommitCopy copy) = 0;
};

struct CommitLimits {
    std::uint64_t inline_bytes = 256u << 20;  ///< decoded content of all files together
    std::size_t operations = 25'000;
};

/// Reads the body of a commit (one JSON object a line) as it arrives. Inline content is decoded and passed on at once:
/// memory stays near 1 MiB however long a line is. Threads: one at a time.
class CommitParser {
public:
    explicit CommitParser(CommitSink& sink, CommitLimits limits = {});
    ~CommitParser();

    /// Fails: kInvalidArgument with the number of the line; kTooLarge beyond a limit; what the sink returns. After a
    /// failure nothing more may be fed.
    Result<void> feed(ByteView piece);
    /// The body is complete. Fails: also for a body without a header, or one that breaks off inside a line.
    Result<void> finish();

private:
    class Body;
    Result<void> located(Result<void> result) const;

    std::unique_ptr<Body> body_;
};

}  // namespace mirfa::format
