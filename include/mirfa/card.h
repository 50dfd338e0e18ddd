// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/card_facts.h>
#include <mirfa/outcome.h>

#include <filesystem>
#include <string>

namespace mirfa::client {

/// A README for a model: metadata, and sections with what is known; what is not known is said to be not stated, never
/// guessed. The same facts give the same octets. Asks nobody. Threads: any.
///
/// Results get into the metadata when a task, a dataset and the id of a known metric come together; others are shown in the
/// text alone. Texts are shown as they are, without markup.
/// Fails: kInvalidArgument with what a hub would refuse: a licence, language or id that is none.
Outcome<std::string> make_card(const card::CardFacts& facts);

enum class EmissionRuns {
    kLast,  ///< the last row: one training
    kAll,   ///< of each run its last row, added up: a training that was resumed
};
/// What CodeCarbon wrote as `emissions.csv`, its kilograms as the grams that cards have.
/// Fails: kNotFound; kInvalidArgument with the line.
Outcome<card::Emissions> read_emissions(const std::filesystem::path& csv, EmissionRuns runs = EmissionRuns::kLast);

/// Adds to `facts` what the files of a training tell: `config.json`, `trainer_state.json`, results, arguments and emissions,
/// as far as they are there. What is given already stays.
/// Fails: kNotFound without the folder; kInvalidArgument with the name of a file that cannot be read.
Outcome<void> add_training_folder(const std::filesystem::path& folder, card::CardFacts& facts);

}  // namespace mirfa::client
