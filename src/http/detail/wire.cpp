// SPDX-License-Identifier: Apache-2.0
#include "http/detail/wire.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace mirfa::http::detail {
namespace {

using Kind = Moved::Kind;

constexpr std::size_t kFilePiece = 256 << 10;  // measured: 4 MiB pieces lose a fifth
constexpr std::size_t kTurn = 2 << 20;         // octets of one file before the other connections have a turn

Instant after(Millis time) { return std::chrono::steady_clock::now() + time; }

/// Whether reading there would not wait for a disk. Asks about the last octet: read-ahead brings pages in order.
bool is_in_memory(const File& file, std::uint64_t last) {
    Byte octet = 0;
    iovec piece{&octet, 1};
    return ::preadv2(file.descriptor(), &piece, 1, static_cast<off_t>(last), RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

void read_through(const FileSlice& slice) {
    constexpr std::size_t kAhead = 2 << 20;
    Bytes buffer(kFilePiece);
    const auto end = slice.offset + std::min<std::uint64_t>(slice.length, kAhead);
    for (auto at = slice.offset; at < end;) {
        const auto got = slice.file->read_at(at, ByteSpan(buffer).first(std::min<std::uint64_t>(buffer.size(), end - at)));
        if (!got.has_value() || got.value() == 0) return;  // sendfile will meet the same and report it
        at += got.value();
    }
}

/// Takes `count` octets off the front of `pieces`.
void take_off(std::span<iovec>& pieces, std::size_t count) {
    while (!pieces.empty() && count >= pieces[0].iov_len) {
        count -= pieces[0].iov_len;
        pieces = pieces.subspan(1);
    }
    if (pieces.empty()) return;
    pieces[0].iov_base = static_cast<Byte*>(pieces[0].iov_base) + count;
    pieces[0].iov_len -= count;
}

}  // namespace

Task<Wire::Waited> Wire::wait(Direction direction, Instant deadline) {
    if (cut_) co_return Waited::kCut;
    deadline_ = deadline;
    reason_ = Waited::kCut;
    const Woken woken = co_await watch_.wait(direction);
    deadline_ = Instant::max();
    co_return woken == Woken::kReady ? Waited::kReady : reason_;
}

Task<bool> Wire::wait_as(Moved::Kind kind, Instant deadline) {
    const auto direction = kind == Kind::kWantWrite ? Direction::kWrite : Direction::kRead;
    const auto waited = co_await wait(direction, deadline);
    co_return waited == Waited::kReady;
}

Task<bool> Wire::handshake(Instant deadline) {
    for (;;) {
        const Moved moved = channel_.handshake();
        if (moved.kind == Kind::kSome) co_return true;
        if (moved.kind != Kind::kWantRead && moved.kind != Kind::kWantWrite) co_return false;
        const bool ready = co_await wait_as(moved.kind, deadline);
        if (!ready) co_return false;
    }
}

Task<bool> Wire::readable(Instant deadline) {
    if (channel_.holds_octets()) co_return true;
    const auto waited = co_await wait(Direction::kRead, deadline);
    co_return waited == Waited::kReady;
}

Task<Wire::Read> Wire::read(ByteSpan into, Instant deadline) {
    for (;;) {
        const Moved moved = channel_.read(into);
        if (moved.kind == Kind::kSome) co_return Read{Got::kSome, moved.count};
        if (moved.kind == Kind::kEnd) co_return Read{Got::kEnd, 0};
        if (moved.kind == Kind::kFailed) co_return Read{Got::kFailed, 0};
        const auto waited = co_await wait(moved.kind == Kind::kWantWrite ? Direction::kWrite : Direction::kRead, deadline);
        if (waited == Waited::kTimedOut) co_return Read{Got::kTimedOut, 0};
        if (waited == Waited::kInterrupted) co_return Read{Got::kInterrupted, 0};
        if (waited == Waited::kCut) co_return Read{Got::kFailed, 0};
    }
}

Task<bool> Wire::write(std::span<iovec> pieces, Channel::More more, Millis stall) {
    take_off(pieces, 0);
    while (!pieces.empty()) {
        const Moved moved = cut_ ? Moved{} : channel_.write(pieces, more);
        if (moved.kind == Kind::kSome) {
            sent_ += moved.count;
            take_off(pieces, moved.count);
            continue;
        }
        if (moved.kind != Kind::kWantRead && moved.kind != Kind::kWantWrite) co_return false;
        const bool ready = co_await wait_as(moved.kind, after(stall));
        if (!ready) co_return false;
    }
    co_return true;
}

Task<void> Wire::warm_up(const FileSlice& slice, WorkerPool* pool, Millis stall) {
    if (pool == nullptr || is_in_memory(*slice.file, slice.offset + std::min<std::uint64_t>(slice.length, kFilePiece) - 1))
        co_return;
    const std::function<void()> work = [&slice] { read_through(slice); };
    co_await run_blocking(loop_, pool, work, after(stall));
}

Task<bool> Wire::send_file(const FileSlice& slice, WorkerPool* pool, Millis stall) {
    FileSlice rest = slice;
    std::size_t this_turn = 0;
    std::uint64_t looked_until = rest.offset;
    while (rest.length > 0) {
        if (rest.offset >= looked_until) {
            co_await warm_up(rest, pool, stall);
            looked_until = rest.offset + kFilePiece;
        }
        const auto count = std::min<std::uint64_t>(rest.length, kFilePiece);
        const Moved moved = cut_ ? Moved{} : channel_.send_file(*rest.file, rest.offset, count);
        if (moved.kind == Kind::kSome) {
            sent_ += moved.count;
            rest.offset += moved.count;
            rest.length -= moved.count;
            this_turn += moved.count;
            if (this_turn < kTurn) continue;
            this_turn = 0;
            co_await loop_.pause(Millis::zero());
            continue;
        }
        if (moved.kind != Kind::kWantRead && moved.kind != Kind::kWantWrite) co_return false;
        this_turn = 0;
        const bool ready = co_await wait_as(moved.kind, after(stall));
        if (!ready) co_return false;
    }
    co_return true;
}

Task<void> Wire::close_gently(Millis whole, Millis quiet) {
    if (cut_) co_return;
    channel_.end_writing();
    Bytes sink(64 << 10);
    const Instant end = after(whole);
    // Octets that never stop coming would keep the wait, and with it the deadline, from ever happening.
    while (std::chrono::steady_clock::now() < end) {
        const Instant deadline = std::min(end, after(quiet));
        const Read got = co_await read(sink, deadline);
        if (got.got != Got::kSome) co_return;
        co_await loop_.pause(Millis::zero());
    }
}

void Wire::reset_on_close() {
    const linger now{1, 0};
    ::setsockopt(watch_.socket(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Wire::interrupt() {
    reason_ = Waited::kInterrupted;
    watch_.cancel();
}

void Wire::cut() {
    cut_ = true;
    reason_ = Waited::kCut;
    watch_.cancel();
}

void Wire::sweep(Instant now) {
    if (cut_ || now < deadline_ || !watch_.waiting()) return;
    reason_ = Waited::kTimedOut;
    watch_.cancel();
}

}  // namespace mirfa::http::detail
