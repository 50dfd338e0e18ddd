// SPDX-License-Identifier: Apache-2.0
#include "client/patterns.h"

#include <algorithm>
#include <vector>

namespace mirfa::client {
namespace {

/// Code points; an octet that is no UTF-8 stands for itself above all of them.
std::u32string decode(std::string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
        bool good = length > 0 && at + length <= text.size();
        char32_t value = length <= 1 ? first : first & (0xFF >> (length + 1));
        for (std::size_t i = 1; good && i < length; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            good = (next & 0xC0) == 0x80;
            value = (value << 6) | (next & 0x3F);
        }
        out += good ? value : 0x110000 + first;
        at += good ? length : 1;
    }
    return out;
}

struct Set {
    bool inverted = false;
    std::vector<std::pair<char32_t, char32_t>> ranges;
    bool has(char32_t c) const {
        return inverted != std::ranges::any_of(ranges, [c](const auto& r) { return r.first <= c && c <= r.second; });
    }
};

struct Element {
    enum class Kind { kOne, kAny, kMany, kSet } kind;
    char32_t one = 0;
    Set set;
};

/// Where the set that begins behind `[` at `start` ends: a `]` that is not its first member. Or npos: then `[` is a letter.
std::size_t end_of_set(const std::u32string& p, std::size_t start) {
    std::size_t at = start;
    if (at < p.size() && p[at] == U'!') ++at;
    if (at < p.size() && p[at] == U']') ++at;
    return p.find(U']', at);
}

Set read_set(std::u32string body) {
    Set set;
    if (body.starts_with(U'!')) {
        set.inverted = true;
        body.erase(0, 1);
    }
    for (std::size_t at = 0; at < body.size();) {
        if (at + 2 < body.size() && body[at + 1] == U'-') {
            if (body[at] <= body[at + 2]) set.ranges.emplace_back(body[at], body[at + 2]);  // a backward range is empty
            at += 3;
        } else {
            set.ranges.emplace_back(body[at], body[at]);
            ++at;
        }
    }
    return set;
}

std::vector<Element> compile(const std::u32string& p) {
    std::vector<Element> out;
    for (std::size_t at = 0; at < p.size(); ++at) {
        if (p[at] == U'*') {
            if (out.empty() || out.back().kind != Element::Kind::kMany) out.push_back({Element::Kind::kMany, 0, {}});
        } else if (p[at] == U'?') {
            out.push_back({Element::Kind::kAny, 0, {}});
        } else if (const auto end = p[at] == U'[' ? end_of_set(p, at + 1) : p.npos; end != p.npos) {
            out.push_back({Element::Kind::kSet, 0, read_set(p.substr(at + 1, end - at - 1))});
            at = end;
        } else {
            out.push_back({Element::Kind::kOne, p[at], {}});
        }
    }
    return out;
}

bool fits(const Element& element, char32_t c) {
    switch (element.kind) {
        case Element::Kind::kOne: return element.one == c;
        case Element::Kind::kAny: return true;
        case Element::Kind::kSet: return element.set.has(c);
        case Element::Kind::kMany: return false;
    }
    return false;
}

std::string with_slashes(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, '\\', '/');
    return out;
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& path) {
    return std::ranges::any_of(patterns, [&](const std::string& raw) {
        auto pattern = with_slashes(raw);
        if (pattern.ends_with('/')) pattern += '*';
        return fnmatch_case(path, pattern);
    });
}

}  // namespace

bool fnmatch_case(std::string_view text_octets, std::string_view pattern_octets) {
    const auto text = decode(text_octets);
    const auto pattern = compile(decode(pattern_octets));
    // On a mismatch the last `*` takes one character more; earlier ones never have to.
    std::size_t t = 0, p = 0, star = pattern.size(), taken = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p].kind == Element::Kind::kMany) {
            star = p++;
            taken = t;
        } else if (p < pattern.size() && fits(pattern[p], text[t])) {
            ++p, ++t;
        } else if (star < pattern.size()) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p].kind == Element::Kind::kMany) ++p;
    return p == pattern.size();
}

bool passes(const FileFilter& filter, std::string_view path) {
    const auto clean = with_slashes(path);
    if (filter.include && !any_matches(*filter.include, clean)) return false;
    return !any_matches(filter.exclude, clean);
}

}  // namespace mirfa::client
