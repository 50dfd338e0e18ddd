// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checkpoint/convert.h"

namespace mirfa::checkpoint {

/// Everything about a conversion, a row for each tensor.
/// Gives: a JSON object with the members source, target, mapped, tied, dropped, missing, unexpected, mismatched,
///        round_trip_max_abs (null before it ran), dtype_changes, notes, and rows.
std::string report_json(const Conversion& conversion);

/// Octets of a report in Markdown: the text of a comment at the hub, with room for what the hub says below it.
inline constexpr std::size_t kMaxMarkdown = 63u << 10;

enum class TensorTable { kLeftOut, kFolded };

/// The same for people, in Markdown, short enough for the text of a pull request: counts, what was proved, what was tied,
/// dropped, guessed, missing, and when asked for a folded table with a row for each tensor, guessed ones first.
/// What `max_octets` has no room for is counted: "and 12 more".
std::string report_markdown(const Conversion& conversion, TensorTable table, std::size_t max_octets = kMaxMarkdown);

}  // namespace mirfa::checkpoint
