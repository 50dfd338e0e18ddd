// SPDX-License-Identifier: Apache-2.0
#include "client/content_check.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "client/cache_layout.h"

namespace mirfa::client {

ContentCheck::ContentCheck(std::string etag, std::optional<std::uint64_t> bytes, std::string xet_hash)
    : etag_(std::move(etag)), expected_(bytes), xet_hash_(std::move(xet_hash)) {
    const bool sha256 = is_sha256_text(etag_), sha1 = is_commit(etag_) && expected_;
    if (!sha256 && !sha1) return;
    digest_ = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest_, sha256 ? EVP_sha256() : EVP_sha1(), nullptr);
    if (sha1) {
        const auto head = fmt::format("blob {}", *expected_);
        EVP_DigestUpdate(digest_, head.c_str(), head.size() + 1);  // with its zero
    }
}

ContentCheck::~ContentCheck() { EVP_MD_CTX_free(digest_); }

Result<void> ContentCheck::write(ByteView bytes) {
    count_ += bytes.size();
    if (expected_ && count_ > *expected_)
        return Error{Code::kCorrupt, fmt::format("More than the {} bytes came that the hub has announced.", *expected_)};
    if (digest_ != nullptr) EVP_DigestUpdate(digest_, bytes.data(), bytes.size());
    if (!xet_hash_.empty()) chunk(bytes);
    return ok();
}

void ContentCheck::chunk(ByteView bytes) {
    while (!bytes.empty()) {
        const auto cut = chunker_.find_cut(bytes);
        const auto piece = bytes.first(cut.value_or(bytes.size()));
        open_chunk_.insert(open_chunk_.end(), piece.begin(), piece.end());
        if (!cut) return;
        close_chunk();
        bytes = bytes.subspan(*cut);
    }
}

void ContentCheck::close_chunk() {
    chunks_.add({format::chunk_hash(open_chunk_), open_chunk_.size()});
    open_chunk_.clear();
}

Result<void> ContentCheck::finish() {
    if (expected_ && count_ != *expected_)
        return Error{Code::kCorrupt, fmt::format("{} bytes came, the hub has announced {}.", count_, *expected_)};
    if (digest_ != nullptr) {
        Byte digest[EVP_MAX_MD_SIZE];
        unsigned length = 0;
        EVP_DigestFinal_ex(digest_, digest, &length);
        if (to_hex(ByteView(digest, length)) != etag_)
            return Error{Code::kCorrupt,
                         fmt::format("What came has the hash {}, not {}.", to_hex(ByteView(digest, length)), etag_)};
    }
    if (xet_hash_.empty()) return ok();
    if (!open_chunk_.empty()) close_chunk();
    xet_proven_ = format::to_string(chunks_.finish_file()) == xet_hash_;
    return ok();
}

}  // namespace mirfa::client
