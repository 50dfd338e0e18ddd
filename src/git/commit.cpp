// SPDX-License-Identifier: Apache-2.0
#include "git/commit.h"

#include <charconv>
#include <cstdio>

#include "base/ascii.h"

namespace mirfa::git {
namespace {

Error damaged(std::string_view what) {
    return Error{Code::kCorrupt, "A commit or tag object is damaged.", Reason::kNone, std::string(what)};
}

/// One `key value` line of the head; lines that begin with a blank continue the one before.
struct Line {
    std::string_view key;
    std::string_view value;
};

/// Takes the next header line off `rest`; an empty key is the blank line before the message.
Result<Line> next_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return damaged("head without an end");
    auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    while (!line.empty() && rest.starts_with(' ')) {
        const auto more = rest.find('\n');
        if (more == std::string_view::npos) return damaged("head without an end");
        rest.remove_prefix(more + 1);
    }
    if (line.empty()) return Line{};
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos || blank == 0) return damaged("header line");
    return Line{line.substr(0, blank), line.substr(blank + 1)};
}

template <class Number>
bool to_number(std::string_view text, Number& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

/// `Name <mail> 1700000000 +0100`; history holds odd ones, so what is missing is left empty.
Identity parse_identity(std::string_view text) {
    Identity who;
    const auto open = text.find('<');
    const auto close = text.rfind('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        who.name = std::string(ascii_trim(text));
        return who;
    }
    who.name = std::string(ascii_trim(text.substr(0, open)));
    who.email = std::string(text.substr(open + 1, close - open - 1));
    const auto rest = split(ascii_trim(text.substr(close + 1)), ' ');
    to_number(rest[0], who.time);
    int zone = 0;
    if (rest.size() > 1 && rest[1].size() == 5 && to_number(rest[1].substr(1), zone)) {
        who.offset_minutes = zone / 100 * 60 + zone % 100;
        if (rest[1][0] == '-') who.offset_minutes = -who.offset_minutes;
    }
    return who;
}

std::string clean(std::string_view text) {
    std::string kept;
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 && c != '<' && c != '>') kept += c;
    return std::string(ascii_trim(kept));
}

std::string write_identity(const Identity& who) {
    char zone[16];
    const int minutes = who.offset_minutes < 0 ? -who.offset_minutes : who.offset_minutes;
    std::snprintf(zone, sizeof zone, " %c%02d%02d", who.offset_minutes < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
    return clean(who.name) + " <" + clean(who.email) + "> " + std::to_string(who.time) + zone;
}

std::string write_message(std::string_view message) {
    std::string text(message);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::erase(text, '\0');
    return text + "\n";
}

}  // namespace

Result<Commit> parse_commit(std::string_view data) {
    Commit commit;
    bool has_tree = false;
    for (;;) {
        TRY(const auto line, next_line(data));
        if (line.key.empty()) break;
        if (line.key == "tree") {
            TRY(commit.tree, ObjectId::parse(line.value));
            has_tree = true;
        } else if (line.key == "parent") {
            TRY(const auto parent, ObjectId::parse(line.value));
            commit.parents.push_back(parent);
        } else if (line.key == "author") {
            commit.author = parse_identity(line.value);
        } else if (line.key == "committer") {
            commit.committer = parse_identity(line.value);
        }
    }
    if (!has_tree) return damaged("commit without a tree");
    commit.message = std::string(data);
    return commit;
}

std::string write_commit(const Commit& commit) {
    std::string text = "tree " + commit.tree.hex() + "\n";
    for (const auto& parent : commit.parents) text += "parent " + parent.hex() + "\n";
    text += "author " + write_identity(commit.author) + "\n";
    text += "committer " + write_identity(commit.committer) + "\n\n";
    return text + write_message(commit.message);
}

Result<Tag> parse_tag(std::string_view data) {
    Tag tag;
    bool has_object = false;
    for (;;) {
        TRY(const auto line, next_line(data));
        if (line.key.empty()) break;
        if (line.key == "object") {
            TRY(tag.target, ObjectId::parse(line.value));
            has_object = true;
        } else if (line.key == "type") {
            for (const auto type : {ObjectType::kCommit, ObjectType::kTree, ObjectType::kBlob, ObjectType::kTag})
                if (name_of(type) == line.value) tag.target_type = type;
        } else if (line.key == "tag") {
            tag.name = std::string(line.value);
        } else if (line.key == "tagger") {
            tag.tagger = parse_identity(line.value);
        }
    }
    if (!has_object) return damaged("tag without an object");
    tag.message = std::string(data);
    return tag;
}

std::string write_tag(const Tag& tag) {
    return "object " + tag.target.hex() + "\ntype " + std::string(name_of(tag.target_type)) + "\ntag " + tag.name +
           "\ntagger " + write_identity(tag.tagger) + "\n\n" + write_message(tag.message);
}

std::string_view title_of(std::string_view message) {
    while (message.starts_with('\n')) message.remove_prefix(1);
    return ascii_trim(message.substr(0, message.find('\n')));
}

std::string_view description_of(std::string_view message) {
    while (message.starts_with('\n')) message.remove_prefix(1);
    const auto end = message.find('\n');
    return end == std::string_view::npos ? std::string_view{} : ascii_trim(message.substr(end));
}

}  // namespace mirfa::git
