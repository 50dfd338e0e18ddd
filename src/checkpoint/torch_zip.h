// SPDX-License-Identifier: Apache-2.0
// Checkpoints of torch 1.6 and newer: a zip archive `<root>/data.pkl`, `<root>/data/N`, `<root>/version`, `<root>/byteorder`.
#pragma once

#include "checkpoint/reader.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {

/// Which tensors are found, and how they are named: detail/state_dict.h. Tensors of one storage and view are ties.
/// Fails: kUnsupported for TorchScript, whole modules, optimisers and unknown names, with advice; kInvalidArgument for a broken
/// one, naming the member, storage or octet; kTooLarge.
/// Source: reference "PyTorch zip checkpoint".
Result<ReaderPtr> open_torch_zip(const std::filesystem::path& path);
Result<ReaderPtr> open_torch_zip(std::shared_ptr<const RandomSource> source);

/// How a tensor's octets get into a sink; `tensor.write(sink)` when nobody counts them.
using TensorOctets = std::function<Result<void>(const OutTensor& tensor, ByteSink& sink)>;

/// Writes an OrderedDict of `tensors` that torch.load(…, weights_only=True) takes, from 1.13 on, except for the types that torch
/// got later (U16, U32, U64 and the F8 kinds). Tensors with `same_as` share the storage of the one they name, which comes
/// before them. Equal tensors give equal octets. Metadata has no room in the format.
/// Fails: kInvalidArgument for a type that torch does not have, before anything is written; as the sink and the tensors.
Result<void> write_torch_zip(ByteSink& sink, std::span<const OutTensor* const> tensors, const TensorOctets& octets = {});

}  // namespace mirfa::checkpoint
