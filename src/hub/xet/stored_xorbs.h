// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/segment.h"
#include "format/xet_hash.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Octets of a stored xorb, footer included. Fails: kNotFound. The caller has checked that they may be seen.
Result<std::uint64_t> size_of_stored_xorb(Hub& hub, const format::XetHash& xorb);
/// The same, only when the token's user or repository uploaded or referred to it. Fails: kNotFound.
Result<std::uint64_t> size_of_own_xorb(Hub& hub, const Principal& cas, const format::XetHash& xorb);
/// Octets [offset, offset + length) as they are stored: serialised chunks.
Result<std::unique_ptr<SegmentSource>> open_stored_xorb(Hub& hub, const format::XetHash& xorb, std::uint64_t offset,
                                                        std::uint64_t length);

}  // namespace mirfa::hub
