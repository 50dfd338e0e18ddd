// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace mirfa::http::detail {

struct TlsDeleter {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, TlsDeleter>;

/// Certificate, key and rules (TLS 1.2 and newer, HTTP/1.1 by ALPN) for all sessions. Threads: any, once made.
class TlsContext {
public:
    /// Takes: PEM files; the certificate's may hold the chain behind it. Fails: kInvalidArgument, naming the file.
    static Result<TlsContext> open(const std::string& certificate_file, const std::string& key_file);
    /// The server's side of a connection over this socket. Empty when memory is out.
    TlsSession accept(int socket) const;

private:
    std::unique_ptr<ssl_ctx_st, TlsDeleter> context_;
};

}  // namespace mirfa::http::detail
