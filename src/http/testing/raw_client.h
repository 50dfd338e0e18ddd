// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "base/file.h"

namespace mirfa::http::testing {

/// An answer as it was on the wire, its chunks taken apart.
struct Reply {
    std::string status_line;
    std::string head;  ///< with the status line, without the empty line
    std::string body;
    int status() const;
    /// The value of a field, by its exact name; empty when there is none.
    std::string field(const std::string& name) const;
    /// The status line and the body, one under the other: what most tests compare.
    std::string brief() const { return status_line + "\n" + body; }
};

/// A plain TCP connection to 127.0.0.1 that says exactly what a test tells it to. Every wait ends after 20 seconds with
/// a failed test.
class RawClient {
public:
    explicit RawClient(std::uint16_t port);

    void send(std::string_view octets);
    /// Gives: false when the server has closed the connection.
    bool try_send(std::string_view octets);
    void end_sending();
    /// The next answer. `to_head`: it has no body whatever its head says.
    Reply receive(bool to_head = false);
    Reply exchange(std::string_view request) {
        send(request);
        return receive(request.starts_with("HEAD "));
    }
    /// Up to the end of the connection.
    std::string receive_rest();
    /// True when the connection ends, orderly or not, without another octet.
    bool is_closed_by_server();
    /// Reads up to and with `mark`.
    std::string receive_until(std::string_view mark);
    /// `count` octets that are thrown away once looked at by `check` (offset, octets).
    template <class Check>
    bool receive_large(std::uint64_t count, Check&& check);
    int socket() const { return socket_.descriptor(); }

private:
    bool more();
    std::string take(std::size_t count);
    std::string receive_chunks();

    File socket_;
    std::string received_;
    bool failed_ = false;
};

template <class Check>
bool RawClient::receive_large(std::uint64_t count, Check&& check) {
    for (std::uint64_t at = 0; at < count;) {
        if (received_.empty() && !more()) return false;
        const auto piece = received_.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(received_.size(), count - at)));
        received_.erase(0, piece.size());
        if (!check(at, piece)) return false;
        at += piece.size();
    }
    return true;
}

/// Waits until `condition` holds. Gives: false after 20 seconds.
template <class Condition>
bool eventually(Condition&& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace mirfa::http::testing
