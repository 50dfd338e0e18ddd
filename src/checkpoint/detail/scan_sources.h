// SPDX-License-Identifier: Apache-2.0
// What the scan reads from: parts of a file, and inflated members, against one budget of octets.
#pragma once

#include <memory>
#include <optional>

#include "checkpoint/detail/unpack.h"
#include "checkpoint/zip.h"

namespace mirfa::checkpoint {

/// Shared by all sources of one scan. Threads: one at a time.
struct ScanBudget {
    std::uint64_t left = 0;
    std::uint64_t searched_left = 0;
    bool exhausted = false;
    bool searching = false;  ///< what is read from the file itself is counted by searched_left
    /// Fails: kTooLarge.
    Result<void> spend(std::uint64_t octets);
    Result<void> spend_read(std::uint64_t octets);
};

std::shared_ptr<const RandomSource> counted(std::shared_ptr<const RandomSource> source, std::shared_ptr<ScanBudget> budget);
/// Takes: a range that lies in `source`.
std::shared_ptr<const RandomSource> part_of(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t size);
/// The member's content. An inflated one is read forward; going back begins anew, and both cost.
std::shared_ptr<const RandomSource> content_of(std::shared_ptr<const ZipArchive> archive, const ZipMember& member,
                                               std::shared_ptr<ScanBudget> budget);

struct UnpackedSize {
    std::uint64_t octets = 0;
    std::optional<Error> error;  ///< what ends it there, when that is not its end
};
/// How much can be unpacked of `source`, `most` octets of it; reads what is packed once. Fails: as the source's medium does.
Result<UnpackedSize> unpacked_size(std::shared_ptr<const RandomSource> source, Packing packing, std::uint64_t most);
/// The first `size` octets of what `source` packs. Going back by more than kUnpackedBack begins anew, and all costs.
std::shared_ptr<const RandomSource> unpacked(std::shared_ptr<const RandomSource> source, Packing packing, std::uint64_t size,
                                             std::shared_ptr<ScanBudget> budget);
inline constexpr std::size_t kUnpackedBack = 64u << 10;

}  // namespace mirfa::checkpoint
