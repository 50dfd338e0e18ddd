// SPDX-License-Identifier: Apache-2.0
#include "http/testing/raw_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>

namespace mirfa::http::testing {
namespace {

constexpr int kPatienceMillis = 20'000;

bool ready(int socket, short events) {
    pollfd wanted{socket, events, 0};
    const bool come = ::poll(&wanted, 1, kPatienceMillis) == 1;
    EXPECT_TRUE(come) << "waited in vain for the server";
    return come;
}

}  // namespace

int Reply::status() const { return status_line.size() < 12 ? 0 : std::stoi(status_line.substr(9, 3)); }

std::string Reply::field(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

bool RawClient::try_send(std::string_view octets) {
    while (!octets.empty()) {
        if (!ready(socket(), POLLOUT)) return false;
        const auto count = ::send(socket(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void RawClient::send(std::string_view octets) { EXPECT_TRUE(try_send(octets)) << "the server has closed the connection"; }

void RawClient::end_sending() { ::shutdown(socket(), SHUT_WR); }

bool RawClient::more() {
    char buffer[64 << 10];
    if (!ready(socket(), POLLIN)) return false;
    const auto count = ::recv(socket(), buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
}

std::string RawClient::take(std::size_t count) {
    while (received_.size() < count && more()) {}
    EXPECT_GE(received_.size(), count) << "the answer breaks off";
    auto taken = received_.substr(0, count);
    received_.erase(0, taken.size());
    return taken;
}

std::string RawClient::receive_until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = received_.find(mark)) == std::string::npos)
        if (!more()) return std::exchange(received_, {}) + "<end of connection>";
    return take(at + mark.size());
}

std::string RawClient::receive_chunks() {
    std::string body;
    for (;;) {
        const auto line = receive_until("\r\n");
        std::size_t size = 0;
        const auto parsed = std::from_chars(line.data(), line.data() + line.size(), size, 16);
        if (parsed.ec != std::errc{}) return body + "<broken chunk: " + line + ">";
        body += take(size);
        EXPECT_EQ(take(2), "\r\n");
        if (size == 0) return body;
    }
}

Reply RawClient::receive(bool to_head) {
    Reply reply;
    reply.head = receive_until("\r\n\r\n");
    reply.head.resize(reply.head.size() - std::min<std::size_t>(4, reply.head.size()));
    reply.status_line = reply.head.substr(0, reply.head.find("\r\n"));
    const int status = reply.status();
    if (to_head || status < 200 || status == 204 || status == 304) return reply;
    if (reply.field("Transfer-Encoding") == "chunked")
        reply.body = receive_chunks();
    else if (const auto length = reply.field("Content-Length"); !length.empty())
        reply.body = take(std::stoull(length));
    else
        reply.body = receive_rest();
    return reply;
}

std::string RawClient::receive_rest() {
    while (more()) {}
    return std::exchange(received_, {});
}

bool RawClient::is_closed_by_server() { return received_.empty() && !more() && received_.empty(); }

}  // namespace mirfa::http::testing
