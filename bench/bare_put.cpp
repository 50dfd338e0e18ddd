// SPDX-License-Identifier: Apache-2.0
// The least that takes an upload, verified and durable: recv, SHA-256, write, fsync, one connection after the other.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/digest.h"
#include "base/file.h"

namespace {

using mirfa::Byte;

constexpr std::size_t kPiece = 256 << 10;

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// Reads up to the end of the head. Gives: its Content-Length; what came behind it stands at the front of `piece`.
std::uint64_t read_head(int connection, mirfa::Bytes& piece, std::size_t& behind) {
    std::string head;
    auto end = std::string::npos;
    while (end == std::string::npos) {
        const auto got = ::recv(connection, piece.data(), piece.size(), 0);
        if (got <= 0) return 0;
        head.append(reinterpret_cast<const char*>(piece.data()), static_cast<std::size_t>(got));
        end = head.find("\r\n\r\n");
    }
    const auto field = head.find("Content-Length: ");
    if (field == std::string::npos || field > end) return 0;
    behind = head.size() - end - 4;
    std::memcpy(piece.data(), head.data() + end + 4, behind);
    return std::strtoull(head.c_str() + field + 16, nullptr, 10);
}

void take(int connection, const std::string& folder, int number) {
    mirfa::Bytes piece(kPiece);
    std::size_t filled = 0;
    std::uint64_t left = read_head(connection, piece, filled);
    if (left == 0) return;
    const std::string aside = folder + "/tmp-" + std::to_string(number);
    auto file = mirfa::File::create_new(aside);
    if (!file.has_value()) give_up("create");
    mirfa::Sha256Hasher hasher;
    for (;;) {
        const auto bytes = mirfa::ByteView(piece).first(filled);
        hasher.update(bytes);
        if (!file.value().append(bytes).has_value()) give_up("write");
        left -= filled;
        if (left == 0) break;
        const auto got = ::recv(connection, piece.data(), std::min<std::uint64_t>(piece.size(), left), 0);
        if (got <= 0) give_up("recv");
        filled = static_cast<std::size_t>(got);
    }
    if (!file.value().sync().has_value()) give_up("fsync");
    const auto renamed = mirfa::rename_durably(aside, folder + "/" + hasher.finish().hex());
    if (!renamed.has_value()) give_up("rename");
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    if (::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) give_up("send");
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return std::fputs("usage: bench_bare_put PORT FOLDER\n", stderr), 2;
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[1])));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("bind");
    if (::listen(listener, 16) != 0) give_up("listen");
    for (int number = 0;; ++number) {
        const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) give_up("accept");
        take(connection, words[2], number);
        ::close(connection);
    }
}
