// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/file.h"

namespace mirfa::checkpoint {

/// Writes pieces into a file on a thread of its own: copying them into the system's memory takes as long as making them does.
/// Threads: one at a time.
class WriteBehind {
public:
    static constexpr std::size_t kPieceBytes = 1u << 20;

    explicit WriteBehind(File file);
    /// What was not written yet may never be.
    ~WriteBehind();
    WriteBehind(const WriteBehind&) = delete;
    WriteBehind& operator=(const WriteBehind&) = delete;

    /// Puts `piece` at `offset`, after all that were put before. Waits while four are being written.
    /// Gives: in `piece`, an empty one with room for kPieceBytes.
    /// Fails: as the writing of any piece before; nothing is written any more then.
    Result<void> put(std::uint64_t offset, Bytes& piece);
    /// All pieces are on the medium when this returns. Fails: as put; as File::sync.
    Result<void> finish();

private:
    struct Piece {
        std::uint64_t offset = 0;
        Bytes octets;
    };
    void run();
    Result<void> write(const Piece& piece);

    File file_;
    std::uint64_t begun_ = 0, end_ = 0;  ///< the thread's: what it wrote in one row, and has not asked the medium for
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Piece> waiting_;     // guarded by mutex_; the first is being written
    std::vector<Bytes> free_;       // guarded by mutex_
    std::optional<Error> failure_;  // guarded by mutex_
    bool ending_ = false;           // guarded by mutex_
    std::thread thread_;
};

}  // namespace mirfa::checkpoint
