// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>

#include "http/app.h"
#include "http/detail/body_reader.h"
#include "http/detail/head.h"
#include "http/detail/head_writer.h"
#include "http/detail/proxies.h"
#include "http/detail/wire.h"
#include "http/server.h"

namespace mirfa::http::detail {

/// What all sessions of a server share.
struct Shared {
    const ServerOptions options;
    App& app;
    const TrustedProxies proxies;
    const std::optional<TlsContext> tls;
    std::atomic<std::size_t> connections{0};
    std::atomic<std::uint64_t> buffered{0};  ///< octets of bodies that are held whole
    std::atomic<bool> stopping{false};
};

/// One request from its head to the end of its answer.
struct Exchange {
    Head head;
    Plan plan;
    Instant started = std::chrono::steady_clock::now();
    bool continue_sent = false;
    bool refused_head = false;
    int status = 499;  ///< of the answer; 499 stays when the client left before there was one
    std::string principal = {};
    std::string detail = {};
};

/// One connection: requests read and answered one after the other. Threads: its loop's.
class Session {
public:
    Session(Shared& shared, Loop& loop, int socket, TlsSession tls, const Address& peer)
        : shared_(shared), loop_(loop), wire_(loop, socket, std::move(tls)), peer_(peer) {}

    /// Until the connection ends.
    Task<void> run();
    void sweep(Instant now) { wire_.sweep(now); }
    /// Ends the connection if it is between requests.
    void stop();
    void cut() { wire_.cut(); }

private:
    using MaybeResponse = std::optional<Response>;  ///< none: the connection is lost

    // session.cpp: heads, and the order of things
    Task<bool> read_head_octets(std::size_t& begin, std::size_t& end);
    Task<bool> exchange(std::size_t begin, std::size_t end);
    Task<MaybeResponse> respond(Exchange& x, BodyReader& body);
    Task<MaybeResponse> handle_whole(Exchange& x, BodyReader& body);
    Task<void> refuse_head(const Refusal& refusal);
    Task<bool> finish_exchange(Exchange& x, BodyReader& body, const Response& response);
    Task<bool> drain(BodyReader& body);
    Task<void> linger();
    Task<bool> continue_if_asked(Exchange& x);
    bool plan(Exchange& x);
    void identify(Exchange& x) const;
    Response refuse(Exchange& x, const Refusal& refusal) const;
    Response give_up(Exchange& x, const Error& error) const;
    void report(const Exchange& x, std::uint64_t sent_before) const;

    // receive.cpp: bodies that are handed over piece by piece
    Task<MaybeResponse> receive(Exchange& x, BodyReader& body);

    // answer.cpp: answers on their way out
    Task<bool> answer(Exchange& x, const Response& response, bool keep_alive);
    Task<bool> stream(Exchange& x, SegmentSource& source, WorkerPool* pool, const AnswerShape& shape, std::string& unsent);
    struct SegmentPlace {
        bool in_chunk;       ///< of chunked framing
        bool last_of_batch;  ///< nothing follows at once
    };
    Task<bool> send_segment(const Segment& segment, const std::string& before, SegmentPlace place, WorkerPool* pool);
    bool cut_short(Exchange& x, const std::string& why);

    Instant from_now(Millis time) const { return std::chrono::steady_clock::now() + time; }
    Instant queue_deadline() const { return from_now(shared_.options.queue_timeout); }
    Millis stall() const { return shared_.options.stall_timeout; }

    Shared& shared_;
    Loop& loop_;
    Wire wire_;
    const Address peer_;
    std::string inbox_;  ///< octets received and not yet used; holds no memory while the connection is idle
    bool idle_ = false;  ///< nothing is lost when the connection ends now
};

/// Logs what escaped from a handler under the request id. Gives: what the client is told instead.
Error caught(const Request& request, const char* what);

/// Runs `work`, a function that gives a Result, and turns whatever it throws into an error.
template <class Work>
auto guarded(const Request& request, Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& thrown) {
        return caught(request, thrown.what());
    } catch (...) {
        return caught(request, "something that is no exception");
    }
}

}  // namespace mirfa::http::detail
