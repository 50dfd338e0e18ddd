// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace mirfa::format {

/// Standard base64, decoded as it arrives; padding may be missing, blanks may not be there at all.
class Base64Stream {
public:
    /// Appends what `text` completes to `out`. Gives: false for a character that may not stand there.
    bool decode(std::string_view text, Bytes& out);
    /// Appends the last one or two octets. Gives: false when the text is cut off.
    bool finish(Bytes& out);

private:
    bool decode_slowly(std::string_view text, Bytes& out);

    std::uint32_t group_ = 0;  ///< values of the `have_` characters of a group that is not whole
    unsigned have_ = 0;
    unsigned padding_ = 0;
};

}  // namespace mirfa::format
