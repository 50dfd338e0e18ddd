// SPDX-License-Identifier: Apache-2.0
#include "client/local_dir.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "base/ascii.h"
#include "base/file.h"
#include "client/cache_layout.h"
#include "client/part_file.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr double kSlackSeconds = 1;

}  // namespace

std::optional<LocalNote> parse_local_note(std::string_view text) {
    const auto lines = split(text, '\n');
    if (lines.size() < 3) return std::nullopt;
    const std::string time(ascii_trim(lines[2]));
    char* end = nullptr;
    LocalNote note{std::string(ascii_trim(lines[0])), std::string(ascii_trim(lines[1])), std::strtod(time.c_str(), &end)};
    if (time.empty() || *end != '\0' || !is_commit(note.commit) || note.etag.empty()) return std::nullopt;
    return note;
}

std::string write_local_note(const LocalNote& note) { return fmt::format("{}\n{}\n{:.6f}\n", note.commit, note.etag, note.time); }

LocalDir::LocalDir(fs::path folder) : folder_(std::move(folder)), own_(folder_ / ".cache" / "huggingface") {}

fs::path LocalDir::note_path(std::string_view path, std::string_view suffix) const {
    return own_ / "download" / (std::string(path) + std::string(suffix));
}

fs::path LocalDir::part(std::string_view path, std::string_view etag) const {
    return note_path(path, "." + std::string(etag) + std::string(kPartSuffix));
}

fs::path LocalDir::tree(std::string_view commit) const { return own_ / "trees" / (std::string(commit) + ".json"); }

Result<void> LocalDir::prepare(std::string_view path) const {
    TRY(make_folders(file(path).parent_path()));
    TRY(make_folders(lock(path).parent_path()));
    if (!is_there(own_ / ".gitignore")) TRY(replace_file(own_ / ".gitignore", "*"));
    if (!is_there(own_ / "CACHEDIR.TAG"))
        TRY(replace_file(own_ / "CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"));
    return ok();
}

std::optional<LocalNote> LocalDir::valid_note(std::string_view path) const {
    const auto place = note_path(path, ".metadata");
    const auto text = read_small_file(place, 4096);
    if (!text.has_value()) return std::nullopt;
    const auto note = parse_local_note(text.value());
    if (!note) ::unlink(place.c_str());
    struct stat info {};
    if (!note || ::stat(file(path).c_str(), &info) != 0) return std::nullopt;
    const double changed = static_cast<double>(info.st_mtim.tv_sec) + static_cast<double>(info.st_mtim.tv_nsec) / 1e9;
    return changed <= note->time + kSlackSeconds ? note : std::nullopt;
}

Result<void> LocalDir::note(std::string_view path, std::string_view commit, std::string_view etag) const {
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    return replace_file(note_path(path, ".metadata"), write_local_note({std::string(commit), std::string(etag), now.count()}));
}

}  // namespace mirfa::client
