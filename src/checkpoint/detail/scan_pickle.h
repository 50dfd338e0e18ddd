// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "checkpoint/detail/pickle_code.h"

namespace mirfa::checkpoint {

/// What the scan of one pickle tells, as it comes.
struct PickleEvents {
    std::function<void(std::string_view module, std::string_view name, std::uint64_t offset)> import;
    std::function<void(std::uint64_t first, std::uint64_t size)> nested;  ///< octets that begin like a pickle or an archive
};

struct PickleShape {
    bool is_magic = false;  ///< it is torch's number and nothing else
    bool has_imports = false;
};

/// Walks through one pickle, to its STOP, keeping of every value only whether it is a text and which.
///
/// Follows the stack and the memo as Python does, so that a name that is put together from the memo is told as Python would see
/// it; what cannot be followed is told as an import of `unknown`.
/// Fails: as PickleCode::next, after all events before it.
Result<PickleShape> scan_one_pickle(PickleCode& code, const PickleEvents& events);

/// How many octets of a text scan_one_pickle needs; longer ones are no names.
inline constexpr std::uint64_t kScannedText = 512;

}  // namespace mirfa::checkpoint
