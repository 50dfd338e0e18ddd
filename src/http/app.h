// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/worker_pool.h"
#include "http/request.h"
#include "http/response.h"

namespace mirfa::http {

/// Takes the body of one request as it arrives. All calls come one after another from worker threads, and may block.
class BodyReceiver {
public:
    virtual ~BodyReceiver() = default;
    /// The next 1..1 MiB octets. On failure nothing more is given, the rest of the body is not read, and the error is
    /// answered through App::refuse.
    virtual Result<void> receive(ByteView bytes) = 0;
    /// The whole body has arrived (its length was right). Gives the answer. A receiver that is dropped without this
    /// (cut connection, timeout) must leave nothing visible behind.
    virtual Response finish() = 0;
};

/// What App decides about a request from its head alone.
struct Plan {
    /// Exactly one of the three is set.
    std::shared_ptr<const Response> ready;                                   ///< the answer itself, without a stream
    std::function<Response(Request&)> handle;                                ///< gets the whole body in request.body
    std::function<Result<std::unique_ptr<BodyReceiver>>(Request&)> receive;  ///< gets it piece by piece
    /// For `handle`: asked before a body of more than 64 KiB, or of unknown length, is taken into memory. May be empty.
    std::function<Result<void>(Request&)> admit;
    std::uint64_t max_body = 0;  ///< octets accepted; more is answered with kTooLarge before or while reading
    WorkerPool* pool = nullptr;  ///< where `handle`, the receiver and (unless it names another) the answer's stream run
};

/// The application behind the server. Threads: `plan` is called on loop threads and must not block; everything in the
/// plan runs on the plan's pool.
class App {
public:
    virtual ~App() = default;
    virtual Plan plan(const Request& head) = 0;
    /// The answer for an error the server met itself (too large, bad framing, full queue, time out) or that a receiver
    /// gave. Must not block.
    virtual Response refuse(const Request& head, const Error& error) = 0;
    /// One line for the request log and the counters, after the answer was sent or given up. Must not block.
    virtual void finished(const Request& head, int status, std::uint64_t sent_octets, double seconds, std::string_view principal,
                          std::string_view detail) = 0;
};

}  // namespace mirfa::http
