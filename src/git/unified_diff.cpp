// SPDX-License-Identifier: Apache-2.0
// Headers are written here, hunks come from libgit2, which needs nothing but the two texts for them.
#include <git2.h>

#include <cstdio>

#include "git/detail/content.h"
#include "git/detail/libgit2.h"
#include "git/diff.h"

namespace mirfa::git {
namespace {

/// One side of a change as it is shown.
struct Content {
    Bytes text;
    bool is_binary = false;
    std::uint64_t size = 0;
};

std::string octal(std::uint32_t mode) {
    char text[16];
    std::snprintf(text, sizeof text, "%06o", mode);
    return text;
}

/// As git prints paths with core.quotePath=false: quoted when they hold quotes, backslashes or control characters.
std::string quoted(const std::string& path) {
    std::string out;
    bool needs_quotes = false;
    for (const char c : path) {
        const auto octet = static_cast<unsigned char>(c);
        const auto known = std::string_view("\a\b\t\n\v\f\r\"\\").find(c);
        if (octet >= 0x20 && octet != 0x7f && known == std::string_view::npos) {
            out += c;
            continue;
        }
        needs_quotes = true;
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\%03o", octet);
        out += known != std::string_view::npos ? std::string("\\") + "abtnvfr\"\\"[known] : std::string(escape);
    }
    return needs_quotes ? "\"" + out + "\"" : out;
}

bool has_content(std::uint32_t mode) { return mode != 0 && mode != kModeSubmodule; }

Result<Content> load_content(ObjectSource& source, std::uint32_t mode, const ObjectId& id, const DiffOptions& options) {
    Content content;
    const auto set_text = [&](std::string_view text) { content.text.assign(text.begin(), text.end()); };
    if (mode == kModeSubmodule) set_text("Subproject commit " + id.hex() + "\n");
    if (!has_content(mode)) return content;
    if (options.find_large) {
        TRY(const auto large, options.find_large(id));
        if (large) {
            set_text(large->label + "\n");
            content.size = large->size;
            content.is_binary = true;
            return content;
        }
    }
    TRY(const auto info, source.find_info(id));
    if (!info) return Error{Code::kCorrupt, "An object of the repository is missing.", Reason::kNone, "blob " + id.hex()};
    content.size = info->size;
    content.is_binary = info->size > options.max_file_octets;
    if (content.is_binary) return content;
    TRY(content.text, need_object(source, id, ObjectType::kBlob));
    content.is_binary = detail::is_binary(content.text);
    return content;
}

/// Collects everything but the file header, which we write ourselves.
int take_line(const git_diff_delta*, const git_diff_hunk*, const git_diff_line* line, void* payload) {
    auto& diff = *static_cast<FileDiff*>(payload);
    auto& out = diff.text;
    const char origin = line->origin;
    diff.added += origin == GIT_DIFF_LINE_ADDITION ? 1 : 0;
    diff.removed += origin == GIT_DIFF_LINE_DELETION ? 1 : 0;
    if (origin == GIT_DIFF_LINE_FILE_HDR || origin == GIT_DIFF_LINE_BINARY) return 0;
    if (origin == GIT_DIFF_LINE_CONTEXT || origin == GIT_DIFF_LINE_ADDITION || origin == GIT_DIFF_LINE_DELETION) out += origin;
    out.append(line->content, line->content_len);
    return 0;
}

Result<FileDiff> hunks_of(const Bytes& before, const Bytes& after) {
    detail::start_libgit2();
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_FORCE_TEXT;
    git_patch* patch = nullptr;
    if (git_patch_from_buffers(&patch, before.data(), before.size(), nullptr, after.data(), after.size(), nullptr, &options) != 0)
        return detail::libgit2_error("git_patch_from_buffers");
    FileDiff diff;
    const int failed = git_patch_print(patch, take_line, &diff);
    git_patch_free(patch);
    if (failed != 0) return detail::libgit2_error("git_patch_print");
    return diff;
}

std::string headers_of(const Change& change) {
    std::string text = "diff --git " + quoted("a/" + change.old_path) + " " + quoted("b/" + change.new_path) + "\n";
    if (change.old_mode == 0) text += "new file mode " + octal(change.new_mode) + "\n";
    if (change.new_mode == 0) text += "deleted file mode " + octal(change.old_mode) + "\n";
    const bool both = change.old_mode != 0 && change.new_mode != 0;
    if (both && change.old_mode != change.new_mode)
        text += "old mode " + octal(change.old_mode) + "\nnew mode " + octal(change.new_mode) + "\n";
    if (change.kind == ChangeKind::kRenamed)
        text += "similarity index " + std::to_string(change.similarity) + "%\nrename from " + quoted(change.old_path) +
                "\nrename to " + quoted(change.new_path) + "\n";
    if (change.old_id != change.new_id)
        text += "index " + change.old_id.hex().substr(0, 7) + ".." + change.new_id.hex().substr(0, 7) +
                (both && change.old_mode == change.new_mode ? " " + octal(change.new_mode) : "") + "\n";
    return text;
}

Result<FileDiff> diff_of(ObjectSource& source, const Change& change, const DiffOptions& options) {
    FileDiff diff;
    diff.text = headers_of(change);
    if (change.old_id == change.new_id) return diff;
    TRY(const auto before, load_content(source, change.old_mode, change.old_id, options));
    TRY(const auto after, load_content(source, change.new_mode, change.new_id, options));
    const std::string old_name = change.old_mode == 0 ? "/dev/null" : quoted("a/" + change.old_path);
    const std::string new_name = change.new_mode == 0 ? "/dev/null" : quoted("b/" + change.new_path);
    const bool hidden = (before.is_binary && before.text.empty()) || (after.is_binary && after.text.empty());
    if (hidden || detail::is_binary(before.text) || detail::is_binary(after.text)) {
        diff.is_binary = true;
        diff.text += "Binary files " + old_name + " and " + new_name + " differ\n";
        return diff;
    }
    TRY(auto hunks, hunks_of(before.text, after.text));
    if (hunks.text.empty()) return diff;
    // A blank in a name would end it for patch(1); git marks the end with a tab.
    const auto line = [](std::string_view mark, const std::string& name) {
        return std::string(mark) + name + (name.find(' ') != std::string::npos ? "\t\n" : "\n");
    };
    hunks.text = diff.text + line("--- ", old_name) + line("+++ ", new_name) + hunks.text;
    return hunks;
}

/// git prints a change of type as a removal and an addition.
std::vector<Change> split_type_changes(const std::vector<Change>& changes) {
    std::vector<Change> split;
    for (const auto& change : changes) {
        if (change.kind != ChangeKind::kTypeChanged) {
            split.push_back(change);
            continue;
        }
        split.push_back({ChangeKind::kDeleted, change.old_path, change.old_path, change.old_mode, 0, change.old_id, {}, 0});
        split.push_back({ChangeKind::kAdded, change.new_path, change.new_path, 0, change.new_mode, {}, change.new_id, 0});
    }
    return split;
}

}  // namespace

Result<FileDiff> file_diff(ObjectSource& source, const Change& change, const DiffOptions& options) {
    FileDiff whole;
    for (const auto& part : split_type_changes({change})) {
        TRY(const auto one, diff_of(source, part, options));
        whole.text += one.text;
        whole.is_binary = whole.is_binary || one.is_binary;
        whole.added += one.added;
        whole.removed += one.removed;
    }
    return whole;
}

Result<std::string> unified_diff(ObjectSource& source, const std::vector<Change>& changes, const DiffOptions& options) {
    std::string text;
    const auto parts = split_type_changes(changes);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        TRY(const auto one, diff_of(source, parts[i], options));
        if (text.size() + one.text.size() > options.max_octets)
            return text + "The rest is too large to be shown here: " + std::to_string(parts.size() - i) + " more changes.\n";
        text += one.text;
    }
    return text;
}

Result<std::string> raw_diff(ObjectSource& source, const std::vector<Change>& changes, const DiffOptions& options) {
    std::string text;
    for (const auto& change : changes) {
        const bool exists = change.new_mode != 0;
        TRY(const auto content,
            load_content(source, exists ? change.new_mode : change.old_mode, exists ? change.new_id : change.old_id, options));
        text += std::string(content.is_binary ? "B " : "T ") + std::to_string(content.size) + "\t:" + octal(change.old_mode) +
                " " + octal(change.new_mode) + " " + change.old_id.hex() + "... " + change.new_id.hex() + "... " +
                static_cast<char>(change.kind);
        char score[8];
        std::snprintf(score, sizeof score, "%03d", change.similarity);
        const bool renamed = change.kind == ChangeKind::kRenamed;
        text +=
            (renamed ? score : "") + ("\t" + quoted(change.old_path)) + (renamed ? "\t" + quoted(change.new_path) : "") + "\n";
    }
    return text;
}

}  // namespace mirfa::git
