// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/digest.h"
#include "base/segment.h"
#include "base/stream.h"
#include "catalog/large.h"
#include "hub/hub.h"

namespace mirfa::blob {
class BlobWriter;
struct BlobKey;
}  // namespace mirfa::blob

namespace mirfa::hub {

/// How many octets a store must still have after an upload of `more`; refused with kOutOfSpace below.
Result<void> check_free_space(Hub& hub, std::uint64_t more);

/// Large content on its way in as one blob. Hashed as it arrives; visible only after finish().
/// Threads: one at a time.
class LargeUpload {
public:
    static Result<std::unique_ptr<LargeUpload>> begin(Hub& hub, catalog::RowId repo, catalog::RowId user, catalog::Door door);
    ~LargeUpload();

    Result<void> write(ByteView bytes);
    std::uint64_t written() const { return written_; }
    /// Durable on return; the repository holds the content for HubOptions::uncommitted_hold.
    /// Fails: kInvalidArgument/kUnprocessable when `expected` is given and the content is another: nothing is kept.
    Result<catalog::LargeObject> finish(const std::optional<Sha256>& expected = {},
                                        const std::optional<std::uint64_t>& expected_size = {});

private:
    LargeUpload(Hub& hub, catalog::RowId repo, catalog::RowId user, catalog::Door door);

    Hub& hub_;
    const catalog::RowId repo_;
    const catalog::RowId user_;
    const catalog::Door door_;
    std::unique_ptr<blob::BlobWriter> writer_;
    Sha256Hasher hasher_;
    std::uint64_t written_ = 0;
    std::uint64_t checked_at_ = 0;
};

/// The octets [offset, offset + length) of a large object, from its blob or rebuilt from its xorbs.
Result<std::unique_ptr<SegmentSource>> open_large(Hub& hub, const catalog::LargeObject& object, std::uint64_t offset,
                                                  std::uint64_t length);

/// The same of a stored blob.
Result<std::unique_ptr<SegmentSource>> open_blob(Hub& hub, const blob::BlobKey& key, std::uint64_t offset, std::uint64_t length);

/// Until when an upload that no commit names is kept.
UnixMillis hold_until(const Hub& hub);

}  // namespace mirfa::hub
