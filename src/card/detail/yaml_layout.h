// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa::card::detail {

inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

/// Where the values of a YAML text stand, in octets from its beginning.
struct Layout {
    enum class Kind { kNone, kScalar, kList, kMap, kAlias };
    struct Child;

    Kind kind = Kind::kNone;       ///< kNone: nothing is written, which means null
    std::size_t begin = kNowhere;  ///< of an anchor or a tag, when there is one
    bool flow = false;             ///< in brackets or braces
    bool marked = false;           ///< has an anchor or a tag
    std::vector<Child> children;
};

struct Layout::Child {
    std::string key;               ///< empty in lists
    std::size_t begin = kNowhere;  ///< of the key, or of the dash of an item of a block list
    std::size_t after = kNowhere;  ///< behind the colon, or the dash; kNowhere where it cannot be told
    Layout node;
};

/// Takes: `text`, which parse_yaml() has accepted: its limits hold here too.
/// Fails: kInvalidArgument when it cannot be read after all.
Result<Layout> lay_out(std::string_view text);

/// The line of a path as messages have it, `model-index[0].name`, or of what is nearest to it on the way; from 1, or 0.
int line_of_path(std::string_view text, const Layout& layout, std::string_view path);

}  // namespace mirfa::card::detail
