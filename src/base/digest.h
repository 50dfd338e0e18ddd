// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/fixed_bytes.h"

struct evp_md_ctx_st;

namespace mirfa {

/// SHA-256 over bytes given piece by piece. Threads: one at a time.
class Sha256Hasher {
public:
    Sha256Hasher();
    ~Sha256Hasher();
    Sha256Hasher(Sha256Hasher&&) noexcept;
    Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

    void update(ByteView bytes);
    /// The digest; the hasher is then fresh again.
    Sha256 finish();

private:
    evp_md_ctx_st* context_;
};

Sha256 sha256_of(ByteView bytes);
inline Sha256 sha256_of(std::string_view text) { return sha256_of(as_bytes(text)); }

/// HMAC-SHA256 of `message` under `key`, for signed URLs and tokens.
Sha256 hmac_sha256(ByteView key, ByteView message);

}  // namespace mirfa
