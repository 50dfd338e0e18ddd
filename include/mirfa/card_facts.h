// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What a model card tells, in plain values: whoever trains fills them in, `make_card()` of mirfa/card.h writes them.
namespace mirfa::card {

/// What one evaluation during training measured.
struct TrainingRow {
    std::optional<std::int64_t> step;
    std::optional<double> epoch;
    std::optional<double> training_loss;                   ///< the last before the evaluation
    std::vector<std::pair<std::string, double>> measured;  ///< `loss`, `accuracy`: without `eval_`
    bool best = false;
    bool operator==(const TrainingRow&) const = default;
};

/// One number of an evaluation. What is empty is not known.
struct Score {
    std::string metric;  ///< an id, as `accuracy`
    double value = 0;
    std::string task;          ///< an id; empty: the model's
    std::string dataset;       ///< an id, as `glue`
    std::string dataset_name;  ///< for people; empty: the id
    std::string config;
    std::string split;
    bool operator==(const Score&) const = default;
};

struct Emissions {
    double grams = 0;  ///< of CO2 equivalent
    std::string source;
    std::string training_type;  ///< pre-training or fine-tuning
    std::string location;
    std::string hardware;
    std::optional<double> energy_kwh;
    std::optional<double> seconds;
    bool operator==(const Emissions&) const = default;
};

/// All that a model card is made from. What is empty is not known, and is left out or said to be not stated.
struct CardFacts {
    std::string repository;  ///< owner/name
    std::string name;        ///< the heading; empty: the repository's last part
    std::string summary;     ///< one sentence
    std::vector<std::string> licenses;
    std::string license_name;
    std::string license_link;
    std::vector<std::string> languages;
    std::string library;
    std::string task;
    std::vector<std::string> base_models;
    std::string relation;  ///< to the base model: adapter, merge, quantized, finetune
    std::vector<std::string> datasets;
    std::vector<std::string> tags;
    std::string model_type;
    std::string architecture;
    std::vector<std::pair<std::string, std::string>> hyper_parameters;  ///< in the order in which they are shown
    std::vector<TrainingRow> training;
    std::vector<Score> scores;
    std::vector<std::pair<std::string, std::string>> versions;  ///< `Transformers`, `4.47.0`
    std::optional<Emissions> emissions;
};

}  // namespace mirfa::card
