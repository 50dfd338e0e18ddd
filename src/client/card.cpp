// SPDX-License-Identifier: Apache-2.0
#include <mirfa/card.h>

#include "base/file.h"
#include "card/emissions.h"
#include "card/generate.h"
#include "card/training.h"
#include "client/failure.h"

namespace mirfa::client {
namespace {

Result<card::Emissions> emissions_in(const std::filesystem::path& csv, EmissionRuns runs) {
    TRY(const auto text, read_small_file(csv));
    return card::read_emissions_csv(text,
                                    runs == EmissionRuns::kAll ? card::EmissionRows::kAllOfRuns : card::EmissionRows::kLast);
}

}  // namespace

Outcome<std::string> make_card(const card::CardFacts& facts) { return to_outcome(card::make_card(facts)); }

Outcome<card::Emissions> read_emissions(const std::filesystem::path& csv, EmissionRuns runs) {
    return to_outcome(emissions_in(csv, runs));
}

Outcome<void> add_training_folder(const std::filesystem::path& folder, card::CardFacts& facts) {
    if (const auto read = card::read_training_folder(folder, facts); !read.has_value()) return to_failure(read.error());
    return {};
}

}  // namespace mirfa::client
