// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mirfa::format {

/// Matches a path against one of git's patterns: `*` and `?` stop at `/`, a `**` between slashes spans folders, [a-z],
/// [!a], [[:space:]] and `\` work as in git. The time is bounded by the product of both lengths.
bool wildmatch(std::string_view pattern, std::string_view path);

/// A pattern that stands in a file of folder `folder` ("" is the root): one without `/` is matched against the last
/// part of `path`, another against what follows the folder.
/// Takes: `pattern` without a trailing `/`; a leading one anchors it.
bool matches_below(std::string_view folder, std::string_view pattern, std::string_view path);

}  // namespace mirfa::format
