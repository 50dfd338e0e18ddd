// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/security.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/random.h"
#include "catalog/jobs.h"
#include "catalog/scans.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

// Pickles by the names that frameworks give them, archives and arrays that may hold pickles, GGUF for its chat template, and
// Keras for its layers.
constexpr std::string_view kScanned[] = {".bin", ".pt",    ".pth",  ".ckpt",  ".pkl", ".pickle", ".joblib",
                                         ".dat", ".data",  ".dill", ".npy",   ".npz", ".zip",    ".nemo",
                                         ".tar", ".keras", ".gguf", ".model", ".h5",  ".hdf5"};

}  // namespace

bool is_scannable(std::string_view path) {
    const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
    return std::ranges::any_of(kScanned, [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string security_without_report(std::string_view status) {
    return "{\"status\":\"" + std::string(status) + "\",\"avScan\":null,\"pickleImportScan\":null}";
}

Bytes scan_key(const FileFacts& file) {
    const ByteView key = file.lfs_sha256 ? file.lfs_sha256->view() : file.blob.view();
    return {key.begin(), key.end()};
}

Result<std::string> security_of(Session& session, std::string_view path, const FileFacts& file) {
    if (!is_scannable(path) || file.is_link()) return security_without_report("unscanned");
    TRY(auto scan, catalog::find_scan(session, scan_key(file)));
    return scan ? std::move(scan->report) : security_without_report("queued");
}

Result<RepoSecurity> security_of_commit(Hub& hub, const catalog::Repository& repo, const ObjectId& commit) {
    return hub.catalog.read([&](Session& session) -> Result<RepoSecurity> {
        TRY(const auto files, list_files(session, repo, commit, true, kMaxListedFiles, is_scannable));
        RepoSecurity security;
        for (const auto& entry : files) {
            if (!entry.file || entry.file->is_link()) continue;
            TRY(const auto scan, catalog::find_scan(session, scan_key(*entry.file)));
            if (!scan)
                security.scans_done = false;
            else if (scan->status != "safe")
                security.issues.push_back({entry.path, scan->status});
        }
        return security;
    });
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

}  // namespace mirfa::hub
