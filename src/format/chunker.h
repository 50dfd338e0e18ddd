// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace mirfa::format {

inline constexpr std::size_t kMinChunkBytes = 8'192;
inline constexpr std::size_t kMaxChunkBytes = 131'072;

/// Finds where content-defined chunks end. The cuts depend on the octets alone, not on the sizes of the pieces.
/// Threads: one at a time. Start a fresh one for every file.
///
///     while (!piece.empty()) {
///         const auto cut = chunker.find_cut(piece);
///         keep(piece.first(cut.value_or(piece.size())));
///         if (!cut) break;
///         close_chunk();
///         piece = piece.subspan(*cut);
///     }
///     ... at the end of the file: if (chunker.open_bytes() > 0) close_chunk();
class Chunker {
public:
    /// Gives: the number of octets of `piece` (at least 1) after which the chunk ends, or nothing when all of `piece`
    /// belongs to the chunk that stays open. After a cut, feed the rest of the piece.
    std::optional<std::size_t> find_cut(ByteView piece);
    /// Octets since the last cut.
    std::size_t open_bytes() const { return open_bytes_; }

private:
    std::uint64_t gear_ = 0;
    std::size_t open_bytes_ = 0;
};

/// End offsets of all chunks of a whole file; the last one is `file.size()`. None for an empty file.
std::vector<std::size_t> chunk_ends(ByteView file);

}  // namespace mirfa::format
