// SPDX-License-Identifier: Apache-2.0
#include "format/wildmatch.h"

#include <cstddef>

namespace mirfa::format {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kWild = "*?[\\";

bool between(unsigned char c, unsigned char low, unsigned char high) { return c >= low && c <= high; }

/// Membership in a named class such as `space`, in ASCII.
bool in_named_class(std::string_view name, unsigned char c) {
    const bool digit = between(c, '0', '9');
    const bool lower = between(c, 'a', 'z');
    const bool upper = between(c, 'A', 'Z');
    const bool graph = between(c, 0x21, 0x7e);
    if (name == "alnum") return digit || lower || upper;
    if (name == "alpha") return lower || upper;
    if (name == "blank") return c == ' ' || c == '\t';
    if (name == "cntrl") return c < 0x20 || c == 0x7f;
    if (name == "digit") return digit;
    if (name == "graph") return graph;
    if (name == "lower") return lower;
    if (name == "print") return graph || c == ' ';
    if (name == "punct") return graph && !(digit || lower || upper);
    if (name == "space") return c == ' ' || between(c, '\t', '\r');
    if (name == "upper") return upper;
    if (name == "xdigit") return digit || between(c, 'a', 'f') || between(c, 'A', 'F');
    return false;
}

/// A `[…]` of a pattern, read while a character is held against it.
class Class {
public:
    /// Takes: what follows the `[`.
    Class(std::string_view rest, unsigned char c) : rest_(rest), c_(c) { closed_ = read(); }
    /// False when the bracket is never closed: the pattern then matches nothing.
    bool closed() const { return closed_; }
    bool matches() const { return found_ != negated_; }
    /// Length of the class behind its `[`.
    std::size_t length() const { return at_; }

private:
    bool read() {
        negated_ = !rest_.empty() && (rest_[0] == '!' || rest_[0] == '^');
        at_ = negated_ ? 1 : 0;
        const std::size_t first = at_;  // a `]` here stands for itself
        while (at_ < rest_.size()) {
            if (rest_[at_] == ']' && at_ > first) return ++at_ > 0;
            if (!take_named() && !take_range()) return false;
        }
        return false;
    }
    /// `[:name:]`
    bool take_named() {
        if (!rest_.substr(at_).starts_with("[:")) return false;
        const auto close = rest_.find(']', at_);
        if (close == kNone || close < at_ + 3 || rest_[close - 1] != ':') return false;
        found_ = found_ || in_named_class(rest_.substr(at_ + 2, close - at_ - 3), c_);
        at_ = close + 1;
        return true;
    }
    /// `a-z`, or `a` alone
    bool take_range() {
        unsigned char low = 0;
        if (!take_character(low)) return false;
        unsigned char high = low;
        const bool is_range = at_ + 1 < rest_.size() && rest_[at_] == '-' && rest_[at_ + 1] != ']';
        if (is_range) {
            ++at_;
            if (!take_character(high)) return false;
        }
        found_ = found_ || c_ == low || between(c_, low, high);  // as in git, the first matches even in a range like z-a
        return true;
    }
    bool take_character(unsigned char& c) {
        if (rest_[at_] == '\\') ++at_;
        if (at_ == rest_.size()) return false;
        c = static_cast<unsigned char>(rest_[at_++]);
        return true;
    }

    std::string_view rest_;
    unsigned char c_;
    std::size_t at_ = 0;
    bool negated_ = false;
    bool found_ = false;
    bool closed_ = false;
};

/// Walks pattern and path side by side. Of the stars passed so far only the last `*` and the last `**/` need to be
/// tried again with more: whatever an earlier one could give up, a later one can take.
class Matcher {
public:
    Matcher(std::string_view pattern, std::string_view path, MatchBudget& budget)
        : pattern_(pattern), path_(path), budget_(budget) {}

    bool run() {
        for (;;) {
            if (--budget_.steps <= 0) return false;
            if (p_ == pattern_.size() && t_ == path_.size()) return true;
            const bool star = p_ < pattern_.size() && pattern_[p_] == '*';
            if (star && take_stars()) return true;
            if (!star && !take_one() && !try_again()) return false;
        }
    }

private:
    /// Gives: true when the pattern ends in `**`, which takes all the rest.
    bool take_stars() {
        std::size_t after = p_;
        while (after < pattern_.size() && pattern_[after] == '*') ++after;
        const bool starts_part = p_ == 0 || pattern_[p_ - 1] == '/';
        const bool deep = after - p_ >= 2 && starts_part && (after == pattern_.size() || pattern_[after] == '/');
        if (deep && after == pattern_.size()) return true;
        if (deep) {  // `**/` takes no folder, or all up to and with some `/`
            deep_p_ = after + 1;
            deep_t_ = t_;
            star_p_ = kNone;
            p_ = deep_p_;
        } else {
            star_p_ = after;
            star_t_ = t_;
            p_ = after;
        }
        return false;
    }
    bool take_one() {
        if (p_ == pattern_.size() || t_ == path_.size()) return false;
        const char c = path_[t_];
        std::size_t length = 1;
        if (pattern_[p_] == '?') {
            if (c == '/') return false;
        } else if (pattern_[p_] == '[') {
            const Class set(pattern_.substr(p_ + 1), static_cast<unsigned char>(c));
            budget_.steps -= static_cast<std::int64_t>(set.length());
            if (c == '/' || !set.closed() || !set.matches()) return false;
            length += set.length();
        } else {
            if (pattern_[p_] == '\\' && ++length && p_ + 1 == pattern_.size()) return false;
            if (pattern_[p_ + length - 1] != c) return false;
        }
        p_ += length;
        ++t_;
        return true;
    }
    /// Gives the last star one character more, or else the last `**/` one folder more.
    bool try_again() {
        if (star_p_ != kNone && star_t_ < path_.size() && path_[star_t_] != '/') {
            t_ = ++star_t_;
            p_ = star_p_;
            return true;
        }
        const auto slash = deep_p_ == kNone ? kNone : path_.find('/', deep_t_);
        if (slash == kNone) return false;
        t_ = deep_t_ = slash + 1;
        p_ = deep_p_;
        star_p_ = kNone;
        return true;
    }

    std::string_view pattern_;
    std::string_view path_;
    MatchBudget& budget_;
    std::size_t p_ = 0;
    std::size_t t_ = 0;
    std::size_t star_p_ = kNone;
    std::size_t star_t_ = 0;
    std::size_t deep_p_ = kNone;
    std::size_t deep_t_ = 0;
};

}  // namespace

bool wildmatch(std::string_view pattern, std::string_view path) {
    MatchBudget unlimited;
    return wildmatch(pattern, path, unlimited);
}
bool wildmatch(std::string_view pattern, std::string_view path, MatchBudget& budget) {
    return Matcher(pattern, path, budget).run();
}

bool is_literal(std::string_view pattern) { return pattern.find_first_of(kWild) == kNone; }

bool matches_below(std::string_view folder, std::string_view pattern, std::string_view path) {
    MatchBudget unlimited;
    return matches_below(folder, pattern, path, unlimited);
}
bool matches_below(std::string_view folder, std::string_view pattern, std::string_view path, MatchBudget& budget) {
    budget.steps -= 1 + static_cast<std::int64_t>((pattern.size() + path.size()) / 16);  // for the searches below
    if (budget.spent()) return false;
    if (!folder.empty()) {
        if (path.size() <= folder.size() || !path.starts_with(folder) || path[folder.size()] != '/') return false;
        path.remove_prefix(folder.size() + 1);
    }
    if (pattern.find('/') == kNone) return wildmatch(pattern, path.substr(path.rfind('/') + 1), budget);
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    // git compares the part without wildcards first and matches the rest as a pattern of its own. It shows: the `**` of
    // `a**/b` then stands at the start, spans folders, and `ax/y/b` matches.
    const auto fixed = pattern.substr(0, pattern.find_first_of(kWild));
    if (!path.starts_with(fixed)) return false;
    return wildmatch(pattern.substr(fixed.size()), path.substr(fixed.size()), budget);
}

}  // namespace mirfa::format
