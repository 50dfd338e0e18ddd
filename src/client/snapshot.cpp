// SPDX-License-Identifier: Apache-2.0
#include "client/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "base/file.h"
#include "base/random.h"
#include "client/cache_layout.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAside = "new-";
constexpr std::string_view kPlan = "plan.json";
constexpr std::string_view kOnDisk = "on-disk";
constexpr std::size_t kMaxPlanBytes = 16u << 20;
constexpr std::size_t kMaxFiles = 100'000;
/// What a hub takes inside a commit is smaller than this; larger files are read before it, and checked again after that.
constexpr std::uint64_t kSmallBytes = 64u << 20;

/// Another one after each start of the system; empty where it does not say.
std::string this_boot() {
    const File file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    std::string text(64, '\0');
    const auto count = file ? ::read(file.descriptor(), text.data(), text.size()) : 0;
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return std::string(ascii_trim(text));
}

Result<void> sync_file(const fs::path& path) {
    TRY(auto file, File::open_to_read(path));
    return file.sync();
}

Error changed(const fs::path& path) {
    return Error{Code::kConflict, path.string() +
                                      " was written over in its place before it was sent. Write checkpoints to a new "
                                      "folder, or aside and rename them."};
}

Result<void> copy_content(const fs::path& from, const fs::path& to) {
    TRY(const auto in, File::open_to_read(from));
    TRY(auto out, File::create_new(to));
    std::uint64_t at = 0;
    TRY(const auto bytes, in.size());
    while (at < bytes) {
        const auto count = ::copy_file_range(in.descriptor(), nullptr, out.descriptor(), nullptr, bytes - at, 0);
        if (count <= 0) break;
        at += static_cast<std::uint64_t>(count);
    }
    Bytes buffer(at < bytes ? 1u << 20 : 0);  // file systems between which the kernel does not copy
    while (at < bytes) {
        TRY(const auto count, in.read_at(at, buffer));
        if (count == 0) return changed(from);
        TRY(out.append(ByteView(buffer).first(count)));
        at += count;
    }
    return ok();
}

Result<void> set_time(const fs::path& path, std::int64_t modified_ns) {
    const timespec time{modified_ns / 1'000'000'000, modified_ns % 1'000'000'000};
    const std::array<timespec, 2> times{time, time};
    if (::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) != 0) return system_error("set the time of " + path.string(), errno);
    return ok();
}

/// Its own copy where it cannot be linked. Either way it has the length and the time that it had when it was found.
Result<void> take_file(const LocalFile& file, const fs::path& to) {
    TRY(make_folders(to.parent_path()));
    if (::linkat(AT_FDCWD, file.local.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        TRY(copy_content(file.local, to));
        TRY(check_unchanged(file));
        TRY(set_time(to, file.modified_ns));
    }
    return check_unchanged({to, file.path, file.bytes, file.modified_ns});
}

Result<std::vector<LocalFile>> take_files(const fs::path& folder, const std::vector<LocalFile>& files,
                                          const std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<LocalFile> taken;
    for (const auto& file : files) {
        TRY(check_file_path(file.path));
        const bool is_text = std::ranges::any_of(texts, [&](const auto& text) { return text.first == file.path; });
        if (is_text) continue;
        TRY(take_file(file, folder / file.path));
        taken.push_back({folder / file.path, file.path, file.bytes, file.modified_ns});
    }
    for (const auto& [path, text] : texts) {
        TRY(check_file_path(path));
        TRY(make_folders((folder / path).parent_path()));
        TRY(replace_file(folder / path, text));
        TRY(const auto described, collect_files(folder / path, path, {}));
        taken.insert(taken.end(), described.begin(), described.end());
    }
    return taken;
}

/// When the folder's name is no id, or its plan says what is not there, nothing.
std::optional<Snapshot> read_snapshot(const fs::path& folder) {
    const auto text = read_small_file(folder / kPlan, kMaxPlanBytes);
    if (!text.has_value()) return std::nullopt;
    auto plan = parse_plan(text.value());
    if (!plan.has_value()) return std::nullopt;
    const bool is_on_disk = is_there(folder / kOnDisk);
    if (!is_on_disk && !plan.value().boot.empty() && plan.value().boot != this_boot()) return std::nullopt;
    Snapshot snapshot{folder, std::move(plan.value().words), std::move(plan.value().files), is_on_disk};
    for (auto& file : snapshot.files) {
        file.local = folder / "files" / file.path;
        if (!check_unchanged(file).has_value()) return std::nullopt;
    }
    return snapshot;
}

}  // namespace

std::string write_plan(const SnapshotWords& words, const std::vector<LocalFile>& files) {
    format::JsonWriter json;
    json.object().field("format", 1).field("step", words.step).field("name", words.name).field("message", words.message);
    json.field("is_end", words.is_end).field("boot", this_boot()).array("files");
    for (const auto& file : files)
        json.object().field("path", file.path).field("bytes", file.bytes).field("modified_ns", file.modified_ns).end();
    return std::move(json).take() + "\n";
}

Result<Plan> parse_plan(std::string_view text) {
    TRY(const auto json, format::parse_json(text, kMaxPlanBytes));
    if (format::find_int(json, "format") != 1)
        return Error{Code::kInvalidArgument, "The plan of a push is of another version of this program."};
    Plan plan;
    TRY(const auto step, format::need_int(json, "step"));
    if (step < 0) return Error{Code::kInvalidArgument, "The step of a plan is negative."};
    plan.words.step = static_cast<std::uint64_t>(step);
    TRY(plan.words.name, format::need_string(json, "name"));
    if (!plan.words.name.empty()) TRY(check_file_path(plan.words.name));
    TRY(plan.words.message, format::need_string(json, "message"));
    plan.words.is_end = format::find_bool(json, "is_end").value_or(false);
    plan.boot = format::find_string(json, "boot").value_or("");
    TRY(const auto* files, format::need_array(json, "files"));
    if (files->empty() || files->size() > kMaxFiles)
        return Error{Code::kInvalidArgument, fmt::format("A plan names {} files; 1 to {} can be.", files->size(), kMaxFiles)};
    for (const auto& entry : *files) {
        LocalFile file;
        TRY(file.path, format::need_string(entry, "path"));
        TRY(check_file_path(file.path));
        TRY(const auto bytes, format::need_int(entry, "bytes"));
        if (bytes < 0) return Error{Code::kInvalidArgument, "A length in a plan is negative."};
        file.bytes = static_cast<std::uint64_t>(bytes);
        TRY(file.modified_ns, format::need_int(entry, "modified_ns"));
        plan.files.push_back(std::move(file));
    }
    return plan;
}

Result<Snapshot> take_snapshot(const fs::path& place, const SnapshotWords& words, const std::vector<LocalFile>& files,
                               const std::vector<std::pair<std::string, std::string>>& texts) {
    const std::string id = fmt::format("{:020}", new_row_id());
    const auto aside = place / (std::string(kAside) + id);
    Snapshot snapshot{place / id, words, {}, false};
    const auto take = [&]() -> Result<void> {
        TRY(make_folders(aside / "files"));
        TRY(snapshot.files, take_files(aside / "files", files, texts));
        TRY(replace_file(aside / kPlan, write_plan(words, snapshot.files)));
        if (::rename(aside.c_str(), snapshot.folder.c_str()) != 0)
            return system_error("keep a checkpoint as " + snapshot.folder.string(), errno);
        for (auto& file : snapshot.files) file.local = snapshot.folder / "files" / file.path;
        return ok();
    };
    auto taken = take();
    if (taken.has_value()) return snapshot;
    std::error_code ignored;
    fs::remove_all(aside, ignored);
    return std::move(taken).error();
}

Result<void> sync_snapshot(const Snapshot& snapshot) {
    std::set<fs::path> folders{snapshot.folder};
    for (const auto& file : snapshot.files) {
        TRY(sync_file(file.local));
        for (auto folder = file.local.parent_path(); folder != snapshot.folder; folder = folder.parent_path())
            folders.insert(folder);
    }
    TRY(sync_file(snapshot.folder / kPlan));
    for (const auto& folder : folders) TRY(sync_folder(folder));
    TRY(sync_folder(snapshot.folder.parent_path()));
    // The mark last: were it there without what it speaks of, that would be believed.
    TRY(replace_file(snapshot.folder / kOnDisk, ""));
    return sync_folder(snapshot.folder);
}

std::vector<Snapshot> find_snapshots(const fs::path& place) {
    std::error_code failed;
    std::set<fs::path> folders;
    for (fs::directory_iterator entry(place, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->is_directory(failed) && !entry->is_symlink(failed)) folders.insert(entry->path());
    std::vector<Snapshot> found;
    for (const auto& folder : folders) {
        const bool is_whole = !folder.filename().string().starts_with(kAside);
        if (auto snapshot = is_whole ? read_snapshot(folder) : std::nullopt)
            found.push_back(*std::move(snapshot));
        else
            fs::remove_all(folder, failed);
    }
    return found;
}

Result<void> settle_snapshot(const Snapshot& snapshot) {
    for (const auto& file : snapshot.files) {
        if (!check_unchanged(file).has_value()) return changed(file.local);
        struct stat info {};
        if (file.bytes > kSmallBytes || ::stat(file.local.c_str(), &info) != 0 || info.st_nlink < 2) continue;
        const fs::path copy = file.local.string() + "." + random_suffix();
        TRY(copy_content(file.local, copy));
        if (!check_unchanged(file).has_value()) return changed(file.local);
        TRY(set_time(copy, file.modified_ns));
        TRY(sync_file(copy));  // what it replaces may be on the medium already
        if (::rename(copy.c_str(), file.local.c_str()) != 0) return system_error("keep a copy of " + file.local.string(), errno);
    }
    return ok();
}

void remove_snapshot(const Snapshot& snapshot) {
    std::error_code ignored;
    fs::remove_all(snapshot.folder, ignored);
}

}  // namespace mirfa::client
