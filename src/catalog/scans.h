// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

/// What a scan found in a content.
struct FileScan {
    std::string status;  ///< safe, suspicious, unsafe, error
    std::string report;  ///< JSON object, whose member `status` is the same
    bool operator==(const FileScan&) const = default;
};

/// `content`: SHA-256 of a large file (32 octets) or id of a git blob (20).
Result<std::optional<FileScan>> find_scan(Session&, ByteView content);
/// Replaces an earlier one.
Result<void> put_scan(Session&, ByteView content, const FileScan& scan, UnixMillis now);

}  // namespace mirfa::catalog
