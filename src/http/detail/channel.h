// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/uio.h>

#include <span>

#include "base/bytes.h"
#include "base/segment.h"
#include "http/detail/tls.h"

namespace mirfa::http::detail {

/// What one attempt to move octets came to.
struct Moved {
    enum class Kind { kSome, kEnd, kWantRead, kWantWrite, kFailed };
    Kind kind = Kind::kFailed;
    std::size_t count = 0;
};

/// Octets through a non-blocking socket, plain or by TLS. Never waits, owns no socket.
class Channel {
public:
    Channel(int socket, TlsSession tls) : socket_(socket), tls_(std::move(tls)) {}

    bool uses_tls() const { return tls_ != nullptr; }
    Moved handshake();
    Moved read(ByteSpan into);
    /// Octets have left the socket and wait in the TLS layer.
    bool holds_octets() const;
    enum class More { kNo, kFollows };
    /// `more`: octets follow at once, so that the system may fill up a packet.
    Moved write(std::span<const iovec> pieces, More more);
    /// Up to `count` octets of `file` at `offset`; kEnd when the file is shorter.
    Moved send_file(const File& file, std::uint64_t offset, std::size_t count);
    /// Nothing more will be written.
    void end_writing();

private:
    Moved write_tls(ByteView bytes);

    int socket_;
    TlsSession tls_;
};

}  // namespace mirfa::http::detail
