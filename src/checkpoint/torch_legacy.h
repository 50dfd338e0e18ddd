// SPDX-License-Identifier: Apache-2.0
// Checkpoints of torch before 1.6: pickles in a row, and the octets of the storages behind them.
#pragma once

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// Tensors, names and ties as of open_torch_zip. The tar format of torch 0.1 is refused with advice.
/// Fails: kUnsupported; kInvalidArgument for a broken one, naming the pickle, storage or octet; kTooLarge.
/// Source: reference "Legacy PyTorch formats".
Result<ReaderPtr> open_torch_legacy(const std::filesystem::path& path);
Result<ReaderPtr> open_torch_legacy(std::shared_ptr<const RandomSource> source);

}  // namespace mirfa::checkpoint
