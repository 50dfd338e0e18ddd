// SPDX-License-Identifier: Apache-2.0
#include "http/detail/lane.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/log.h"

namespace mirfa::http::detail {
namespace {

constexpr Millis kAfterFailedAccept{100};
constexpr int kAcceptsPerTurn = 64;

/// Often enough for the shortest time-out, seldom enough to cost nothing.
Millis sweep_interval(const ServerOptions& options) {
    const auto shortest = std::min({options.head_timeout, options.idle_timeout, options.stall_timeout, options.stop_timeout});
    return std::clamp(shortest / 4, Millis(10), Millis(1000));
}

Address address_of(const sockaddr_storage& from) {
    Address address{};
    if (from.ss_family == AF_INET6) {
        const auto& in6 = reinterpret_cast<const sockaddr_in6&>(from);
        std::memcpy(address.data(), &in6.sin6_addr, 16);
    } else {
        const auto& in4 = reinterpret_cast<const sockaddr_in&>(from);
        address[10] = address[11] = 0xff;
        std::memcpy(address.data() + 12, &in4.sin_addr, 4);
    }
    return address;
}

/// One packet for a client that finds the house full; it may be lost, for nothing is kept for it.
void turn_away(int socket) {
    static constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    (void)::send(socket, kFull.data(), kFull.size(), MSG_NOSIGNAL);
    ::close(socket);
}

}  // namespace

Lane::Lane(Shared& shared, int listener) : shared_(shared) { listener_.emplace(loop_, listener); }

void Lane::run() {
    loop_.every(sweep_interval(shared_.options), [this] { sweep(); });
    accept_all();
    loop_.run();
}

void Lane::stop() {
    loop_.post([this] { begin_stop(); });
}

void Lane::begin_stop() {
    if (std::exchange(stopping_, true)) return;
    cut_at_ = std::chrono::steady_clock::now() + shared_.options.stop_timeout;
    listener_->cancel();
    for (Session* session : sessions_) session->stop();
    release_if_done();
}

Detached Lane::accept_all() {
    accepting_ = true;
    while (!stopping_) {
        co_await listener_->wait(Direction::kRead);
        if (stopping_) break;
        const bool all_well = accept_waiting();
        if (!all_well) co_await loop_.pause(kAfterFailedAccept);
    }
    accepting_ = false;
    listener_.reset();
    release_if_done();
}

/// Gives: false when the system has no room for another connection (EMFILE and its like): ask again later.
bool Lane::accept_waiting() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        const int socket =
            ::accept4(listener_->socket(), reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            take(socket, address_of(from));
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
        if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO || errno == ENETDOWN) continue;
        if (const auto now = std::chrono::steady_clock::now(); now - complained_at_ > std::chrono::seconds(10)) {
            complained_at_ = now;
            log(LogLevel::kError, "cannot accept connections: {}", std::strerror(errno));
        }
        return false;
    }
    return true;
}

void Lane::take(int socket, const Address& peer) {
    if (shared_.connections.fetch_add(1) >= shared_.options.max_connections) {
        shared_.connections.fetch_sub(1);
        return turn_away(socket);
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto tls = shared_.tls ? shared_.tls->accept(socket) : TlsSession();
    if (shared_.tls && tls == nullptr) {
        ::close(socket);
        shared_.connections.fetch_sub(1);
        return;
    }
    serve(socket, std::move(tls), peer);
}

Detached Lane::serve(int socket, TlsSession tls, Address peer) {
    {
        Session session(shared_, loop_, socket, std::move(tls), peer);
        sessions_.insert(&session);
        try {
            co_await session.run();
        } catch (const std::exception& thrown) {
            log(LogLevel::kError, "a connection of {} ended by an exception: {}", to_text(peer), thrown.what());
        }
        sessions_.erase(&session);
    }
    shared_.connections.fetch_sub(1);
    release_if_done();
}

void Lane::sweep() {
    const auto now = std::chrono::steady_clock::now();
    for (Session* session : sessions_) {
        if (now >= cut_at_)
            session->cut();
        else
            session->sweep(now);
    }
}

void Lane::release_if_done() {
    if (stopping_ && !accepting_ && sessions_.empty()) loop_.release();
}

}  // namespace mirfa::http::detail
