// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa::card {

/// The text of a card as a search reads it, roughly: without front matter, HTML tags and comments, addresses of links
/// and images, and rows that only draw a table. At most `max_bytes` octets; the text behind four times as many is not
/// looked at.
std::string plain_text(std::string_view readme, std::size_t max_bytes);

/// The first heading of a card, without its signs; "" for none.
std::string first_heading(std::string_view readme);

}  // namespace mirfa::card
