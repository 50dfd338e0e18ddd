// SPDX-License-Identifier: Apache-2.0
#include "client/cache_layout.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/file.h"
#include "base/random.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCacheTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file is a cache directory tag.\n"
    "# What is in this folder can be downloaded again from a model hub.\n";

bool is_lower_hex(std::string_view text, std::size_t length) {
    return text.size() == length &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

fs::path resolved(const fs::path& path) {
    std::error_code failed;
    auto absolute = fs::absolute(path, failed);
    auto canonical = fs::weakly_canonical(absolute, failed);
    return failed ? absolute : canonical;
}

Error cannot(std::string_view what, const fs::path& path, int errno_value) {
    return system_error(std::string(what) + " " + path.string(), errno_value);
}

bool has_drive(std::string_view part) {
    return part.size() >= 2 && part[1] == ':' && ((part[0] | 0x20) >= 'a' && (part[0] | 0x20) <= 'z');
}

}  // namespace

bool is_commit(std::string_view revision) { return is_lower_hex(revision, 40); }
bool is_sha256_text(std::string_view text) { return is_lower_hex(text, 64); }

Result<void> check_file_path(std::string_view path) {
    std::string slashed(path);
    std::ranges::replace(slashed, '\\', '/');
    const bool control = std::ranges::any_of(path, [](char c) { return c == '\0'; });
    bool bad = path.empty() || slashed.starts_with('/') || control || path.size() > 4096;
    for (const auto part : split(slashed, '/')) bad |= part == ".." || part == "." || has_drive(part) || part.empty();
    if (!bad) return ok();
    return Error{Code::kInvalidArgument, "\"" + std::string(path) + "\" is no path of a file in a repository."};
}

Result<void> check_revision(std::string_view revision) {
    bool bad = revision.empty() || revision.size() > 1024 || revision.starts_with('/') || revision.find('\0') != revision.npos;
    for (const auto part : split(revision, '/')) bad |= part.empty() || part == "." || part == "..";
    if (!bad) return ok();
    return Error{Code::kInvalidArgument, "\"" + std::string(revision) + "\" is no branch, tag or commit."};
}

Result<void> check_etag(std::string_view etag) {
    const bool good = !etag.empty() && etag.size() <= 200 && etag[0] != '.' &&
                      std::ranges::all_of(etag, [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; });
    if (good) return ok();
    return Error{Code::kCorrupt, "The hub names a content \"" + std::string(etag) + "\", which is no name of one."};
}

std::string cache_folder_name(const RepoId& repo) {
    std::string name = plural_of(repo.type);
    for (const auto part : split(repo.name, '/')) name += "--" + std::string(part);
    return name;
}

std::optional<RepoId> repo_of_cache_folder(std::string_view name) {
    const auto mark = name.find("--");
    if (mark == name.npos) return std::nullopt;
    const auto type = parse_repo_type(name.substr(0, mark));
    if (!type || name.substr(0, mark) != plural_of(*type)) return std::nullopt;
    std::string id(name.substr(mark + 2));
    if (const auto next = id.find("--"); next != id.npos) id.replace(next, 2, "/");
    const auto repo = make_repo_id(*type, id);
    if (!repo) return std::nullopt;
    return *repo;
}

RepoCache::RepoCache(const Settings& settings, const RepoId& repo)
    : cache_(resolved(settings.hub_cache)), folder_(cache_ / cache_folder_name(repo)), name_(cache_folder_name(repo)) {}

fs::path RepoCache::lock(std::string_view etag) const { return cache_ / ".locks" / name_ / (std::string(etag) + ".lock"); }

std::optional<std::string> RepoCache::commit_of(std::string_view revision) const {
    if (is_commit(revision)) return std::string(revision);
    if (!check_revision(revision).has_value()) return std::nullopt;
    auto text = read_small_file(ref(revision), 1024);
    if (!text.has_value()) return std::nullopt;
    const auto commit = ascii_trim(text.value());
    if (!is_commit(commit)) return std::nullopt;
    return std::string(commit);
}

Result<void> RepoCache::write_ref(std::string_view revision, std::string_view commit) const {
    if (revision == commit) return ok();
    TRY(check_revision(revision));
    if (!is_commit(commit)) return Error{Code::kCorrupt, "The hub names a commit that is none."};
    const auto path = ref(revision);
    if (auto old = read_small_file(path, 1024); old.has_value() && old.value() == commit) return ok();
    TRY(make_folders(path.parent_path()));
    return replace_file(path, commit);
}

Result<void> RepoCache::write_absent(std::string_view commit, std::string_view path) const {
    const auto mark = absent(commit, path);
    if (is_there(mark)) return ok();
    TRY(make_folders(mark.parent_path()));
    return replace_file(mark, "");
}

void RepoCache::mark_cache() const {
    const auto tag = cache_ / "CACHEDIR.TAG";
    if (!is_there(tag) && make_folders(cache_).has_value()) (void)replace_file(tag, kCacheTag);
}

Result<void> make_folders(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed && !fs::is_directory(folder)) return cannot("creating", folder, failed.value());
    return ok();
}

std::string random_suffix() { return to_hex(random_bytes(4)); }

Result<void> replace_file(const fs::path& path, std::string_view text, std::string_view aside_suffix) {
    const fs::path aside = path.string() + "." + random_suffix() + std::string(aside_suffix);
    File file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file) return cannot("writing", aside, errno);
    auto written = file.append(as_bytes(text));
    if (written.has_value() && ::rename(aside.c_str(), path.c_str()) == 0) return ok();
    const int why = errno;
    ::unlink(aside.c_str());
    if (!written.has_value()) return written;
    return cannot("writing", path, why);
}

bool is_there(const fs::path& path) {
    std::error_code failed;
    return fs::exists(path, failed);
}

Result<void> point_to(const fs::path& link, const fs::path& target, bool symlinks, bool may_move) {
    TRY(make_folders(link.parent_path()));
    const fs::path aside = link.parent_path() / ("." + random_suffix() + ".mirfa-link");
    const auto text = target.lexically_relative(link.parent_path());
    if (symlinks && ::symlink(text.c_str(), aside.c_str()) == 0) {
        if (::rename(aside.c_str(), link.c_str()) == 0) return ok();
        const int why = errno;
        ::unlink(aside.c_str());
        return cannot("linking", link, why);
    }
    if (symlinks && errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP) return cannot("linking", link, errno);
    if (may_move && ::rename(target.c_str(), link.c_str()) == 0) return ok();
    std::error_code failed;
    fs::copy_file(target, aside, fs::copy_options::overwrite_existing, failed);
    if (!failed) fs::rename(aside, link, failed);
    if (failed) return cannot("copying to", link, failed.value());
    return ok();
}

}  // namespace mirfa::client
