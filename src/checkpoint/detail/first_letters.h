// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa::checkpoint {

/// Of a name in a file, what a message shows: at most `most` octets, with a question mark for each that is no visible letter of
/// ASCII, so that none does something to a terminal.
inline std::string first_letters(std::string_view text, std::size_t most) {
    std::string shown(text.substr(0, most));
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return shown;
}

}  // namespace mirfa::checkpoint
