// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa::checkpoint {

/// `text` with `by` in each place of `what`, which is not empty.
inline std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
    std::string result;
    for (std::size_t at; (at = text.find(what)) != std::string_view::npos; text.remove_prefix(at + what.size())) {
        result += text.substr(0, at);
        result += by;
    }
    return result += text;
}

}  // namespace mirfa::checkpoint
