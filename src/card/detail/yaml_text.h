// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace mirfa::card::detail {

/// Values as YAML that readers of version 1.1 and of 1.2 understand alike: texts that either takes for something else
/// (`no`, `12:30`, `1.10`) are quoted. Lines end in `\n`; lists stand at the column of their key; null is `null`.

/// The lines of `key: value` at `indent` spaces.
std::string yaml_entry(std::string_view key, const boost::json::value& value, std::size_t indent = 0);
/// The lines of `- value`.
std::string yaml_item(const boost::json::value& value, std::size_t indent = 0);
/// The lines below a key that hold a list or a mapping that is not empty; the key stands at `indent`.
std::string yaml_below(const boost::json::value& value, std::size_t indent);
/// Where a value on one line stands: inside of brackets or braces more has to be quoted.
enum class Inside { kBlock, kFlow };
/// On one line, with brackets and braces; `quote` is the quotation mark to prefer, 0 for none.
std::string yaml_inline(const boost::json::value& value, Inside inside = Inside::kBlock, char quote = 0);

/// Whether `plain`, written without quotes, is text to YAML 1.2 and something else to 1.1: `no`, `12:30`, a date.
bool is_text_only_in_1_2(std::string_view plain);

}  // namespace mirfa::card::detail
