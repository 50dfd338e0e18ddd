// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checkpoint/pickle.h"

namespace mirfa::checkpoint {

/// What the files of torch have in common once their storages are found.
struct TorchParts {
    Format format = Format::kTorchZip;
    std::shared_ptr<const RandomSource> source;
    Pickle pickle;
    std::vector<std::uint64_t> storage_offsets;  ///< where the octets of Pickle::storages() begin in `source`
    bool big_endian = false;
};

/// All tensors together may have this many times the octets of the file (tensors may be expanded), or kMaxExpanded.
inline constexpr std::uint64_t kMaxExpansion = 64;
inline constexpr std::uint64_t kMaxExpanded = 1u << 30;

/// Takes: storages that lie in the source. Names that share one view of one storage become ties, the first keeps the tensor.
/// Fails: as find_state_dict; kTooLarge.
Result<ReaderPtr> make_torch_reader(TorchParts parts);

}  // namespace mirfa::checkpoint
