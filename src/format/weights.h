// SPDX-License-Identifier: Apache-2.0
// What the heads of weight files tell without their tensors: how many parameters there are, and of which types.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/stream.h"

namespace mirfa::format {

/// Elements by type, as the format writes it (`BF16`, `F32`, `Q4_K`).
using ParameterCounts = std::map<std::string, std::int64_t>;
/// All of them; less than 2^62 in what the readers below give.
std::int64_t total_of(const ParameterCounts& counts);

/// A longer head counts as none: some 30,000 tensors in one file.
inline constexpr std::size_t kMaxSafetensorsHead = 4u << 20;
/// Octets of a GGUF file looked through for the tensors behind its vocabulary.
inline constexpr std::uint64_t kMaxGgufHead = 64u << 20;

/// Reads the length (u64 little-endian) and the JSON at the beginning of a safetensors file, nothing behind them.
/// Fails: kInvalidArgument when it is no such file; kTooLarge; as `source`.
Result<ParameterCounts> read_safetensors_head(ByteSource& source);

/// The files that a `model.safetensors.index.json` names.
/// Fails: kInvalidArgument; kTooLarge for more than kMaxShards.
inline constexpr std::size_t kMaxShards = 1'000;
Result<std::set<std::string>> parse_safetensors_index(std::string_view json);

struct GgufHead {
    std::string architecture;  ///< `general.architecture`, "" for none
    std::optional<std::int64_t> context_length;
    ParameterCounts parameters;  ///< by tensor type
    bool operator==(const GgufHead&) const = default;
};
/// Reads the metadata and the tensor list at the beginning of a GGUF file, version 2 or 3. Memory does not depend on the
/// file.
/// Fails: kInvalidArgument when it is no such file; kTooLarge beyond kMaxGgufHead; as `source`.
Result<GgufHead> read_gguf_head(ByteSource& source);

}  // namespace mirfa::format
