// SPDX-License-Identifier: Apache-2.0
#include "catalog/scans.h"

namespace mirfa::catalog {
namespace {

const Statement kFind("SELECT status, report FROM file_scan WHERE content = $1");
const Statement kPut(
    "INSERT INTO file_scan (content, status, report, scanned) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (content) DO UPDATE SET status = excluded.status, report = excluded.report, scanned = excluded.scanned");

}  // namespace

Result<std::optional<FileScan>> find_scan(Session& session, ByteView content) {
    return find_row(session, kFind, {content}, [](const Row& row) { return FileScan{row.string(0), row.string(1)}; });
}

Result<void> put_scan(Session& session, ByteView content, const FileScan& scan, UnixMillis now) {
    TRY(session.change(kPut, {content, scan.status, scan.report, now}));
    return ok();
}

}  // namespace mirfa::catalog
