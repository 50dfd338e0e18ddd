// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "base/file.h"
#include "http/detail/lane.h"

namespace mirfa::http {
namespace {

using detail::Lane;
using detail::Shared;
using detail::TlsContext;
using detail::TrustedProxies;

constexpr int kBacklog = 4096;

struct Place {
    sockaddr_storage address{};
    socklen_t length = 0;
    std::string text;  ///< for messages

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&address); }
};

Result<Place> place_of(const ServerOptions& options) {
    addrinfo wanted{}, *found = nullptr;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    const auto port = std::to_string(options.port);
    if (const int failed = ::getaddrinfo(options.address.c_str(), port.c_str(), &wanted, &found); failed != 0)
        return Error{Code::kInvalidArgument, "`" + options.address + "` is no address to listen on: " + ::gai_strerror(failed)};
    Place place;
    std::memcpy(&place.address, found->ai_addr, found->ai_addrlen);
    place.length = found->ai_addrlen;
    place.text = options.address + ":" + port;
    ::freeaddrinfo(found);
    return place;
}

void set_on(int socket, int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof value); }

/// With port sharing from the start, the system would let a second server of the same user take half of our connections;
/// so the first socket takes the port alone, and shares it with its own kind afterwards.
enum class Sharing { kNone, kWithFirst };

Result<File> bind_to(Place& place, Sharing sharing) {
    File socket(::socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return system_error("socket", errno);
    set_on(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (place.address.ss_family == AF_INET6) set_on(socket.descriptor(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (sharing == Sharing::kWithFirst) set_on(socket.descriptor(), SOL_SOCKET, SO_REUSEPORT, 1);
    if (::bind(socket.descriptor(), place.get(), place.length) != 0)
        return Error{Code::kUnavailable, "Cannot listen on " + place.text + ": " + std::strerror(errno) + "."};
    set_on(socket.descriptor(), SOL_SOCKET, SO_REUSEPORT, 1);
    ::getsockname(socket.descriptor(), place.get(), &place.length);  // the port, where any free one was asked for
    return socket;
}

/// One listening socket per thread, all on one port; the system spreads the connections.
Result<std::vector<File>> listen_on(Place& place, std::size_t count) {
    std::vector<File> sockets;
    for (std::size_t i = 0; i < count; ++i) {
        TRY(auto socket, bind_to(place, i == 0 ? Sharing::kNone : Sharing::kWithFirst));
        sockets.push_back(std::move(socket));
    }
    for (const File& socket : sockets)
        if (::listen(socket.descriptor(), kBacklog) != 0)
            return Error{Code::kUnavailable, "Cannot listen on " + place.text + ": " + std::strerror(errno) + "."};
    return sockets;
}

std::uint16_t port_of(const Place& place) {
    const auto port = place.address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(place.address).sin6_port
                                                          : reinterpret_cast<const sockaddr_in&>(place.address).sin_port;
    return ntohs(port);
}

Result<std::optional<TlsContext>> tls_of(const ServerOptions& options) {
    if (options.tls_certificate.empty() && options.tls_key.empty()) return std::optional<TlsContext>();
    if (options.tls_certificate.empty() || options.tls_key.empty())
        return Error{Code::kInvalidArgument, "TLS needs both a certificate and its key; only one of them is set."};
    TRY(auto context, TlsContext::open(options.tls_certificate, options.tls_key));
    return std::optional(std::move(context));
}

class LaneServer final : public Server {
public:
    LaneServer(ServerOptions options, App& app, TrustedProxies proxies, std::optional<TlsContext> tls, std::uint16_t port)
        : shared_{std::move(options), app, std::move(proxies), std::move(tls)}, port_(port) {}

    void add_lane(File listener) {
        const int socket = ::fcntl(listener.descriptor(), F_DUPFD_CLOEXEC, 0);
        lanes_.push_back(std::make_unique<Lane>(shared_, socket));
    }

    std::uint16_t port() const override { return port_; }

    void run() override {
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < lanes_.size(); ++i) threads.emplace_back([this, i] { lanes_[i]->run(); });
        lanes_[0]->run();
        for (auto& thread : threads) thread.join();
    }

    void stop() override {
        shared_.stopping = true;
        for (auto& lane : lanes_) lane->stop();
    }

    std::size_t connections() const override { return shared_.connections; }

private:
    Shared shared_;
    const std::uint16_t port_;
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::open(ServerOptions options, App& app) {
    // Writing to a connection that the client has closed is an error value here, never a signal.
    std::signal(SIGPIPE, SIG_IGN);
    if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
    TRY(auto proxies, TrustedProxies::parse(options.trusted_proxies));
    TRY(auto tls, tls_of(options));
    TRY(auto place, place_of(options));
    TRY(auto sockets, listen_on(place, options.threads));
    auto server = std::make_unique<LaneServer>(std::move(options), app, std::move(proxies), std::move(tls), port_of(place));
    for (auto& socket : sockets) server->add_lane(std::move(socket));
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace mirfa::http
