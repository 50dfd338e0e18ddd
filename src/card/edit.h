// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace mirfa::card {

/// Where a value stands, from the outermost key: names, and places in lists from 0.
using CardPath = std::vector<std::variant<std::string, std::size_t>>;

/// Reads `model-index[0].name`, the form in which messages name places. A name that holds a dot or a bracket stands in
/// double quotes. Fails: kInvalidArgument.
Result<CardPath> parse_card_path(std::string_view text);
std::string path_text(const CardPath& path);

/// One change of a card's metadata.
struct Edit {
    enum class Kind {
        kSet,     ///< gives the key this value; null, an empty text and an empty list take it out
        kAdd,     ///< puts the value, or each of a list, behind a list that lacks it; a text becomes a list first
        kRemove,  ///< takes the key out; with a value, that item out of its list
    };
    Kind kind = Kind::kSet;
    CardPath path;
    boost::json::value value;  ///< null for kRemove of the whole key
};

/// The README with its metadata changed, all of `edits` or none. Only the characters of what is changed are replaced:
/// comments, order, quotes, line ends, unknown keys and the text below keep their octets. A README without front matter
/// gets one. New keys go where cards usually have them. Readers of YAML 1.1 and 1.2 read the same in what is written.
///
/// Fails: kInvalidArgument when the metadata is no YAML mapping or a path does not fit it; kNotFound for kRemove of what
///        is not there; kUnsupported when it is written in a way that cannot be changed without touching more (anchors,
///        tags, keys given twice, comments inside of what is replaced): the message says where. Nothing is guessed: the
///        result is read again and compared.
/// Threads: any.
Result<std::string> edit_card(std::string_view readme, std::span<const Edit> edits);

/// The order in which cards usually have their keys.
std::span<const std::string_view> usual_order();

}  // namespace mirfa::card
