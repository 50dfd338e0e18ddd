// SPDX-License-Identifier: Apache-2.0
#include "api/router.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/percent.h"
#include "hub/access/names.h"

namespace mirfa::api {
namespace {

enum class Word { kLiteral, kValue, kRest, kTypes, kRepo, kRepoGit, kId };

struct PatternPart {
    Word word;
    std::string text;  // the literal, or the name of the value
};

PatternPart parse_word(std::string_view word) {
    if (word == "{types}") return {Word::kTypes, ""};
    if (word == "{repo}") return {Word::kRepo, ""};
    if (word == "{repo}.git") return {Word::kRepoGit, ""};
    if (word == "{id}") return {Word::kId, ""};
    if (word.ends_with("*}")) return {Word::kRest, ""};
    if (word.starts_with('{')) return {Word::kValue, std::string(word.substr(1, word.size() - 2))};
    return {Word::kLiteral, std::string(word)};
}

std::string_view without_git(std::string_view name) {
    if (name.ends_with(".git")) name.remove_suffix(4);
    return name;
}

using Parts = std::span<const PatternPart>;
using Segments = std::span<const std::string>;

bool match_parts(Parts parts, Segments segments, PathParts& path);

bool match_repo(Parts parts, Segments segments, PathParts& path) {
    PathParts with_type = path;
    Segments rest = segments;
    if (!segments.empty()) {
        if (const auto type = type_of_plural(segments[0])) {
            with_type.type = *type;
            rest = segments.subspan(1);
        }
    }
    if (rest.size() < 2 || hub::is_reserved_name(rest[0])) return false;
    with_type.owner = rest[0];
    with_type.name = parts[0].word == Word::kRepoGit ? without_git(rest[1]) : std::string_view(rest[1]);
    if (!match_parts(parts.subspan(1), rest.subspan(2), with_type)) return false;
    path = std::move(with_type);
    return true;
}

bool match_parts(Parts parts, Segments segments, PathParts& path) {
    if (parts.empty()) return segments.empty() || (segments.size() == 1 && segments[0].empty());
    const auto& part = parts[0];
    if (part.word == Word::kRest) {
        path.rest.assign(segments.begin(), segments.end());
        while (!path.rest.empty() && path.rest.back().empty()) path.rest.pop_back();  // a slash at the end
        return true;
    }
    if (part.word == Word::kRepo || part.word == Word::kRepoGit) return match_repo(parts, segments, path);
    if (segments.empty()) return false;
    switch (part.word) {
        case Word::kLiteral:
            if (segments[0] != part.text) return false;
            break;
        case Word::kTypes: {
            const auto type = type_of_plural(segments[0]);
            if (!type) return false;
            path.type = *type;
            break;
        }
        case Word::kId:
            if (segments.size() < 2) return false;
            path.owner = segments[0];
            path.name = segments[1];
            return match_parts(parts.subspan(1), segments.subspan(2), path);
        case Word::kValue:
            if (segments[0].empty()) return false;
            path.values[part.text] = segments[0];
            break;
        case Word::kRest:
        case Word::kRepo:
        case Word::kRepoGit: return false;  // handled above
    }
    return match_parts(parts.subspan(1), segments.subspan(1), path);
}

Result<std::vector<std::string>> decode_segments(std::string_view raw_path) {
    if (raw_path.starts_with('/')) raw_path.remove_prefix(1);
    std::vector<std::string> segments;
    for (const auto raw : split(raw_path, '/')) {
        TRY(auto decoded, percent_decode(raw));
        if (decoded.find('\0') != std::string::npos) return Error{Code::kInvalidArgument, "The address holds a NUL character."};
        segments.push_back(std::move(decoded));
    }
    return segments;
}

}  // namespace

struct Router::Compiled {
    const Route* route;
    std::vector<PatternPart> parts;
};

Router::Router() = default;
Router::~Router() = default;

void Router::add(std::span<const Route> routes) {
    for (const auto& route : routes) {
        Compiled compiled{&route, {}};
        const std::string_view pattern = std::string_view(route.pattern).substr(1);
        if (!pattern.empty())
            for (const auto word : split(pattern, '/')) compiled.parts.push_back(parse_word(word));
        routes_.push_back(&route);
        compiled_.push_back(std::move(compiled));
    }
}

Result<Router::Match> Router::match(http::Verb verb, std::string_view raw_path) const {
    TRY(const auto segments, decode_segments(raw_path));
    Match match;
    const auto wanted = verb == http::Verb::kHead ? http::Verb::kGet : verb;
    for (const auto& compiled : compiled_) {
        const auto& first = compiled.parts.empty() ? PatternPart{Word::kRest, ""} : compiled.parts[0];
        if (first.word == Word::kLiteral && segments[0] != first.text) continue;  // most rows end here
        const bool right_verb = compiled.route->verb == verb || compiled.route->verb == wanted;
        if (!right_verb && match.other_verb) continue;
        PathParts path;
        if (!match_parts(compiled.parts, segments, path)) continue;
        if (!right_verb) {
            match.other_verb = true;
            continue;
        }
        match.route = compiled.route;
        match.path = std::move(path);
        return match;
    }
    return match;
}

std::string Router::verbs_at(std::string_view raw_path) const {
    const auto segments = decode_segments(raw_path);
    std::string list;
    for (const auto verb :
         {http::Verb::kGet, http::Verb::kHead, http::Verb::kPost, http::Verb::kPut, http::Verb::kPatch, http::Verb::kDelete}) {
        const auto wanted = verb == http::Verb::kHead ? http::Verb::kGet : verb;
        const bool known = segments.has_value() && std::ranges::any_of(compiled_, [&](const Compiled& compiled) {
                               PathParts path;
                               const auto own = compiled.route->verb;
                               return (own == verb || own == wanted) && match_parts(compiled.parts, segments.value(), path);
                           });
        if (known) list.append(list.empty() ? "" : ", ").append(http::name_of(verb));
    }
    return list;
}

}  // namespace mirfa::api
