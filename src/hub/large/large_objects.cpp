// SPDX-License-Identifier: Apache-2.0
#include "hub/large/large_objects.h"

#include "base/fault.h"
#include "blob/rebuild.h"
#include "blob/store.h"

namespace mirfa::hub {
namespace {

using catalog::LargeObject;
using catalog::Session;

const FaultPoint kUploadStored("upload-stored");
const FaultPoint kUploadRecorded("upload-recorded");

constexpr std::uint64_t kCheckEvery = 64u << 20;  // octets between two looks at the free space
constexpr std::uint64_t kSliceOctets = 1u << 20;

/// A blob that is not a file on this machine, read piece by piece.
class BlobSegments final : public SegmentSource {
public:
    BlobSegments(std::shared_ptr<blob::Blob> blob, std::uint64_t offset, std::uint64_t length)
        : blob_(std::move(blob)), offset_(offset), left_(length) {}

    Result<Segment> next() override {
        if (left_ == 0) return Segment{};
        Bytes piece(std::min(left_, kSliceOctets));
        TRY(const auto got, blob_->read_at(offset_, piece));
        if (got != piece.size()) return Error{Code::kCorrupt, "A stored file is shorter than recorded."};
        offset_ += got;
        left_ -= got;
        return Segment{std::move(piece)};
    }

private:
    std::shared_ptr<blob::Blob> blob_;
    std::uint64_t offset_;
    std::uint64_t left_;
};

/// One piece of a file on this machine.
class FileSegment final : public SegmentSource {
public:
    explicit FileSegment(FileSlice slice) : slice_(std::move(slice)) {}
    Result<Segment> next() override {
        if (slice_.length == 0) return Segment{};
        Segment segment = slice_;
        slice_.length = 0;
        return segment;
    }

private:
    FileSlice slice_;
};

Result<std::unique_ptr<SegmentSource>> open_xet(Hub& hub, const LargeObject& object, std::uint64_t offset, std::uint64_t length) {
    TRY(const auto file, hub.catalog.read([&](Session& s) { return catalog::find_xet_file(s, *object.xet_file); }));
    if (!file) return Error{Code::kCorrupt, "The chunks of a stored file are not recorded.", Reason::kNone, object.sha256.hex()};
    std::vector<blob::Term> terms;
    terms.reserve(file->terms.size());
    for (const auto& term : file->terms) terms.push_back({term.xorb, term.first, term.last, term.raw_size});
    return blob::open_rebuilt(hub.store, hub.chunk_tables, std::move(terms), offset, length);
}

}  // namespace

Result<std::unique_ptr<SegmentSource>> open_blob(Hub& hub, const blob::BlobKey& key, std::uint64_t offset, std::uint64_t length) {
    TRY(auto blob, hub.store.open(key));
    if (auto file = blob->file()) return std::unique_ptr<SegmentSource>(new FileSegment({std::move(file), offset, length}));
    return std::unique_ptr<SegmentSource>(new BlobSegments(std::move(blob), offset, length));
}

Result<void> check_free_space(Hub& hub, std::uint64_t more) {
    // Two disks where the store has one of its own: objects and refs go to the database's, whatever is free elsewhere.
    TRY(const auto for_blobs, hub.store.free_bytes());
    TRY(const auto for_rows, hub.catalog.free_bytes());
    const auto enough = [&](const std::optional<std::uint64_t>& free, std::uint64_t wanted) {
        return !free || *free >= hub.options.free_space_floor + wanted;
    };
    if (enough(for_blobs, more) && enough(for_rows, 0)) return ok();
    return Error{Code::kOutOfSpace,
                 "The server's disk is nearly full, so it takes no uploads. Ask its administrator to make room.", Reason::kNone,
                 std::to_string(for_blobs.value_or(0)) + " octets free for files, " + std::to_string(for_rows.value_or(0)) +
                     " for the database"};
}

UnixMillis hold_until(const Hub& hub) { return hub.clock.now() + hub.options.uncommitted_hold.count(); }

LargeUpload::LargeUpload(Hub& hub, catalog::RowId repo, catalog::RowId user, catalog::Door door)
    : hub_(hub), repo_(repo), user_(user), door_(door) {}
LargeUpload::~LargeUpload() = default;

Result<std::unique_ptr<LargeUpload>> LargeUpload::begin(Hub& hub, catalog::RowId repo, catalog::RowId user, catalog::Door door) {
    TRY(check_free_space(hub, 0));
    auto upload = std::unique_ptr<LargeUpload>(new LargeUpload(hub, repo, user, door));
    TRY(upload->writer_, hub.store.begin());
    return upload;
}

Result<void> LargeUpload::write(ByteView bytes) {
    if (written_ - checked_at_ >= kCheckEvery) {
        TRY(check_free_space(hub_, 0));
        checked_at_ = written_;
    }
    hasher_.update(bytes);
    TRY(writer_->write(bytes));
    written_ += bytes.size();
    return ok();
}

Result<LargeObject> LargeUpload::finish(const std::optional<Sha256>& expected,
                                        const std::optional<std::uint64_t>& expected_size) {
    if (expected_size && *expected_size != written_)
        return Error{Code::kInvalidArgument,
                     "The upload has " + std::to_string(written_) + " octets, announced were " + std::to_string(*expected_size) +
                         ". Upload it again.",
                     Reason::kUnprocessable};
    LargeObject object{hasher_.finish(), static_cast<std::int64_t>(written_), true, std::nullopt, hub_.clock.now()};
    if (expected && *expected != object.sha256)
        return Error{Code::kInvalidArgument,
                     "The uploaded octets have SHA-256 " + object.sha256.hex() + ", announced was " + expected->hex() +
                         ". Upload the file again.",
                     Reason::kUnprocessable};
    TRY(writer_->publish(blob::raw_key(object.sha256)));
    kUploadStored.reach();
    TRY(hub_.catalog.write([&](Session& s) -> Result<void> {
        TRY(catalog::put_large_object(s, object));
        return catalog::hold_object(s, repo_, object.sha256, user_, door_, object.created, hold_until(hub_));
    }));
    kUploadRecorded.reach();
    return object;
}

Result<std::unique_ptr<SegmentSource>> open_large(Hub& hub, const LargeObject& object, std::uint64_t offset,
                                                  std::uint64_t length) {
    if (object.raw) return open_blob(hub, blob::raw_key(object.sha256), offset, length);
    return open_xet(hub, object, offset, length);
}

}  // namespace mirfa::hub
