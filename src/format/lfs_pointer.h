// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fixed_bytes.h"

namespace mirfa::format {

/// A blob longer than this is content, whatever it looks like.
inline constexpr std::size_t kMaxLfsPointerBytes = 1'024;

/// What git keeps in place of a large file.
struct LfsPointer {
    Sha256 oid;
    std::uint64_t size = 0;
    bool operator==(const LfsPointer&) const = default;
};

/// Reads a pointer as git-lfs does: `version`, any `ext-N-name` lines, `oid`, `size`, in this order; CR LF and empty
/// lines are tolerated.
/// Fails: kInvalidArgument when the text is anything else; it is then ordinary content.
Result<LfsPointer> parse_lfs_pointer(std::string_view text);

/// The canonical text, three lines.
std::string write_lfs_pointer(const LfsPointer& pointer);

}  // namespace mirfa::format
