// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "format/xorb_scanner.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::blob {
class BlobWriter;
class Blob;
}  // namespace mirfa::blob

namespace mirfa::hub {

using format::XetHash;

/// A xorb on its way in (xet.md 4.7): every chunk is decoded and hashed as it arrives; stored under its name only when
/// the recomputed root is that name. Threads: one at a time.
class XorbUpload {
public:
    static Result<std::unique_ptr<XorbUpload>> begin(Hub& hub, const Principal& cas, const XetHash& name);
    ~XorbUpload();
    Result<void> write(ByteView bytes);
    /// Durable on return. Gives: whether it was new. Fails: kInvalidArgument when the content has another name.
    Result<bool> finish();

private:
    XorbUpload(Hub& hub, const Principal& cas, const XetHash& name);
    Result<bool> record(const format::ChunkTable& table, std::uint64_t stored_size);

    Hub& hub_;
    const Principal cas_;
    const XetHash name_;
    format::XorbScanner scanner_;
    std::unique_ptr<blob::BlobWriter> writer_;
};

/// The answer to a chunk query (xet.md 5.6, 6.6): only from xorbs this user or repository may be offered, chunk hashes
/// hidden under a fresh key. Nothing when there is none, or the chunk is not one that may be asked for.
Result<std::optional<Bytes>> answer_chunk_query(Hub& hub, const Principal& cas, const XetHash& chunk);

}  // namespace mirfa::hub
