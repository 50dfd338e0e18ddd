// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

namespace mirfa {
namespace {

const EVP_MD* sha256_method() {
    static const EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // fetched once: look-ups are dear
    return method;
}

}  // namespace

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex2(context_, sha256_method(), nullptr); }
Sha256Hasher::~Sha256Hasher() { EVP_MD_CTX_free(context_); }
Sha256Hasher::Sha256Hasher(Sha256Hasher&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&& other) noexcept {
    std::swap(context_, other.context_);
    return *this;
}

void Sha256Hasher::update(ByteView bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }

Sha256 Sha256Hasher::finish() {
    Sha256 digest;
    EVP_DigestFinal_ex(context_, digest.octets.data(), nullptr);
    EVP_DigestInit_ex2(context_, sha256_method(), nullptr);
    return digest;
}

Sha256 sha256_of(ByteView bytes) {
    Sha256Hasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

Sha256 hmac_sha256(ByteView key, ByteView message) {
    Sha256 mac;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), mac.octets.data(), nullptr);
    return mac;
}

}  // namespace mirfa
