// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/wildmatch.h"

namespace mirfa::format {

/// What the rules say about git-lfs for a path.
enum class LfsRule {
    kNone,    ///< no rule speaks of the path's filter
    kLfs,     ///< the last rule that does says `filter=lfs`
    kNotLfs,  ///< it says something else: `-filter`, `!filter`, `filter=other`
};

/// The `filter` rules of one or more .gitattributes files. Threads: reading, any.
class GitAttributes {
public:
    GitAttributes() = default;
    explicit GitAttributes(std::string_view root_file) { add(root_file); }
    /// Adds the file of a folder (`a/b`, "" for the root). Add parents before children: later rules win.
    /// Lines that git would ignore are ignored; macros are not expanded.
    void add(std::string_view text, std::string_view folder = "");
    LfsRule lfs_rule(std::string_view path) const;
    LfsRule lfs_rule(std::string_view path, MatchBudget& budget) const;
    bool is_lfs(std::string_view path) const { return lfs_rule(path) == LfsRule::kLfs; }
    bool is_lfs(std::string_view path, MatchBudget& budget) const { return lfs_rule(path, budget) == LfsRule::kLfs; }

private:
    struct Rule {
        std::size_t number;  ///< in the order they were added
        std::string folder;
        std::string pattern;
        LfsRule says;
    };
    struct Literal {
        std::size_t number;
        LfsRule says;
    };
    using Literals = std::unordered_map<std::string, Literal>;
    void add_line(std::string_view line, std::string_view folder);
    void add_literal(std::string_view pattern, std::string_view folder, LfsRule says);

    std::size_t count_ = 0;
    std::vector<Rule> rules_;  ///< with wildcards
    // Rules for one file each, as commits of large files add them: looked up, because there may be thousands.
    Literals paths_;
    std::unordered_map<std::string, Literals> names_;  ///< by folder, then the file's name at any depth below it
};

enum class AttributesFor { kModel, kDataset, kSpace };
/// The .gitattributes that a new repository starts with.
const std::string& default_gitattributes(AttributesFor kind);

/// The pattern that means exactly this path, blanks and wildcards escaped.
std::string gitattributes_pattern(std::string_view path);
/// `text` with a line appended for each path that makes it an LFS file. (git ignores lines of more than 2,048 octets, so
/// a path near that length stays uncovered.)
std::string with_lfs_lines(std::string_view text, const std::vector<std::string_view>& paths);

}  // namespace mirfa::format
