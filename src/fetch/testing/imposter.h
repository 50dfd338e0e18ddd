// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fetch/http.h"

namespace mirfa::fetch::testing {

/// What a request looked like on the wire.
struct Seen {
    std::string method;
    std::string target;
    std::vector<Header> headers;
    std::string body;

    std::string header(std::string_view name) const;  ///< empty when it was not sent
};

struct Reply {
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    std::size_t cut_after = SIZE_MAX;  ///< octets of the body after which the connection is closed
};

/// A small HTTP/1.1 server on a free port of 127.0.0.1 that answers what the test says, and remembers what it was asked.
/// Threads: the handler is called from many.
class Imposter {
public:
    using Handler = std::function<Reply(const Seen&)>;
    explicit Imposter(Handler handler);
    ~Imposter();
    Imposter(const Imposter&) = delete;
    Imposter& operator=(const Imposter&) = delete;

    std::string url(std::string_view target = "") const;
    std::vector<Seen> seen() const;

private:
    void accept_all();
    void serve(int socket);
    bool answer_one(int socket, std::string& buffer);

    Handler handler_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    mutable std::mutex mutex_;
    std::vector<Seen> seen_;            // guarded by mutex_
    std::vector<int> sockets_;          // guarded by mutex_
    std::vector<std::thread> threads_;  // guarded by mutex_
    std::thread acceptor_;
};

}  // namespace mirfa::fetch::testing
