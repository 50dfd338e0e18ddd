// SPDX-License-Identifier: Apache-2.0
// Which tensors of a pickle are the model's, and what they are called.
#pragma once

#include "checkpoint/pickle.h"

namespace mirfa::checkpoint {

struct NamedTensor {
    std::string name;
    std::uint32_t tensor = 0;  ///< index into Pickle::tensors()
};

/// The tensors of the state dict in `pickle`, in its order.
///
/// The state dict is the value at the top. When that is a dictionary without tensors of its own, it is the first of its
/// members `state_dict`, `model_state_dict`, `model`, `module`, `net`, `params_ema`, `params`, `ema`, `generator` that is a
/// dictionary, and once more inside of that; all beside it (optimiser, epoch, arguments) is ignored. Without such a member, the
/// members that hold training state (`optimizer…`, `scheduler…`, …) are ignored.
/// Names of nested dictionaries and lists are joined by dots; texts and numbers between the tensors are ignored. A tensor by
/// itself is called `tensor`.
/// Fails: kUnsupported for a file without tensors, of an optimiser, or with an array of NumPy among its tensors;
/// kInvalidArgument for names that are none, occur twice, or nest without end.
Result<std::vector<NamedTensor>> find_state_dict(const Pickle& pickle);

}  // namespace mirfa::checkpoint
