// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/card_facts.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa::card {

/// Each adds to `facts` what a file of a training folder says; what is given already stays. Members that are missing or
/// of another type count as not known.
/// Fails: kInvalidArgument when the text is no JSON (NaN and Infinity, which Python writes, are taken); kTooLarge.

/// `trainer_state.json`: rows of evaluations from `log_history`, the last of them as scores, the batch size.
Result<void> read_trainer_state(std::string_view text, CardFacts& facts);
/// `all_results.json`, `eval_results.json`: numbers named `eval_…` as scores.
Result<void> read_results(std::string_view text, CardFacts& facts);
/// The arguments of a training as JSON: hyper-parameters.
Result<void> read_training_arguments(std::string_view text, CardFacts& facts);
/// `config.json`: architecture, type, task, library, version, and what it was made from.
Result<void> read_model_config(std::string_view text, CardFacts& facts);
/// `adapter_config.json`: the base model of an adapter.
Result<void> read_adapter_config(std::string_view text, CardFacts& facts);

/// All of these that are in the folder, `emissions.csv`, and `trainer_state.json` of the newest checkpoint where the
/// folder has none. Gives the names of the files that were read.
/// Fails: kNotFound when there is no such folder; as above, with the file's name.
Result<std::vector<std::string>> read_training_folder(const std::filesystem::path& folder, CardFacts& facts);

/// Whether a name that a configuration gives could be a model of a hub: not a path, not a folder that exists here, not a
/// checkpoint of a training.
bool could_be_model_id(std::string_view name);

}  // namespace mirfa::card
