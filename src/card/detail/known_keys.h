// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "card/validate.h"

namespace mirfa::card::detail {

enum class Shape { kText, kTexts, kBool, kInteger, kList, kMap, kAny };

/// A top-level key that hubs and their clients know.
struct KnownKey {
    std::string_view name;
    Shape shape;
    bool model, dataset, space;  ///< in whose cards it means something
    bool in(RepoKind kind) const;
};
std::span<const KnownKey> known_keys();
const KnownKey* find_key(std::string_view name);
std::string_view words_for(Shape shape);

/// The known name that a mistyped one most likely means, or empty: other cases and hyphens, a letter or two, the other
/// number (`languages`), the British spelling.
std::string_view near_key(std::string_view name, RepoKind kind);

/// The nearest of `names` within two typing mistakes (one in short words), ignoring case and kinds of hyphens; or empty.
std::string_view nearest(std::string_view name, std::span<const std::string_view> names);

/// Codes of ISO 639-1. `hint` names the code that is usually meant by one that is none (`jp`: `ja`), or is empty.
bool is_two_letter_language(std::string_view code);
std::string_view language_hint(std::string_view code);

}  // namespace mirfa::card::detail
