// SPDX-License-Identifier: Apache-2.0
// What tokenizer.json says of a BPE.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mirfa::checkpoint::detail {

enum class TokenizerKind {
    kOctets,  ///< a BPE whose letters are octets, as GPT-2's
    kPieces,  ///< one of pieces with octets to fall back to, as Llama's first ones
    kOther,
};
TokenizerKind kind_of(const boost::json::value& tokenizer);

using Merge = std::pair<std::string, std::string>;
/// `"a b"`, or `["a", "b"]` in newer files. Fails: kInvalidArgument.
Result<std::vector<Merge>> merges_of(const boost::json::value& tokenizer);

/// llama.cpp's word for how texts are split before the merges, by the rule itself and not by the model's type; empty for a rule
/// that is not known.
std::string_view splitting_of(const boost::json::value& tokenizer);

/// Does a tokenizer of pieces put a space in front of a text?
bool adds_space(const boost::json::value& tokenizer);

/// Does its template for one text begin with a token? That token's text; else empty.
std::string_view first_of_template(const boost::json::value& tokenizer);

/// `tokenizer.json is broken: WHAT.`
Error broken_tokenizer(std::string_view what);

}  // namespace mirfa::checkpoint::detail
