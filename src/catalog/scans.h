// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

/// What was looked at: SHA-256 of a large file (32 octets) or id of a git blob (20), and what for, as the scanner numbers it.
struct ScanKey {
    Bytes content;
    int reading = 0;
    bool operator==(const ScanKey&) const = default;
};

/// What a scan found in a content.
struct FileScan {
    std::string status;  ///< safe, caution, suspicious, unsafe, error
    std::string report;  ///< JSON object, whose member `status` is the same
    int rules = 0;       ///< the version of the scanner's rules; 0 before they had one
    bool operator==(const FileScan&) const = default;
};

/// The report by the newest rules; one of the rules 0 serves any reading.
Result<std::optional<FileScan>> find_scan(Session&, const ScanKey& key);
/// Replaces one by the same or older rules; one by newer rules stays, as an older node of the hub may still be scanning.
Result<void> put_scan(Session&, const ScanKey& key, const FileScan& scan, UnixMillis now);

}  // namespace mirfa::catalog
