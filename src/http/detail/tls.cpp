// SPDX-License-Identifier: Apache-2.0
#include "http/detail/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace mirfa::http::detail {
namespace {

Error tls_error(const std::string& message) {
    char text[256] = {};
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    return Error{Code::kInvalidArgument, message, Reason::kNone, text};
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned in_length,
                    void*) {
    static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_length, kHttp11, sizeof kHttp11, in, in_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void TlsDeleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void TlsDeleter::operator()(ssl_st* session) const { SSL_free(session); }

Result<TlsContext> TlsContext::open(const std::string& certificate_file, const std::string& key_file) {
    TlsContext made;
    made.context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = made.context_.get();
    if (context == nullptr) return internal_error("SSL_CTX_new failed");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
    // Partial writes from a buffer that may move: a piece of a file is read again into shared memory when the socket was
    // full. Released buffers: an idle connection keeps 34 KiB less.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
        return tls_error("The TLS certificate in " + certificate_file + " cannot be read. It must be a PEM file.");
    if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return tls_error("The TLS key in " + key_file + " cannot be read, or is not the one of the certificate.");
    return made;
}

TlsSession TlsContext::accept(int socket) const {
    TlsSession session(SSL_new(context_.get()));
    if (session != nullptr && SSL_set_fd(session.get(), socket) != 1) session.reset();
    if (session != nullptr) SSL_set_accept_state(session.get());
    return session;
}

}  // namespace mirfa::http::detail
