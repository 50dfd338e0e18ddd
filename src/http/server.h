// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/app.h"

namespace mirfa::http {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one
    std::size_t threads = 0;    ///< loop threads; 0: one per core
    std::size_t max_connections = 20'000;
    std::size_t max_head_octets = 64 << 10;
    std::uint64_t max_buffered_octets = 512 << 20;     ///< bodies above 64 KiB that are handled whole, all together
    std::chrono::milliseconds head_timeout{20'000};    ///< from the first octet of a head to its end; TLS handshake
    std::chrono::milliseconds idle_timeout{120'000};   ///< keep-alive without a request
    std::chrono::milliseconds stall_timeout{120'000};  ///< body octets neither come nor go
    std::chrono::milliseconds stop_timeout{30'000};    ///< how long a graceful stop waits for what runs
    std::chrono::milliseconds queue_timeout{10'000};   ///< how long a request waits for a place in a full pool
    std::vector<std::string> trusted_proxies;          ///< addresses or CIDR; their X-Forwarded-For/-Proto are believed
    std::string tls_certificate;                       ///< PEM files; both empty: plain HTTP
    std::string tls_key;
};

/// HTTP/1.1 server: one io_context per thread, SO_REUSEPORT, heads parsed by Beast, bodies read off the socket.
class Server {
public:
    /// Binds and listens; nothing is accepted before run(). Fails: kUnavailable (address in use), kInvalidArgument.
    static Result<std::unique_ptr<Server>> open(ServerOptions options, App& app);
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;
    /// Serves until stop() has been called and everything that ran is finished or `stop_timeout` is over.
    virtual void run() = 0;
    /// Graceful: no new connections, idle ones are closed, requests that run are finished. Threads: any; signal-safe
    /// enough to be called from a signal-handling thread.
    virtual void stop() = 0;
    virtual std::size_t connections() const = 0;
};

}  // namespace mirfa::http
