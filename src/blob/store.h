// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/stream.h"
#include "format/xet_hash.h"

namespace mirfa::blob {

enum class Kind { kRaw, kXorb };

/// Name of an immutable blob: the SHA-256 of its content, or the xet hash of the xorb in it.
struct BlobKey {
    Kind kind = Kind::kRaw;
    std::array<Byte, 32> name{};
    auto operator<=>(const BlobKey&) const = default;
    /// `raw/` and 64 hex digits, or `xorb/` and 64 digits of the xet text form.
    std::string text() const;
    /// What text() writes. Fails: kInvalidArgument.
    static Result<BlobKey> parse(std::string_view text);
};
BlobKey raw_key(const Sha256& sha256);
BlobKey xorb_key(const format::XetHash& hash);

/// A stored blob; stays readable while it is held, also when it is removed meanwhile. Threads: any.
class Blob {
public:
    virtual ~Blob() = default;
    virtual std::uint64_t size() const = 0;
    /// Up to `into.size()` octets at `offset`; fewer only at the end. Fails: kUnavailable; kInternal.
    virtual Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) const = 0;
    /// The file that holds exactly these octets, where the driver has one on this machine; else null.
    virtual std::shared_ptr<const File> file() const = 0;
};
/// Exactly `into.size()` octets of a blob. Fails: kCorrupt when it ends before; as read_at.
Result<void> read_exactly_at(const Blob& blob, std::uint64_t offset, ByteSpan into);

/// A blob on its way in. Dropped without publish() it leaves nothing. Threads: one at a time.
class BlobWriter : public ByteSink {
public:
    virtual std::uint64_t bytes_written() const = 0;
    /// Makes what was written durable and visible under the key, in one step. The caller has checked that the key is the
    /// content's. The first writer's octets stay for ever: two xorbs of one hash may be stored differently, and chunk
    /// tables and signed addresses speak of places in the first.
    /// Gives: whether it was new; equal content by another writer is success too, and durable as well.
    /// Fails: kOutOfSpace; kUnavailable; kInternal. The writer is spent either way.
    virtual Result<bool> publish(const BlobKey& key) = 0;
};

/// One part of a multipart upload on its way in. Dropped without keep() it leaves nothing. Threads: one at a time.
class PartWriter : public ByteSink {
public:
    virtual std::uint64_t bytes_written() const = 0;
    /// Durable and visible in one step; replaces a part of the same number. Fails: as publish(). The writer is spent.
    virtual Result<void> keep() = 0;
};

struct Part {
    int number = 0;
    std::uint64_t size = 0;
    bool operator==(const Part&) const = default;
};

/// Immutable blobs, and parts of uploads in progress. Several processes may share one store. Threads: any.
class Store {
public:
    virtual ~Store() = default;

    /// Fails: kUnavailable when the store takes nothing more.
    virtual Result<std::unique_ptr<BlobWriter>> begin() = 0;
    /// Fails: kNotFound/kContentMissing.
    virtual Result<std::shared_ptr<Blob>> open(const BlobKey& key) = 0;
    /// Size in octets, or nothing when there is no such blob.
    virtual Result<std::optional<std::uint64_t>> stat(const BlobKey& key) = 0;
    /// Gives whether there was one.
    virtual Result<bool> remove(const BlobKey& key) = 0;
    /// Keys of a kind after `after`, in the order of text(), at most `limit`; fewer only at the end.
    virtual Result<std::vector<BlobKey>> list(Kind kind, const std::optional<BlobKey>& after, std::size_t limit) = 0;

    /// `upload` is 1 to 64 letters, digits or `-`; `number` counts from 1 to kMaxPartNumber.
    /// Fails: kInvalidArgument for another; kUnavailable.
    virtual Result<std::unique_ptr<PartWriter>> begin_part(std::string_view upload, int number) = 0;
    /// Kept parts by number; none for an unknown upload.
    virtual Result<std::vector<Part>> list_parts(std::string_view upload) = 0;
    /// Fails: kNotFound/kContentMissing.
    virtual Result<std::unique_ptr<ByteSource>> open_part(std::string_view upload, int number) = 0;
    /// Forgets all parts; an unknown upload is fine.
    virtual Result<void> drop_upload(std::string_view upload) = 0;
    /// Forgets uploads, and what interrupted writers left, that nobody has added to since `before`.
    virtual Result<void> drop_stale(UnixMillis before) = 0;

    /// Octets that still fit; nothing when the driver cannot tell.
    virtual Result<std::optional<std::uint64_t>> free_bytes() = 0;
};

inline constexpr int kMaxPartNumber = 100'000;

/// Parts 1 to `count` one after the other; each is opened when its turn comes.
/// Fails: kNotFound/kContentMissing when reading reaches a part that is not there.
std::unique_ptr<ByteSource> assemble(Store& store, std::string upload, int count);

/// Opens by address: `file:FOLDER`, `memory:`.
/// Fails: kUnsupported for another scheme; kForbidden for a folder of another user.
Result<std::unique_ptr<Store>> open_store(std::string_view address);

/// For drivers: checks the arguments of the calls about uploads. Fails: kInvalidArgument.
Result<void> check_upload(std::string_view upload, int number = 1);
/// For drivers: what open() gives for a key that is not there.
Error content_missing(std::string detail);

}  // namespace mirfa::blob
