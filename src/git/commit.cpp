// SPDX-License-Identifier: Apache-2.0
#include "git/commit.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/ascii.h"

namespace mirfa::git {
namespace {

Error damaged(std::string_view what) {
    return Error{Code::kCorrupt, "A commit or tag object is damaged.", Reason::kNone, std::string(what)};
}

/// The lines of an object's head, one after the other. A line that begins with a blank continues the one before.
class Head {
public:
    explicit Head(std::string_view data) : rest_(data) {}

    /// The value of the next line if that is its key; else nothing is taken.
    std::optional<std::string_view> take(std::string_view key) {
        if (!rest_.starts_with(key) || rest_.substr(key.size(), 1) != " ") return std::nullopt;
        return take_line().substr(key.size() + 1);
    }
    /// Skips what is left of the head; gives the message. An object may end with its head.
    Result<std::string_view> message() {
        while (!rest_.empty() && rest_.front() != '\n') take_line();
        if (!ended_well_) return damaged("head without an end");
        return rest_.substr(rest_.empty() ? 0 : 1);
    }

private:
    std::string_view take_line() {
        const auto line = rest_.substr(0, rest_.find('\n'));
        ended_well_ = line.size() < rest_.size();
        rest_.remove_prefix(line.size() + (ended_well_ ? 1 : 0));
        return line;
    }

    std::string_view rest_;
    bool ended_well_ = true;
};

/// Most of what is not UTF-8 in old histories is ISO-8859-1; whatever it is, this makes it readable and valid.
std::string to_utf8(std::string_view text) {
    if (is_utf8(text)) return std::string(text);
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x80) out += static_cast<char>(0xc0 | octet >> 6);
        out += octet < 0x80 ? c : static_cast<char>(0x80 | (octet & 0x3f));
    }
    return out;
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
        who.name = to_utf8(ascii_trim(text));
        return who;
    }
    who.name = to_utf8(ascii_trim(text.substr(0, open)));
    who.email = to_utf8(text.substr(open + 1, close - open - 1));
    const auto rest = split(ascii_trim(text.substr(close + 1)), ' ');
    to_number(rest[0], who.time);
    int zone = 0;
    if (rest.size() > 1 && rest[1].size() == 5 && to_number(rest[1].substr(1), zone)) {
        who.offset_minutes = zone / 100 * 60 + zone % 100;
        if (rest[1][0] == '-') who.offset_minutes = -who.offset_minutes;
    }
    return who;
}

/// What git drops at both ends of a name (ident.c calls it crud).
bool is_crud(char c) {
    return static_cast<unsigned char>(c) <= 0x20 || std::string_view(".,:;<>\"\\'").find(c) != std::string_view::npos;
}

std::string clean(std::string_view text) {
    std::string kept;
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '<' && c != '>') kept += c;
    std::string_view rest = kept;
    while (!rest.empty() && is_crud(rest.front())) rest.remove_prefix(1);
    while (!rest.empty() && is_crud(rest.back())) rest.remove_suffix(1);
    return std::string(rest);
}

std::string write_identity(const Identity& who) {
    const int offset = std::clamp(who.offset_minutes, -14 * 60, 14 * 60);
    const int minutes = std::abs(offset);
    char zone[16];
    std::snprintf(zone, sizeof zone, " %c%02d%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    const std::string name = clean(who.name);
    return (name.empty() ? "unknown" : name) + " <" + clean(who.email) + "> " +
           std::to_string(std::max<std::int64_t>(who.time, 0)) + zone;
}

std::string write_message(std::string_view message) {
    std::string text(message);
    std::erase(text, '\0');
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text + "\n";
}

Result<ObjectId> parse_id(std::string_view hex) {
    auto id = ObjectId::parse(hex);
    if (!id.has_value()) return damaged("object id");
    return id;
}

Result<ObjectType> parse_type(std::string_view name) {
    for (const auto type : {ObjectType::kCommit, ObjectType::kTree, ObjectType::kBlob, ObjectType::kTag})
        if (name_of(type) == name) return type;
    return damaged("type of a tag's target");
}

}  // namespace

Result<Commit> parse_commit(std::string_view data) {
    Commit commit;
    Head head(data);
    const auto tree = head.take("tree");
    if (!tree) return damaged("commit without a tree");
    TRY(commit.tree, parse_id(*tree));
    while (const auto parent = head.take("parent")) {
        TRY(const auto id, parse_id(*parent));
        commit.parents.push_back(id);
    }
    if (const auto author = head.take("author")) commit.author = parse_identity(*author);
    if (const auto committer = head.take("committer")) commit.committer = parse_identity(*committer);
    TRY(const auto message, head.message());
    commit.message = to_utf8(message);
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
    Head head(data);
    const auto target = head.take("object");
    if (!target) return damaged("tag without an object");
    TRY(tag.target, parse_id(*target));
    const auto type = head.take("type");
    if (!type) return damaged("tag without a type");
    TRY(tag.target_type, parse_type(*type));
    if (const auto name = head.take("tag")) tag.name = to_utf8(*name);
    if (const auto tagger = head.take("tagger")) tag.tagger = parse_identity(*tagger);
    TRY(const auto message, head.message());
    tag.message = to_utf8(message);
    return tag;
}

std::string write_tag(const Tag& tag) {
    return "object " + tag.target.hex() + "\ntype " + std::string(name_of(tag.target_type)) + "\ntag " + tag.name + "\ntagger " +
           write_identity(tag.tagger) + "\n\n" + write_message(tag.message);
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
