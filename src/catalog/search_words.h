// SPDX-License-Identifier: Apache-2.0
// One way of writing words for whatever is searched and whatever is searched for, so that they meet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/session.h"

namespace mirfa::catalog {

/// The words of a text, in lower case, one space between them; everything that is no letter or digit separates.
/// Latin letters lose their marks (é, ü and Ł are e, u and l). Arabic ones lose vowel signs, Quranic marks and tatweel;
/// alef with hamza, madda or wasla becomes plain alef, ta marbuta heh, alef maksura and Persian yeh yeh, waw and yeh with
/// hamza their letters without, Persian kaf kaf; Arabic and Persian digits become 0 to 9. Chinese characters and kana
/// are words of one each.
/// Takes: any octets; what is not UTF-8 separates. Gives: at most `max_bytes` octets, ending with a whole word.
std::string search_words(std::string_view text, std::size_t max_bytes);

/// What a full-text query of the dialect asks for: every word of the text, the last as the beginning of a word. Words
/// come from search_words(), so that nothing a person writes has a meaning to the database. "" when there is no word.
std::string full_text_query(std::string_view text, Dialect dialect);

/// A name from each of its words on, as search_words() writes it: `a b c`, `b c`, `c`. At most kMaxNameParts.
std::vector<std::string> name_parts(std::string_view name);

inline constexpr std::size_t kMaxNameParts = 12;
inline constexpr std::size_t kMaxNamePartBytes = 96;
inline constexpr std::size_t kMaxQueryBytes = 512;
inline constexpr std::size_t kMaxQueryWords = 16;

}  // namespace mirfa::catalog
