// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "hub/access/principal.h"
#include "hub/large/large_objects.h"

namespace mirfa::blob {
class PartWriter;
}

namespace mirfa::hub {

/// An object as a client names it in a batch.
struct LfsWanted {
    Sha256 oid;
    std::uint64_t size = 0;
};

/// An address that needs no other credential: sealed for one repository, one object and one direction; for a day to
/// upload, for a quarter of an hour to download.
Result<std::string> lfs_upload_seal(Hub& hub, const catalog::Repository& repo, const Principal& who, const LfsWanted& wanted);
std::string lfs_upload_url(const Hub& hub, const Sha256& oid, const std::string& seal);
Result<std::string> lfs_download_url(Hub& hub, const catalog::Repository& repo, const Sha256& oid);

/// What an upload address allows, and the verify address of the same upload.
struct LfsUploadPermit {
    catalog::RowId repo = 0;
    catalog::RowId user = 0;
    LfsWanted wanted;
};
/// Fails: kForbidden for a seal that is not for this object, or expired: git-lfs then asks for a new batch.
Result<LfsUploadPermit> open_upload_seal(Hub& hub, const Sha256& oid, std::string_view seal);
/// Gives the content. Fails: kForbidden; kNotFound when the repository does not hold it (any more).
Result<catalog::LargeObject> open_download_seal(Hub& hub, const Sha256& oid, std::string_view seal);

/// Does the repository hold it, in whatever form? Fails: kInvalidArgument/kUnprocessable for another size.
Result<bool> repository_holds(Hub& hub, catalog::RowId repo, const LfsWanted& wanted);

/// A multipart upload: part n holds octets [(n-1) * part_size, n * part_size).
struct MultipartPlan {
    std::uint64_t part_size = 0;
    std::vector<std::string> part_urls;
    std::string complete_url;
    std::map<int, std::string> arrived;  ///< ETags of the parts that are kept already, by number
};
/// A new upload, or the one of this content that the same user has begun in this repository and not completed.
enum class MultipartStart { kAnew, kWhereItStopped };
Result<MultipartPlan> begin_multipart(Hub& hub, const catalog::Repository& repo, const Principal& who, const LfsWanted& wanted,
                                      MultipartStart start = MultipartStart::kAnew);
/// The upload behind a sealed part or completion address. Fails: kForbidden; kNotFound when it has ended.
Result<catalog::MultipartUpload> open_multipart_seal(Hub& hub, std::string_view upload, std::string_view seal);

/// One part on its way in. Dropped without finish() it leaves nothing. Threads: one at a time.
class PartUpload {
public:
    /// Fails: kInvalidArgument for a number that the upload does not have; kOutOfSpace.
    static Result<std::unique_ptr<PartUpload>> begin(Hub& hub, const catalog::MultipartUpload& upload, int part);
    ~PartUpload();
    /// Fails: kInvalidArgument/kUnprocessable beyond the part's length.
    Result<void> write(ByteView bytes);
    /// Gives: the ETag by which the client names the part. Fails: kInvalidArgument/kUnprocessable when octets are missing.
    Result<std::string> finish();

private:
    PartUpload(std::unique_ptr<blob::PartWriter> writer, std::uint64_t length, std::string etag);

    std::unique_ptr<blob::PartWriter> writer_;
    std::uint64_t left_;
    const std::string etag_;
};

/// Puts the parts together, hashing them; afterwards the repository holds the content and the parts are gone.
/// Fails: kInvalidArgument/kUnprocessable for a missing part; the same for another SHA-256, and then the parts are forgotten,
/// so that nobody goes on with them; kNotFound when it has ended meanwhile.
Result<void> complete_multipart(Hub& hub, const catalog::MultipartUpload& upload);

}  // namespace mirfa::hub
