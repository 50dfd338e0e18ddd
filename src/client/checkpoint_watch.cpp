// SPDX-License-Identifier: Apache-2.0
#include "client/checkpoint_watch.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/ascii.h"
#include "client/cache_layout.h"
#include "format/json_reader.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWeights[] = {".safetensors", ".bin",     ".pt",  ".pth",  ".ckpt", ".h5",
                                         ".keras",       ".msgpack", ".npz", ".gguf", ".onnx", ".distcp"};
constexpr std::string_view kTrainerState = "trainer_state.json";
constexpr std::size_t kMaxAnnouncedBytes = 64u << 20;

bool is_weights(const LocalFile& file) {
    return std::ranges::any_of(kWeights, [&](std::string_view ending) { return file.path.ends_with(ending); });
}

bool is_left_out(std::string_view name) {
    return name.starts_with('.') || name.starts_with('_') || name.starts_with("tmp") || name.ends_with(".tmp");
}

std::optional<std::uint64_t> last_number(std::string_view name) {
    const auto digits = "0123456789";
    const auto last = name.find_last_of(digits);
    if (last == name.npos) return std::nullopt;
    const auto before = name.find_last_not_of(digits, last);
    const auto first = before == name.npos ? 0 : before + 1;
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(name.data() + first, name.data() + last + 1, number);
    if (parsed.ec != std::errc() || number >> 63 != 0) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> step_said(const fs::path& folder) {
    const auto text = read_small_file(folder / kTrainerState);
    if (!text.has_value()) return std::nullopt;
    const auto json = format::parse_json(text.value());
    const auto step = json.has_value() ? format::find_int(json.value(), "global_step") : std::nullopt;
    return step && *step >= 0 ? std::optional(static_cast<std::uint64_t>(*step)) : std::nullopt;
}

std::optional<SeenCheckpoint> look_at(const fs::path& folder, const std::string& name, const FileFilter& filter) {
    auto files = collect_files(folder, "", filter);
    if (!files.has_value() || std::ranges::none_of(files.value(), is_weights)) return std::nullopt;
    SeenCheckpoint seen;
    seen.folder = folder;
    seen.name = name;
    seen.step = last_number(name).value_or(0);
    if (!last_number(name)) seen.step = step_said(folder).value_or(0);
    Sha256Hasher hasher;
    for (const auto& file : files.value()) {
        seen.modified_ns = std::max(seen.modified_ns, file.modified_ns);
        seen.has_trainer_state |= file.path == kTrainerState;
        hasher.update(as_bytes(fmt::format("{}\n{}\n{}\n", file.local.string(), file.bytes, file.modified_ns)));
    }
    seen.stamp = hasher.finish();
    seen.files = std::move(files).value();
    return seen;
}

}  // namespace

Result<std::vector<SeenCheckpoint>> look_for_checkpoints(const fs::path& root, const FileFilter& filter) {
    std::error_code failed;
    if (!fs::is_directory(root, failed)) return Error{Code::kNotFound, "\"" + root.string() + "\" is no folder."};
    std::vector<SeenCheckpoint> found;
    for (fs::directory_iterator entry(root, failed), end; !failed && entry != end; entry.increment(failed)) {
        const auto name = entry->path().filename().string();
        std::error_code gone;
        if (!entry->is_directory(gone) || is_left_out(name)) continue;
        if (auto seen = look_at(entry->path(), name, filter)) found.push_back(*std::move(seen));
    }
    if (failed) return system_error("reading " + root.string(), failed.value());
    if (found.empty())
        if (auto seen = look_at(root, "", filter)) {
            seen->step = step_said(root).value_or(0);
            found.push_back(*std::move(seen));
        }
    return found;
}

Result<Sha256> content_of(const SeenCheckpoint& seen) {
    Sha256Hasher hasher;
    for (const auto& file : seen.files) {
        TRY(const auto content, sha256_of_file(file));
        TRY(check_unchanged(file));
        hasher.update(as_bytes(fmt::format("{}\n{}\n", file.path, content.hex())));
    }
    return hasher.finish();
}

bool CheckpointWatch::has_settled(Time now, const SeenCheckpoint& seen) {
    auto [at, is_new] = watched_.try_emplace(seen.folder, Watched{seen.stamp, now, {}});
    if (!is_new && at->second.stamp != seen.stamp) at->second = {seen.stamp, now, {}};
    return now - at->second.since >= settle_;
}

bool CheckpointWatch::is_whole(const SeenCheckpoint& seen, bool needs_state,
                               const std::function<Result<void>(const SeenCheckpoint&)>& check) {
    auto& problem = watched_.at(seen.folder).problem;
    if (!problem) {
        const auto checked = check(seen);
        problem = checked.has_value() ? "" : checked.error().message;
    }
    std::string reason = *problem;
    if (reason.empty() && needs_state && !seen.has_trainer_state) reason = "It has no trainer_state.json, and the others have.";
    if (!reason.empty()) unfinished_[seen.folder] = reason;
    return reason.empty();
}

std::vector<SeenCheckpoint> CheckpointWatch::complete(Time now, const std::vector<SeenCheckpoint>& seen,
                                                      const std::function<bool(const Sha256&)>& is_known,
                                                      const std::function<Result<void>(const SeenCheckpoint&)>& check) {
    is_changing_ = false;
    unfinished_.clear();
    std::erase_if(watched_, [&](const auto& one) {
        return std::ranges::none_of(seen, [&](const auto& s) { return s.folder == one.first; });
    });
    const bool needs_state = std::ranges::any_of(seen, &SeenCheckpoint::has_trainer_state);
    std::vector<SeenCheckpoint> complete;
    for (const auto& one : seen) {
        if (is_known(one.stamp)) {
            complete.push_back(one);
            continue;
        }
        const bool settled = has_settled(now, one);
        is_changing_ |= !settled;
        if (settled && is_whole(one, needs_state, check)) complete.push_back(one);
    }
    const bool by_time = want_ == Want::kLatest;
    std::ranges::sort(complete, [&](const auto& a, const auto& b) {
        return by_time ? std::tie(a.modified_ns, a.step) < std::tie(b.modified_ns, b.step)
                       : std::tie(a.step, a.modified_ns) < std::tie(b.step, b.modified_ns);
    });
    if (by_time && complete.size() > 1) complete.erase(complete.begin(), complete.end() - 1);
    std::erase_if(complete, [&](const auto& one) { return is_known(one.stamp); });
    return complete;
}

Result<AnnouncedContents> AnnouncedContents::open(const fs::path& path) {
    AnnouncedContents announced;
    TRY(make_folders(path.parent_path()));
    const auto text = read_small_file(path, kMaxAnnouncedBytes);
    if (text.has_value())
        for (const auto line : split(text.value(), '\n')) {
            const auto words = split(line, ' ');
            if (words.size() != 2 || !is_sha256_text(words[0]) || !is_sha256_text(words[1])) continue;
            announced.contents_.emplace(words[0]);
            announced.stamps_.emplace(words[1]);
        }
    announced.file_ = File(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!announced.file_) return system_error("open " + path.string(), errno);
    TRY(sync_folder(path.parent_path()));
    return announced;
}

Result<void> AnnouncedContents::note(const Sha256& content, const Sha256& stamp) {
    // A line begins with its own end of the line before, should that one have been cut off.
    TRY(file_.append(as_bytes("\n" + content.hex() + " " + stamp.hex() + "\n")));
    TRY(file_.sync());
    contents_.insert(content.hex());
    stamps_.insert(stamp.hex());
    return ok();
}

}  // namespace mirfa::client
