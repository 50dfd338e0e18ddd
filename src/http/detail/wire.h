// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/detail/channel.h"
#include "http/detail/loop.h"
#include "http/detail/refusal.h"

namespace mirfa::http::detail {

/// One connection as its coroutine sees it: octets that are waited for, with deadlines that the loop's sweep enforces
/// (a timer for each operation would cost a fifth of a small request).
class Wire {
public:
    Wire(Loop& loop, int socket, TlsSession tls) : loop_(loop), watch_(loop, socket), channel_(socket, std::move(tls)) {}

    Loop& loop() { return loop_; }
    bool uses_tls() const { return channel_.uses_tls(); }
    /// Octets of answers that went out, heads included.
    std::uint64_t sent() const { return sent_; }

    enum class Got { kSome, kEnd, kTimedOut, kInterrupted, kFailed };
    struct Read {
        Got got = Got::kFailed;
        std::size_t count = 0;
    };
    Task<bool> handshake(Instant deadline);
    /// At least one octet unless `got` says otherwise.
    Task<Read> read(ByteSpan into, Instant deadline);
    /// Waits, with no memory held, until something can be read. Gives: false for time-out and cut.
    Task<bool> readable(Instant deadline);
    /// All of `pieces`; every wait may take `stall`. Gives: false when the connection is lost.
    Task<bool> write(std::span<iovec> pieces, Channel::More more, Millis stall);
    /// Octets of a file, without passing user space where the connection is plain. `pool` warms up what is not in memory.
    Task<bool> send_file(const FileSlice& slice, WorkerPool* pool, Millis stall);
    /// Says that nothing more comes, then reads and drops what the client was still sending: a close with unread octets
    /// would be a reset, which may overtake the answer, and most clients look for it only when all is sent. Ends when
    /// the client closes, says nothing for `quiet`, or after `whole`; how much it sends does not matter.
    Task<void> close_gently(Millis whole, Millis quiet);

    /// The end of the connection will be a reset: the client must not take what it got for the whole.
    void reset_on_close();
    /// Ends a wait that is under way: read() gives kInterrupted.
    void interrupt();
    /// Everything fails from now on.
    void cut();
    /// Called now and then by the loop: ends waits whose time is over.
    void sweep(Instant now);

private:
    enum class Waited { kReady, kTimedOut, kInterrupted, kCut };
    Task<Waited> wait(Direction direction, Instant deadline);
    Task<bool> wait_as(Moved::Kind kind, Instant deadline);
    Task<void> warm_up(const FileSlice& slice, WorkerPool* pool, Millis stall);

    Loop& loop_;
    Watch watch_;
    Channel channel_;
    Instant deadline_ = Instant::max();
    Waited reason_ = Waited::kReady;  ///< why a cancelled wait was cancelled
    bool cut_ = false;
    std::uint64_t sent_ = 0;
};

}  // namespace mirfa::http::detail
