// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/card_facts.h>

#include <string_view>

#include "base/result.h"

namespace mirfa::card {

enum class EmissionRows {
    kLast,       ///< the last row: one training
    kAllOfRuns,  ///< of each run its last row, added up: a training that was resumed
};

/// Reads `emissions.csv` as CodeCarbon writes it, by the names of its columns. Its kilograms become the grams that cards
/// have.
/// Fails: kInvalidArgument with the line, when the column `emissions` or every row is missing, or a number is none.
/// Source: RFC 4180 for quotes.
Result<Emissions> read_emissions_csv(std::string_view csv, EmissionRows rows = EmissionRows::kLast);

}  // namespace mirfa::card
