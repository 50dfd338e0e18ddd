// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/security.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/log.h"
#include "base/random.h"
#include "catalog/jobs.h"
#include "checkpoint/scan.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

// Beside what the scanner knows by its name: archives and arrays that may hold pickles, GGUF for its chat template, and Keras for
// its layers.
constexpr std::string_view kScanned[] = {".npy", ".npz", ".zip", ".nemo", ".tar", ".keras", ".gguf", ".model", ".h5", ".hdf5"};
constexpr std::uint64_t kMostAtOnce = 1u << 20;

}  // namespace

bool is_scannable(std::string_view path) {
    if (checkpoint::reading_of(path) != checkpoint::Reading::kAny) return true;
    const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
    return std::ranges::any_of(kScanned, [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string security_without_report(std::string_view status) {
    return "{\"status\":\"" + std::string(status) + "\",\"avScan\":null,\"pickleImportScan\":null}";
}

bool is_scanned_at_once(std::string_view path, std::uint64_t size) {
    return checkpoint::reading_of(path) == checkpoint::Reading::kModelConfig && size <= kMostAtOnce;
}

Result<catalog::FileScan> scan_content(std::shared_ptr<const checkpoint::RandomSource> content, std::string_view path) {
    TRY(const auto report, checkpoint::scan_file(std::move(content), path));
    return catalog::FileScan{std::string(checkpoint::security_status(report.verdict)), checkpoint::security_status_json(report),
                             checkpoint::kScanRules};
}

catalog::ScanKey scan_key(std::string_view path, const FileFacts& file) {
    const ByteView content = file.lfs_sha256 ? file.lfs_sha256->view() : file.blob.view();
    return {{content.begin(), content.end()}, static_cast<int>(checkpoint::reading_of(path))};
}

bool is_current(const std::optional<catalog::FileScan>& scan) { return scan && scan->rules >= checkpoint::kScanRules; }

Result<FileSecurity> security_of(Session& session, std::string_view path, const FileFacts& file) {
    if (!is_scannable(path) || file.is_link()) return FileSecurity{security_without_report("unscanned")};
    TRY(auto scan, catalog::find_scan(session, scan_key(path, file)));
    const bool is_due = !is_current(scan);
    return FileSecurity{scan ? std::move(scan->report) : security_without_report("queued"), is_due};
}

Result<RepoSecurity> security_of_commit(Hub& hub, const catalog::Repository& repo, const ObjectId& commit) {
    bool is_due = false;
    auto found = hub.catalog.read([&](Session& session) -> Result<RepoSecurity> {
        TRY(const auto files, list_files(session, repo, commit, true, kMaxListedFiles, is_scannable));
        RepoSecurity security;
        for (const auto& entry : files) {
            if (!entry.file || entry.file->is_link()) continue;
            TRY(const auto scan, catalog::find_scan(session, scan_key(entry.path, *entry.file)));
            is_due = is_due || !is_current(scan);
            if (!scan)
                security.scans_done = false;
            else if (scan->status != "safe")
                security.issues.push_back({entry.path, scan->status});
        }
        return security;
    });
    if (is_due) renew_scans(hub, repo, commit);
    return found;
}

Result<void> want_scan(Session& session, const catalog::Repository& repo, const ObjectId& commit, UnixMillis now) {
    catalog::Job job;
    job.id = new_row_id();
    job.kind = kScanKind;
    job.repo = repo.id;
    job.twin = std::string(kScanKind) + "/" + std::to_string(repo.id) + "/" + commit.hex();
    job.input = "{\"commit\":\"" + commit.hex() + "\"}";
    job.created = job.due = now;
    TRY(const auto twin, catalog::find_job_of_twin(session, job.twin));
    if (twin) return ok();
    return catalog::insert_job(session, job);
}

void renew_scans(Hub& hub, const catalog::Repository& repo, const ObjectId& commit) {
    const auto may_wait = [&](Session& session) -> Result<bool> {
        TRY(const auto waiting, catalog::count_open_jobs(session, 0));
        if (waiting >= kMostRenewals) return false;
        TRY(const bool has_one, catalog::has_open_job(session, 0, repo.id, kScanKind));
        return !has_one;
    };
    // Nearly always one waits already; a look costs no turn of the writer.
    const auto wanted = hub.catalog.read(may_wait);
    if (wanted.has_value() && !wanted.value()) return;
    const auto asked = hub.catalog.write([&](Session& session) -> Result<void> {
        TRY(const bool still, may_wait(session));
        return still ? want_scan(session, repo, commit, hub.clock.now()) : ok();
    });
    if (!asked.has_value()) log(LogLevel::kWarning, "asking for a new scan: {}", describe(asked.error()));
}

}  // namespace mirfa::hub
