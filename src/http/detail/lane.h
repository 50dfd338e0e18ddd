// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <unordered_set>

#include "http/detail/session.h"

namespace mirfa::http::detail {

/// One thread of a server: its loop, its listening socket, its connections. Threads: its own but for stop().
class Lane {
public:
    /// Takes the listening socket over.
    Lane(Shared& shared, int listener);

    /// Serves until stop() was called and the last connection has ended.
    void run();
    /// Threads: any; may be called again.
    void stop();

private:
    Detached accept_all();
    Detached serve(int socket, TlsSession tls, Address peer);
    bool accept_waiting();
    void take(int socket, const Address& peer);
    void begin_stop();
    void sweep();
    void release_if_done();

    Shared& shared_;
    Loop loop_;
    std::optional<Watch> listener_;
    std::unordered_set<Session*> sessions_;
    bool stopping_ = false;
    bool accepting_ = false;
    Instant cut_at_ = Instant::max();
    Instant complained_at_{};
};

}  // namespace mirfa::http::detail
