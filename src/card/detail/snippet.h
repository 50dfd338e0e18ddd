// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/card_facts.h>

#include <string>

namespace mirfa::card::detail {

/// What somebody types to try the model: a fenced block of Python for its library. Empty without a repository.
std::string snippet(const CardFacts& facts);

}  // namespace mirfa::card::detail
