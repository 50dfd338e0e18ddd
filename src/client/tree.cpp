// SPDX-License-Identifier: Apache-2.0
#include "client/tree.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/percent.h"
#include "client/cache_layout.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

using format::find_int;
using format::find_string;

constexpr std::size_t kMaxFiles = 2'000'000;
constexpr std::size_t kMaxTreeFile = 512u << 20;

std::optional<TreeFile> file_of(const boost::json::value& entry) {
    TreeFile file;
    const auto path = find_string(entry, "path"), oid = find_string(entry, "oid");
    const auto size = find_int(entry, "size");
    if (!path || !oid || !size || *size < 0) return std::nullopt;
    file.path = *path;
    file.blob_id = *oid;
    file.bytes = static_cast<std::uint64_t>(*size);
    if (const auto* lfs = format::find_member(entry, "lfs"); lfs != nullptr && lfs->is_object()) {
        const auto sha256 = find_string(*lfs, "oid");
        const auto bytes = find_int(*lfs, "size");
        if (!sha256 || !is_sha256_text(*sha256) || !bytes || *bytes < 0) return std::nullopt;
        file.sha256 = *sha256;
        file.bytes = static_cast<std::uint64_t>(*bytes);
        if (const auto xet = find_string(entry, "xetHash"); xet && is_sha256_text(*xet)) file.xet_hash = *xet;
    }
    if (!check_etag(file.etag()).has_value()) return std::nullopt;
    return file;
}

}  // namespace

std::string api_path(const RepoId& repo) { return "/api/" + plural_of(repo.type) + "/" + repo.name; }

std::string resolve_path(const RepoId& repo, std::string_view revision, std::string_view path) {
    const std::string prefix = repo.type == RepoType::kModel ? "/" : "/" + plural_of(repo.type) + "/";
    return prefix + repo.name + "/resolve/" + percent_encode(revision) + "/" + percent_encode(path, "/");
}

std::string title_of(const RepoId& repo) {
    return repo.type == RepoType::kModel ? repo.name : plural_of(repo.type) + "/" + repo.name;
}

Result<Tree> list_tree(Hub& hub, const RepoId& repo, std::string_view commit) {
    TRY(const auto entries, hub.get_pages(api_path(repo) + "/tree/" + percent_encode(commit) + "?recursive=true&expand=false",
                                          title_of(repo), kMaxFiles, false));
    Tree tree;
    for (const auto& entry : entries) {
        if (find_string(entry, "type") != "file") continue;
        auto file = file_of(entry);
        if (!file)
            return Error{Code::kCorrupt,
                         fmt::format("{}: the hub's list of files has an entry without path, size or hash.", title_of(repo))};
        TRY(check_file_path(file->path));
        tree.push_back(*std::move(file));
    }
    return tree;
}

Result<std::string> ask_commit(Hub& hub, const RepoId& repo, std::string_view revision, bool patiently) {
    TRY(check_revision(revision));
    TRY(const auto info, hub.get_json(api_path(repo) + "/revision/" + percent_encode(revision), title_of(repo), patiently));
    TRY(auto commit, format::need_string(info, "sha"));
    if (!is_commit(commit)) return Error{Code::kCorrupt, fmt::format("{}: the hub named no commit.", title_of(repo))};
    return commit;
}

std::optional<Tree> parse_tree(std::string_view text) {
    const auto parsed = format::parse_json(text, kMaxTreeFile);
    if (!parsed.has_value() || find_int(parsed.value(), "format_version") != 1) return std::nullopt;
    const auto* files = format::find_object(parsed.value(), "files");
    if (files == nullptr) return std::nullopt;
    Tree tree;
    for (const auto& [path, entry] : *files) {
        TreeFile file;
        file.path = path;
        const auto size = find_int(entry, "size");
        file.blob_id = find_string(entry, "blob_id").value_or("");
        file.sha256 = find_string(entry, "lfs_sha256").value_or("");
        file.xet_hash = find_string(entry, "xet_hash").value_or("");
        const auto lfs_size = find_int(entry, "lfs_size");
        if (!size || *size < 0 || (lfs_size && *lfs_size < 0)) return std::nullopt;
        if (!file.xet_hash.empty() && !is_sha256_text(file.xet_hash)) return std::nullopt;
        file.bytes = static_cast<std::uint64_t>(file.sha256.empty() ? *size : lfs_size.value_or(*size));
        if (!check_file_path(file.path).has_value() || !check_etag(file.etag()).has_value()) return std::nullopt;
        tree.push_back(std::move(file));
    }
    return tree;
}

std::optional<Tree> read_tree(const std::filesystem::path& path) {
    const auto text = read_small_file(path, kMaxTreeFile);
    if (!text.has_value()) return std::nullopt;
    return parse_tree(text.value());
}

std::string write_tree(const Tree& tree) {
    format::JsonWriter json;
    json.object().field("format_version", 1).object("files");
    for (const auto& file : tree) {
        json.object(file.path).field("size", file.bytes).field("blob_id", file.blob_id);
        if (!file.sha256.empty()) json.field("lfs_sha256", file.sha256).field("lfs_size", file.bytes);
        if (!file.xet_hash.empty()) json.field("xet_hash", file.xet_hash);
        json.end();
    }
    return std::move(json).take();
}

}  // namespace mirfa::client
