// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mirfa::format {

/// What matching many patterns against many paths may still cost; a step is some nanoseconds. When nothing is left every
/// match says no, so whoever hands one over looks at it in the end.
struct MatchBudget {
    std::int64_t steps = INT64_MAX;
    bool spent() const { return steps <= 0; }
};

/// Matches a path against one of git's patterns: `*` and `?` stop at `/`, a `**` between slashes spans folders, [a-z],
/// [!a], [[:space:]] and `\` work as in git. The time is bounded by the product of both lengths.
bool wildmatch(std::string_view pattern, std::string_view path);
bool wildmatch(std::string_view pattern, std::string_view path, MatchBudget& budget);

/// A pattern that stands in a file of folder `folder` ("" is the root): one without `/` is matched against the last
/// part of `path`, another against what follows the folder.
/// Takes: `pattern` without a trailing `/`; a leading one anchors it.
bool matches_below(std::string_view folder, std::string_view pattern, std::string_view path);
bool matches_below(std::string_view folder, std::string_view pattern, std::string_view path, MatchBudget& budget);
/// Does the pattern mean nothing but its own letters?
bool is_literal(std::string_view pattern);

}  // namespace mirfa::format
