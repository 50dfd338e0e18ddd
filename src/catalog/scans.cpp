// SPDX-License-Identifier: Apache-2.0
#include "catalog/scans.h"

namespace mirfa::catalog {
namespace {

const Statement kFind(
    "SELECT status, report, rules FROM scan_report WHERE content = $1 AND (reading = $2 OR rules = 0) "
    "ORDER BY rules DESC LIMIT 1");
const Statement kPut(
    "INSERT INTO scan_report (content, reading, rules, status, report, scanned) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (content, reading) DO UPDATE SET rules = excluded.rules, status = excluded.status, "
    "report = excluded.report, scanned = excluded.scanned WHERE scan_report.rules <= excluded.rules");

}  // namespace

Result<std::optional<FileScan>> find_scan(Session& session, const ScanKey& key) {
    return find_row(session, kFind, {key.content, key.reading}, [](const Row& row) {
        return FileScan{row.string(0), row.string(1), static_cast<int>(row.integer(2))};
    });
}

Result<void> put_scan(Session& session, const ScanKey& key, const FileScan& scan, UnixMillis now) {
    TRY(session.change(kPut, {key.content, key.reading, scan.rules, scan.status, scan.report, now}));
    return ok();
}

}  // namespace mirfa::catalog
