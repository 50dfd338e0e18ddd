// SPDX-License-Identifier: Apache-2.0
#include "fetch/testing/imposter.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "base/ascii.h"

namespace mirfa::fetch::testing {
namespace {

bool receive_more(int socket, std::string& buffer) {
    char piece[65536];
    const auto count = ::recv(socket, piece, sizeof piece, 0);
    if (count <= 0) return false;
    buffer.append(piece, static_cast<std::size_t>(count));
    return true;
}

void send_all(int socket, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

Seen parse_head(std::string_view head) {
    Seen seen;
    const auto lines = split(head, '\n');
    const auto words = split(ascii_trim(lines[0]), ' ');
    seen.method = words[0];
    seen.target = words.size() > 1 ? words[1] : "";
    for (std::size_t i = 1; i < lines.size(); ++i)
        if (const auto colon = lines[i].find(':'); colon != std::string_view::npos)
            seen.headers.push_back(
                {std::string(ascii_trim(lines[i].substr(0, colon))), std::string(ascii_trim(lines[i].substr(colon + 1)))});
    return seen;
}

}  // namespace

std::string Seen::header(std::string_view name) const {
    for (const auto& header : headers)
        if (ascii_iequals(header.name, name)) return header.value;
    return "";
}

Imposter::Imposter(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener_, 64) != 0) std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

Imposter::~Imposter() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
        threads = std::move(threads_);
    }
    for (auto& thread : threads) thread.join();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
}

std::string Imposter::url(std::string_view target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
}

std::vector<Seen> Imposter::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

void Imposter::accept_all() {
    while (!stopping_) {
        const int socket = ::accept(listener_, nullptr, nullptr);
        if (socket < 0) return;
        const std::lock_guard lock(mutex_);
        sockets_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void Imposter::serve(int socket) {
    std::string buffer;
    while (answer_one(socket, buffer)) {}
    ::shutdown(socket, SHUT_RDWR);
}

bool Imposter::answer_one(int socket, std::string& buffer) {
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == buffer.npos)
        if (!receive_more(socket, buffer)) return false;
    Seen seen = parse_head(std::string_view(buffer).substr(0, end));
    const auto length = static_cast<std::size_t>(std::atoll(seen.header("Content-Length").c_str()));
    while (buffer.size() < end + 4 + length)
        if (!receive_more(socket, buffer)) return false;
    seen.body = buffer.substr(end + 4, length);
    buffer.erase(0, end + 4 + length);
    {
        const std::lock_guard lock(mutex_);
        seen_.push_back(seen);
    }
    const Reply reply = handler_(seen);
    std::string out = "HTTP/1.1 " + std::to_string(reply.status) + " Said\r\n";
    bool has_length = false;
    for (const auto& header : reply.headers) {
        out += header.name + ": " + header.value + "\r\n";
        has_length |= ascii_iequals(header.name, "Content-Length");
    }
    if (!has_length) out += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
    out += "\r\n";
    if (seen.method != "HEAD") out += reply.body.substr(0, reply.cut_after);
    send_all(socket, out);
    return reply.cut_after >= reply.body.size();
}

}  // namespace mirfa::fetch::testing
