// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "card/validate.h"

/// What the cards of models, datasets and Spaces are put together from.
namespace mirfa::card::detail {

inline constexpr std::string_view kNotStated = "Not stated.\n";
inline constexpr std::string_view kOwnTag = "generated-by-mirfa";

/// A text for one, a list for more; nothing for none.
void put_texts(boost::json::object& card, const char* key, const std::vector<std::string>& texts, bool always_list = false);
void put_text(boost::json::object& card, const char* key, const std::string& text);
/// The three keys that say it.
void put_licence(boost::json::object& card, const std::vector<std::string>& ids, const std::string& name,
                 const std::string& link);
/// `tags`, with the one that says who made the card.
void put_tags(boost::json::object& card, std::vector<std::string> tags);
std::vector<std::string> without_repeats(const std::vector<std::string>& texts);

/// The name for a heading: what is said, else the last part of the repository's, else `otherwise`.
std::string heading_name(const std::string& name, const std::string& repository, std::string_view otherwise);
/// Ids as code, with commas between.
std::string codes(const std::vector<std::string>& ids);
std::string task_words(const std::string& id);
std::string licence_words(const std::vector<std::string>& ids, const std::string& name, const std::string& link);
/// `## Heading` with its empty lines; a line of a list, or nothing when there is nothing to tell.
std::string section(std::string_view line);
std::string fact(std::string_view name, const std::string& markdown);
/// Columns as wide as their widest cell, the first row as the head.
std::string table(const std::vector<std::vector<std::string>>& cells);

/// The README of both. Fails: kInvalidArgument with what validate_card() would refuse.
Result<std::string> join_card(RepoKind kind, const std::string& repository, const boost::json::object& metadata,
                              const std::string& body);

}  // namespace mirfa::card::detail
