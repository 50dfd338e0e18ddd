// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

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
    bool is_lfs(std::string_view path) const { return lfs_rule(path) == LfsRule::kLfs; }

private:
    struct Rule {
        std::string folder;
        std::string pattern;
        LfsRule says;
    };
    void add_line(std::string_view line, std::string_view folder);

    std::vector<Rule> rules_;
};

enum class AttributesFor { kModel, kDataset, kSpace };
/// The .gitattributes that a new repository starts with.
const std::string& default_gitattributes(AttributesFor kind);

/// The pattern that means exactly this path, blanks and wildcards escaped.
std::string gitattributes_pattern(std::string_view path);
/// `text` with a line appended that makes `path` an LFS file. (git ignores lines of more than 2,048 octets, so a path
/// near that length stays uncovered.)
std::string with_lfs_line(std::string_view text, std::string_view path);

}  // namespace mirfa::format
