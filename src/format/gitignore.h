// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/wildmatch.h"

namespace mirfa::format {

/// The rules of one or more .gitignore files. Threads: reading, any.
class GitIgnore {
public:
    GitIgnore() = default;
    explicit GitIgnore(std::string_view root_file) { add(root_file); }
    /// Adds the file of a folder (`a/b`, "" for the root). Add parents before children: later rules win.
    void add(std::string_view text, std::string_view folder = "");
    /// True for a file that git would not show: itself, or a folder above it, is excluded.
    bool is_ignored(std::string_view file_path) const;
    bool is_ignored(std::string_view file_path, MatchBudget& budget) const;

private:
    struct Rule {
        std::string folder;
        std::string pattern;
        bool includes;      ///< a `!` line
        bool folders_only;  ///< ends in `/`
    };
    void add_line(std::string_view line, std::string_view folder);
    bool excludes(std::string_view path, bool is_folder, MatchBudget& budget) const;

    std::vector<Rule> rules_;
};

}  // namespace mirfa::format
