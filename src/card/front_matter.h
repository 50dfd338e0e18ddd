// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa::card {

inline constexpr std::size_t kMaxYamlBytes = 1u << 20;
inline constexpr int kMaxYamlDepth = 32;

/// README text in two parts. Views of the text that was given.
struct SplitCard {
    bool has_front_matter = false;
    std::string_view yaml;  ///< between the fences, without them
    std::string_view body;  ///< after the second fence; everything when there is no front matter
    int yaml_line = 1;      ///< the line of the README on which `yaml` begins, from 1
};

/// Finds the front matter: a line `---` with nothing but white space or a byte order mark before it, and a later line
/// `---`. Lines may end in any way. A block that is not closed, or has no line in it, is none.
SplitCard split_card(std::string_view readme);

/// YAML as JSON values.
struct Yaml {
    boost::json::value value;
    std::map<std::string, int, std::less<>> lines;  ///< line of each key of the outermost mapping, from 1
    std::vector<std::string> repeated_keys;         ///< of mappings; the later one counts
};

/// Reads one document by the rules of YAML 1.2: only true/false, null and numbers are other than text; dates, `no` and
/// `yes` stay text. Aliases are expanded within limits; unknown tags are ignored; keys are text; .inf and .nan are null.
/// Takes: `first_line`, the line number of the first line, for messages.
/// Fails: kInvalidArgument with what is wrong and `(line:column)`; kTooLarge for too much text or content, after
/// expanding aliases too; both for nesting beyond kMaxYamlDepth.
Result<Yaml> parse_yaml(std::string_view text, int first_line = 1);

/// The metadata of a card as repository info shows it: an empty object when there is none or it cannot be read.
boost::json::object read_card_data(std::string_view readme);

}  // namespace mirfa::card
