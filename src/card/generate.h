// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <mirfa/card_facts.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace mirfa::card {

/// Most rows of the table of training: the first, the last, the best and an even choice of the others.
inline constexpr std::size_t kMaxTrainingRows = 30;

/// A README for a model: metadata, and sections with what is known; what is not known is said to be not stated, never
/// guessed. The same facts give the same octets. Texts from outside are shown as they are, without markup.
/// Fails: kInvalidArgument with what validate_card() would refuse: a licence, language or id that is none.
Result<std::string> make_card(const CardFacts& facts);

/// The metadata of that card, in the order in which cards usually have their keys.
boost::json::object card_metadata(const CardFacts& facts);

/// Whether results name this metric by its id, as `f1`; others are shown in the text alone.
bool is_known_metric(std::string_view id);
/// `eval_f1_macro` as people read it: `F1 macro`.
std::string metric_words(std::string_view id);

}  // namespace mirfa::card
