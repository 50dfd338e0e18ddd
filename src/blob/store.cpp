// SPDX-License-Identifier: Apache-2.0
#include "blob/store.h"

#include <algorithm>

#include "base/ascii.h"
#include "blob/folder_store.h"
#include "blob/memory_store.h"

namespace mirfa::blob {
namespace {

constexpr std::string_view kRawPrefix = "raw/";
constexpr std::string_view kXorbPrefix = "xorb/";

class Assembled final : public ByteSource {
public:
    Assembled(Store& store, std::string upload, int count) : store_(store), upload_(std::move(upload)), count_(count) {}

    Result<std::size_t> read(ByteSpan into) override {
        while (!into.empty()) {
            if (!part_) {
                if (number_ == count_) break;
                TRY(part_, store_.open_part(upload_, ++number_));
            }
            TRY(const auto got, part_->read(into));
            if (got > 0) return got;
            part_.reset();
        }
        return std::size_t{0};
    }

private:
    Store& store_;
    const std::string upload_;
    const int count_;
    int number_ = 0;
    std::unique_ptr<ByteSource> part_;
};

}  // namespace

std::string BlobKey::text() const {
    if (kind == Kind::kRaw) return std::string(kRawPrefix) + to_hex(name);
    return std::string(kXorbPrefix) + format::to_string(format::XetHash{name});
}

Result<BlobKey> BlobKey::parse(std::string_view text) {
    if (text.starts_with(kRawPrefix)) {
        TRY(const auto sha256, Sha256::parse(text.substr(kRawPrefix.size())));
        return raw_key(sha256);
    }
    if (!text.starts_with(kXorbPrefix)) return Error{Code::kInvalidArgument, "The name of a blob is not valid."};
    TRY(const auto hash, format::parse_xet_hash(text.substr(kXorbPrefix.size())));
    return xorb_key(hash);
}

BlobKey raw_key(const Sha256& sha256) { return {Kind::kRaw, sha256.octets}; }
BlobKey xorb_key(const format::XetHash& hash) { return {Kind::kXorb, hash.octets}; }

Result<void> read_exactly_at(const Blob& blob, std::uint64_t offset, ByteSpan into) {
    TRY(const auto got, blob.read_at(offset, into));
    if (got != into.size()) return Error{Code::kCorrupt, "Stored content is shorter than recorded."};
    return ok();
}

std::unique_ptr<ByteSource> assemble(Store& store, std::string upload, int count) {
    return std::make_unique<Assembled>(store, std::move(upload), count);
}

Result<void> check_upload(std::string_view upload, int number) {
    const bool good = !upload.empty() && upload.size() <= 64 &&
                      std::all_of(upload.begin(), upload.end(), [](char c) { return is_ascii_alnum(c) || c == '-'; });
    if (!good) return Error{Code::kInvalidArgument, "The name of an upload is not valid."};
    if (number < 1 || number > kMaxPartNumber) return Error{Code::kInvalidArgument, "The upload has no part of this number."};
    return ok();
}

Error content_missing(std::string detail) {
    return Error{Code::kNotFound, "The content is not stored.", Reason::kContentMissing, std::move(detail)};
}

Result<std::unique_ptr<Store>> open_store(std::string_view address) {
    constexpr std::string_view kFile = "file:";
    if (address.starts_with(kFile)) return open_folder_store(std::filesystem::path(address.substr(kFile.size())));
    if (address == "memory:") return make_memory_store();
    return Error{Code::kUnsupported, "The store address " + std::string(address) + " is not known. Write file:FOLDER."};
}

}  // namespace mirfa::blob
