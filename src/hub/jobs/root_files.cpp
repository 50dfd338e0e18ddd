// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/root_files.h"

#include <algorithm>
#include <map>
#include <set>

#include "blob/rebuild.h"
#include "checkpoint/convert.h"
#include "checkpoint/weight_files.h"
#include "hub/access/permission.h"
#include "hub/large/large_objects.h"

namespace mirfa::hub {
namespace {

namespace fs = std::filesystem;
using catalog::Repository;
using catalog::Session;

constexpr std::size_t kMaxRootEntries = 10'000;
constexpr std::size_t kBuffer = 1u << 20;

bool is_of_a_model(std::string_view name) {
    const auto companions = checkpoint::companion_files();
    return checkpoint::may_be_weights(name) || std::ranges::find(companions, name) != companions.end();
}

class Fetcher {
public:
    Fetcher(JobContext& context, const Repository& repo) : context_(context), repo_(repo) {}

    Result<void> fetch(std::span<const FileToFetch> files, unsigned space) {
        std::set<std::string> contents;
        for (const auto& file : files)
            if (contents.insert(content_word(*file.entry->file)).second)
                all_ += static_cast<std::uint64_t>(file.entry->file->content_size());
        TRY(check_free_space(context_.hub(), all_ * space));
        for (const auto& file : files) TRY(fetch_or_link(file));
        return ok();
    }

private:
    Result<void> fetch_or_link(const FileToFetch& file) {
        const auto [known, is_new] = there_.try_emplace(content_word(*file.entry->file), file.to);
        if (is_new) return fetch_one(*file.entry, file.to);
        std::error_code failed;
        fs::create_hard_link(known->second, file.to, failed);
        if (failed) return system_error("link a fetched file", failed.value());
        return ok();
    }

    Result<void> fetch_one(const ListedEntry& entry, const fs::path& to) {
        TRY(auto out, File::create_new(to));
        const auto& file = *entry.file;
        if (!file.lfs_sha256) {
            TRY(const auto content, read_file(context_.hub(), repo_, file));
            return out.append(content);
        }
        if (!file.large)
            return Error{Code::kNotFound, "The content of \"" + entry.path + "\" was never uploaded.", Reason::kContentMissing};
        TRY(auto segments, open_large(context_.hub(), *file.large, 0, static_cast<std::uint64_t>(file.lfs_size)));
        const auto source = blob::read_segments(std::move(segments));
        return copy(*source, out);
    }

    Result<void> copy(ByteSource& source, File& out) {
        Bytes buffer(kBuffer);
        while (true) {
            TRY(const auto got, source.read(buffer));
            if (got == 0) return ok();
            TRY(out.append(ByteView(buffer).first(got)));
            done_ += got;
            context_.progress("reading", done_, all_);
            TRY(context_.go_on());
        }
    }

    JobContext& context_;
    const Repository& repo_;
    std::map<std::string, fs::path> there_;
    std::uint64_t all_ = 0;
    std::uint64_t done_ = 0;
};

}  // namespace

Result<TreePage> list_root(Hub& hub, const Repository& repo, const std::string& revision) {
    return list_tree(hub, repo, {revision}, {.limit = kMaxRootEntries, .only = is_of_a_model});
}

std::vector<std::string> file_names(const TreePage& root) {
    std::vector<std::string> names;
    for (const auto& entry : root.entries)
        if (entry.file && !entry.file->is_link()) names.push_back(entry.path);
    return names;
}

std::vector<const ListedEntry*> entries_named(const TreePage& root, std::span<const std::string> names) {
    std::vector<const ListedEntry*> entries;
    for (const auto& entry : root.entries)
        if (entry.file && std::ranges::find(names, entry.path) != names.end()) entries.push_back(&entry);
    return entries;
}

std::string content_word(const FileFacts& file) { return file.lfs_sha256 ? file.lfs_sha256->hex() : file.blob.hex(); }

Result<void> fetch_files(JobContext& context, const Repository& repo, std::span<const FileToFetch> files, unsigned space) {
    return Fetcher(context, repo).fetch(files, space);
}

Result<Asker> load_asker(Hub& hub, const Job& job) {
    return hub.catalog.read([&](Session& s) -> Result<Asker> {
        TRY(const auto repo, catalog::find_repository_by_id(s, job.repo.value_or(0)));
        TRY(const auto user, catalog::find_user_by_id(s, job.user));
        if (!repo || !user) return Error{Code::kNotFound, "The repository or the account is no longer there."};
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user->owner.id;
        who.name = user->owner.name;
        TRY(require(s, who, *repo, Action::kReadContent));
        TRY(require(s, who, *repo, Action::kPropose));
        return Asker{*repo, who};
    });
}

}  // namespace mirfa::hub
