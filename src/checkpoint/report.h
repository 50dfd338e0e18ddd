// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checkpoint/convert.h"

namespace mirfa::checkpoint {

/// Everything about a conversion, a row for each tensor.
/// Gives: a JSON object with the members source, target, mapped, tied, dropped, missing, unexpected, mismatched,
///        round_trip_max_abs (null before it ran), dtype_changes, notes, and rows.
std::string report_json(const Conversion& conversion);

/// The same for people, in Markdown, short enough for the text of a pull request: counts, what was proved, and what was
/// tied, dropped, guessed, missing.
std::string report_markdown(const Conversion& conversion);

}  // namespace mirfa::checkpoint
