// SPDX-License-Identifier: Apache-2.0
#include "git/pack_writer.h"

#include <openssl/evp.h>

namespace mirfa::git {

PackWriter::PackWriter(ByteSink& sink, std::uint32_t count) : sink_(sink), hash_(EVP_MD_CTX_new()), left_(count) {
    EVP_DigestInit_ex(hash_, EVP_sha1(), nullptr);
}
PackWriter::~PackWriter() { EVP_MD_CTX_free(hash_); }

Result<void> PackWriter::put(ByteView bytes) {
    if (!began_) {
        began_ = true;
        const Bytes head = {'P',
                            'A',
                            'C',
                            'K',
                            0,
                            0,
                            0,
                            2,
                            static_cast<Byte>(left_ >> 24),
                            static_cast<Byte>(left_ >> 16),
                            static_cast<Byte>(left_ >> 8),
                            static_cast<Byte>(left_)};
        TRY(put(head));
    }
    EVP_DigestUpdate(hash_, bytes.data(), bytes.size());
    return sink_.write(bytes);
}

/// gitformat-pack: 3 bits of type and 4 of size, then 7 bits of size an octet.
Result<void> PackWriter::add(ObjectType type, std::uint64_t size, ByteView deflated) {
    if (left_ == 0) return internal_error("more objects than announced for a pack");
    Bytes head = {static_cast<Byte>(static_cast<int>(type) << 4 | static_cast<int>(size & 15))};
    for (size >>= 4; size > 0; size >>= 7) {
        head.back() |= 0x80;
        head.push_back(static_cast<Byte>(size & 0x7f));
    }
    TRY(put(head));
    TRY(put(deflated));
    --left_;
    return ok();
}

Result<void> PackWriter::finish() {
    if (left_ != 0) return internal_error("fewer objects than announced for a pack");
    TRY(put({}));
    Byte checksum[20];
    EVP_DigestFinal_ex(hash_, checksum, nullptr);
    return sink_.write(checksum);
}

}  // namespace mirfa::git
