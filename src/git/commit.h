// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "git/object.h"

namespace mirfa::git {

struct Identity {
    std::string name;
    std::string email;
    std::int64_t time = 0;   ///< Unix seconds
    int offset_minutes = 0;  ///< of the time zone, east positive
};

struct Commit {
    ObjectId tree;
    std::vector<ObjectId> parents;
    Identity author;
    Identity committer;
    std::string message;
};

/// Reads a commit object: tree, parents, author and committer in git's order; what follows them (encoding, gpgsig,
/// mergetag) is skipped, whatever it says. Text that is not UTF-8 is taken for ISO-8859-1, so all texts given are
/// UTF-8. Fails: kCorrupt.
Result<Commit> parse_commit(std::string_view data);
/// The object's content. Names and addresses lose what git forbids in them (an empty name becomes "unknown"), times and
/// zones are brought into git's range; the message ends with one newline.
std::string write_commit(const Commit& commit);

struct Tag {
    ObjectId target;
    ObjectType target_type = ObjectType::kCommit;
    std::string name;
    Identity tagger;
    std::string message;
};
Result<Tag> parse_tag(std::string_view data);
std::string write_tag(const Tag& tag);

/// First line, and what follows the blank line after it.
std::string_view title_of(std::string_view message);
std::string_view description_of(std::string_view message);

}  // namespace mirfa::git
