// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/scan.h"

#include <algorithm>
#include <mutex>

#include "base/log.h"
#include "blob/rebuild.h"
#include "catalog/scans.h"
#include "checkpoint/scan.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "hub/large/large_objects.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

constexpr std::size_t kWindow = 1u << 20;

/// A large file at any offset, through a window: scans read in small steps, mostly forwards, and each opening of content that
/// came by Xet has its price.
class LargeFile final : public checkpoint::RandomSource {
public:
    LargeFile(JobContext& context, catalog::LargeObject object) : context_(context), object_(std::move(object)) {}

    std::uint64_t size() const override { return static_cast<std::uint64_t>(object_.size); }

    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (offset > size() || into.size() > size() - offset) return Error{Code::kCorrupt, "The file ends before."};
        const std::lock_guard lock(mutex_);
        while (!into.empty()) {
            if (offset < first_ || offset >= first_ + window_.size()) TRY(load(offset));
            const auto from = static_cast<std::size_t>(offset - first_);
            const std::size_t count = std::min(into.size(), window_.size() - from);
            std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(from), count, into.begin());
            into = into.subspan(count);
            offset += count;
        }
        return ok();
    }

private:
    Result<void> load(std::uint64_t offset) const {
        TRY(context_.go_on());
        const std::uint64_t length = std::min<std::uint64_t>(kWindow, size() - offset);
        TRY(auto segments, open_large(context_.hub(), object_, offset, length));
        const auto source = blob::read_segments(std::move(segments));
        Bytes window(static_cast<std::size_t>(length));
        for (std::size_t have = 0; have < window.size();) {
            TRY(const auto got, source->read(ByteSpan(window).subspan(have)));
            if (got == 0) return Error{Code::kCorrupt, "A stored file is shorter than recorded."};
            have += got;
        }
        window_ = std::move(window);
        first_ = offset;
        return ok();
    }

    JobContext& context_;
    const catalog::LargeObject object_;
    mutable std::mutex mutex_;
    mutable Bytes window_;             // guarded by mutex_
    mutable std::uint64_t first_ = 0;  // guarded by mutex_
};

catalog::FileScan unreadable() { return {"error", security_without_report("error"), checkpoint::kScanRules}; }

Result<catalog::FileScan> scan(JobContext& context, const catalog::Repository& repo, const ListedEntry& entry) {
    const FileFacts& file = *entry.file;
    Bytes content;
    std::shared_ptr<const checkpoint::RandomSource> source;
    if (file.large) {
        source = std::make_shared<const LargeFile>(context, *file.large);
    } else if (file.lfs_sha256) {
        // `queued` for ever would be a lie about content that nobody has uploaded.
        return unreadable();
    } else {
        TRY(content, read_file(context.hub(), repo, file));
        source = checkpoint::memory_source(content);
    }
    return scan_content(source, entry.path);
}

/// What may pass by itself fails the job, which is tried again; a file that cannot be scanned is told as such, or everybody who
/// looks at it would ask for a scan once more.
Result<catalog::FileScan> scan_or_tell(JobContext& context, const catalog::Repository& repo, const ListedEntry& entry) {
    auto found = scan(context, repo, entry);
    if (found.has_value()) return found;
    const Code code = found.error().code;
    if (code == Code::kUnavailable || code == Code::kTimedOut || code == Code::kOutOfSpace) return found;
    log(LogLevel::kWarning, "scanning {} of {}: {}", entry.path, repo.full_name(), describe(found.error()));
    return unreadable();
}

struct Totals {
    int scanned = 0;
    int issues = 0;
};

Result<void> scan_unless_known(JobContext& context, const catalog::Repository& repo, const ListedEntry& entry, Totals& totals) {
    Hub& hub = context.hub();
    const auto key = scan_key(entry.path, *entry.file);
    TRY(const auto known, hub.catalog.read([&](Session& s) { return catalog::find_scan(s, key); }));
    if (is_current(known)) return ok();
    TRY(const auto found, scan_or_tell(context, repo, entry));
    TRY(hub.catalog.write([&](Session& s) { return catalog::put_scan(s, key, found, hub.clock.now()); }));
    ++totals.scanned;
    if (found.status != "safe") ++totals.issues;
    return ok();
}

}  // namespace

Result<std::string> run_scan(JobContext& context) {
    TRY(const auto input, format::parse_json(context.job().input));
    TRY(const auto commit, ObjectId::parse(format::find_string(input, "commit").value_or("")));
    TRY(const auto repo, context.hub().catalog.read(
                             [&](Session& s) { return catalog::find_repository_by_id(s, context.job().repo.value_or(0)); }));
    if (!repo) return Error{Code::kNotFound, "The repository is no longer there."};
    TRY(const auto files, context.hub().catalog.read(
                              [&](Session& s) { return list_files(s, *repo, commit, true, kMaxListedFiles, is_scannable); }));
    Totals totals;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!files[i].file || files[i].file->is_link()) continue;
        context.progress("scanning", i, files.size());
        TRY(context.go_on());
        TRY(scan_unless_known(context, *repo, files[i], totals));
    }
    format::JsonWriter json;
    json.object().field("scanned", totals.scanned).field("issues", totals.issues).end();
    return std::move(json).take();
}

}  // namespace mirfa::hub
