// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/progress.h>

#include <atomic>
#include <deque>
#include <future>
#include <vector>

#include "client/chunk_index.h"
#include "client/local_files.h"
#include "client/upload_state.h"
#include "client/xet_session.h"
#include "format/chunker.h"
#include "format/xorb_writer.h"

namespace mirfa::client {

/// Sends files by Xet: cut into chunks, those that the hub has left out, the others packed into xorbs that travel while
/// the next is filled. Files are known to the hub once finish() has returned.
/// Memory: kInFlight + 2 xorbs, and what ChunkIndex may hold. Threads: one at a time.
class XetWriter {
public:
    XetWriter(Hub& hub, XetTokens& tokens, UploadState& state, Progress* progress, const std::atomic<bool>* stop);
    ~XetWriter();

    /// Fails: kConflict when the file changed; what sending an earlier xorb failed with.
    Result<void> add(const LocalFile& file);
    /// Sends the last xorb and the shards. Gives: the SHA-256 of each file, in the order of add().
    Result<std::vector<Sha256>> finish();

private:
    static constexpr std::size_t kInFlight = 4;

    struct Term {
        ChunkIndex::Place first;
        std::uint32_t chunks = 0;
        std::uint32_t raw_bytes = 0;
        format::XetHash verification;
    };
    struct SentFile {
        LocalFile local;
        format::XetHash hash;
        Sha256 sha256;
        std::vector<Term> terms;
    };
    struct OpenFile;

    Result<void> take_chunk(OpenFile& file, ByteView raw);
    void extend(OpenFile& file, ChunkIndex::Place place, const format::XetHash& hash, std::size_t raw_bytes);
    static void close_term(OpenFile& file);
    Result<ChunkIndex::Place> store_chunk(ByteView raw, const format::XetHash& hash);
    Result<void> ask_about(OpenFile& file, const format::XetHash& chunk);
    void take_answers(bool wait);
    Result<void> close_xorb();
    Result<void> wait_for_xorbs(std::size_t at_most);
    Result<void> send_shard();
    Result<void> post_shard(const Bytes& body);

    Hub& hub_;
    XetTokens& tokens_;
    UploadState& state_;
    Progress* progress_;
    const std::atomic<bool>* stop_;

    ChunkIndex index_;
    format::XorbWriter xorb_;
    std::optional<std::uint32_t> open_xorb_;  ///< its number in the index
    struct Sending {
        format::ShardXorb block;
        std::future<Result<void>> done;
    };
    std::deque<Sending> sending_;
    std::vector<format::ShardXorb> sent_xorbs_;  ///< taken by the hub, in no shard yet
    std::size_t shard_bytes_ = 0;
    std::uint64_t bytes_since_shard_ = 0;
    std::vector<SentFile> files_;  ///< not in a shard yet
    std::vector<Sha256> digests_;
    std::vector<std::future<std::optional<format::DedupAnswer>>> questions_;
};

}  // namespace mirfa::client
