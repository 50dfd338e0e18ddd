// SPDX-License-Identifier: Apache-2.0
#include "git/line_diff.h"

#include <git2.h>

#include <algorithm>
#include <memory>

#include "git/detail/libgit2.h"

namespace mirfa::git {
namespace {

struct PatchFree {
    void operator()(git_patch* patch) const { git_patch_free(patch); }
};
using Patch = std::unique_ptr<git_patch, PatchFree>;

/// The first line of a hunk's side from 0. A side without lines is given by the line before it.
std::size_t first_line(int start, int lines) { return static_cast<std::size_t>(lines == 0 ? start : start - 1); }

}  // namespace

std::size_t count_lines(ByteView text) {
    const auto newlines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    return newlines + (text.empty() || text.back() == '\n' ? 0 : 1);
}

Result<std::vector<CommonLines>> common_lines(ByteView before, ByteView after) {
    detail::start_libgit2();
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_FORCE_TEXT;
    options.context_lines = 0;
    git_patch* made = nullptr;
    if (git_patch_from_buffers(&made, before.data(), before.size(), nullptr, after.data(), after.size(), nullptr, &options) != 0)
        return detail::libgit2_error("git_patch_from_buffers");
    const Patch patch(made);
    std::vector<CommonLines> common;
    CommonLines next;
    const auto add_until = [&](std::size_t line) {
        next.count = line - next.before;
        if (next.count > 0) common.push_back(next);
    };
    for (std::size_t i = 0; i < git_patch_num_hunks(patch.get()); ++i) {
        const git_diff_hunk* hunk = nullptr;
        if (git_patch_get_hunk(&hunk, nullptr, patch.get(), i) != 0) return detail::libgit2_error("git_patch_get_hunk");
        const auto old_first = first_line(hunk->old_start, hunk->old_lines);
        add_until(old_first);
        next.before = old_first + static_cast<std::size_t>(hunk->old_lines);
        next.after = first_line(hunk->new_start, hunk->new_lines) + static_cast<std::size_t>(hunk->new_lines);
    }
    add_until(count_lines(before));
    return common;
}

}  // namespace mirfa::git
