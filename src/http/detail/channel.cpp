// SPDX-License-Identifier: Apache-2.0
#include "http/detail/channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace mirfa::http::detail {
namespace {

using Kind = Moved::Kind;

constexpr std::size_t kRecord = 16 << 10;  // of TLS; larger pieces leave the processor's first cache for nothing

Moved after_call(ssize_t count, Kind blocked) {
    if (count > 0) return {Kind::kSome, static_cast<std::size_t>(count)};
    if (count == 0) return {Kind::kEnd, 0};
    return {errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? blocked : Kind::kFailed, 0};
}

Moved after_tls(SSL* tls, int result, std::size_t count) {
    if (result == 1) return {Kind::kSome, count};
    switch (SSL_get_error(tls, result)) {
        case SSL_ERROR_WANT_READ: return {Kind::kWantRead, 0};
        case SSL_ERROR_WANT_WRITE: return {Kind::kWantWrite, 0};
        case SSL_ERROR_ZERO_RETURN: return {Kind::kEnd, 0};
        default: return {Kind::kFailed, 0};
    }
}

}  // namespace

Moved Channel::handshake() {
    if (!uses_tls()) return {Kind::kSome, 0};
    ERR_clear_error();
    return after_tls(tls_.get(), SSL_do_handshake(tls_.get()), 0);
}

Moved Channel::read(ByteSpan into) {
    if (!uses_tls()) return after_call(::recv(socket_, into.data(), into.size(), 0), Kind::kWantRead);
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count);
    return after_tls(tls_.get(), result, count);
}

bool Channel::holds_octets() const { return uses_tls() && SSL_has_pending(tls_.get()) == 1; }

Moved Channel::write(std::span<const iovec> pieces, More more) {
    if (!uses_tls()) {
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(pieces.data());  // the call only reads it
        message.msg_iovlen = pieces.size();
        const int flags = MSG_NOSIGNAL | (more == More::kFollows ? MSG_MORE : 0);
        return after_call(::sendmsg(socket_, &message, flags), Kind::kWantWrite);
    }
    const ByteView first(static_cast<const Byte*>(pieces[0].iov_base), pieces[0].iov_len);
    if (pieces.size() == 1 || first.size() >= kRecord) return write_tls(first);
    // A head and its small body go out as one record.
    Byte joined[kRecord];
    std::size_t size = 0;
    for (const iovec& piece : pieces) {
        const auto count = std::min(piece.iov_len, kRecord - size);
        std::copy_n(static_cast<const Byte*>(piece.iov_base), count, joined + size);
        size += count;
    }
    return write_tls(ByteView(joined, size));
}

Moved Channel::write_tls(ByteView bytes) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
    return after_tls(tls_.get(), result, count);
}

Moved Channel::send_file(const File& file, std::uint64_t offset, std::size_t count) {
    if (!uses_tls()) {
        auto at = static_cast<off_t>(offset);
        return after_call(::sendfile(socket_, file.descriptor(), &at, count), Kind::kWantWrite);
    }
    std::array<Byte, kRecord> piece;
    const auto got = file.read_at(offset, ByteSpan(piece).first(std::min(count, piece.size())));
    if (!got.has_value()) return {Kind::kFailed, 0};
    if (got.value() == 0) return {Kind::kEnd, 0};
    return write_tls(ByteView(piece).first(got.value()));
}

void Channel::end_writing() {
    if (uses_tls()) {
        ERR_clear_error();
        SSL_shutdown(tls_.get());
    }
    ::shutdown(socket_, SHUT_WR);
}

}  // namespace mirfa::http::detail
