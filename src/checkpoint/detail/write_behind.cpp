// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/write_behind.h"

#include <fcntl.h>

#include <utility>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kPieces = 4;
constexpr std::uint64_t kRow = 8u << 20;  // enough for the file system to find one place for it

}  // namespace

WriteBehind::WriteBehind(File file) : file_(std::move(file)), free_(kPieces), thread_([this] { run(); }) {}

WriteBehind::~WriteBehind() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Result<void> WriteBehind::put(std::uint64_t offset, Bytes& piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return failure_ || !free_.empty(); });
    if (failure_) return *failure_;
    Bytes next = std::move(free_.back());
    free_.pop_back();
    waiting_.push_back({offset, std::exchange(piece, std::move(next))});
    lock.unlock();
    changed_.notify_all();
    piece.clear();
    piece.reserve(kPieceBytes);
    return ok();
}

Result<void> WriteBehind::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return failure_ || waiting_.empty(); });
    if (failure_) return *failure_;
    return file_.sync();
}

void WriteBehind::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (ending_) return;
        const Piece& piece = waiting_.front();  // others are only added behind it
        lock.unlock();
        auto written = write(piece);
        lock.lock();
        if (!written.has_value()) failure_ = std::move(written).error();
        free_.push_back(std::move(waiting_.front().octets));
        waiting_.pop_front();
        changed_.notify_all();
        if (failure_) return;
    }
}

Result<void> WriteBehind::write(const Piece& piece) {
    TRY(file_.write_at(piece.offset, piece.octets));
    if (piece.offset != end_) begun_ = piece.offset;
    end_ = piece.offset + piece.octets.size();
    if (end_ - begun_ < kRow) return ok();
    // A hint: the medium begins with it now, and the sync at the end has less to wait for.
    static_cast<void>(::sync_file_range(file_.descriptor(), static_cast<off_t>(begun_), static_cast<off_t>(end_ - begun_),
                                        SYNC_FILE_RANGE_WRITE));
    begun_ = end_;
    return ok();
}

}  // namespace mirfa::checkpoint
