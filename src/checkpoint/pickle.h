// SPDX-License-Identifier: Apache-2.0
// Reading pickles without Python: a small machine with a closed set of instructions and names, which calls nothing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

enum class PickleKind {
    kNone,
    kBool,     ///< number
    kInt,      ///< number
    kBigInt,   ///< text: two's complement, least significant octet first
    kFloat,    ///< real
    kText,     ///< text
    kBytes,    ///< text
    kTuple,    ///< items
    kList,     ///< items
    kDict,     ///< items: key, value, key, value, …; an OrderedDict too; of equal keys the last counts
    kSet,      ///< items
    kTensor,   ///< number: an index into tensors()
    kStorage,  ///< a storage by itself
    kGlobal,   ///< a name that was asked for: text
    kOpaque,   ///< something harmless that is not looked into: a device, a NumPy array
};

struct PickleValue {
    PickleKind kind = PickleKind::kNone;
    std::int64_t number = 0;
    double real = 0;
    std::string text = {};
    std::vector<std::uint32_t> items = {};  ///< values of the same pickle; a value may hold itself
};

/// Octets outside of the pickle that tensors are views of.
struct PickleStorage {
    std::string key;
    std::uint64_t size_bytes = 0;
    unsigned element_bits = 8;
};

/// A view of a storage, checked to lie inside of it.
struct PickleTensor {
    std::uint32_t storage = 0;  ///< index into storages()
    Dtype dtype = Dtype::kF32;
    std::uint64_t first = 0;  ///< in elements, as the strides are
    Shape shape;
    std::vector<std::uint64_t> strides;
    std::string stored_as;
};

/// How the pickle tells storages: not at all, `('storage', class, key, place, count)`, or the same with a view behind it.
enum class PickleStorages { kNone, kZip, kLegacy };

struct PickleLimits {
    std::uint64_t octets = 256u << 20;  ///< of the pickle
    std::uint64_t memory = 1u << 30;    ///< that its values take
    std::uint64_t text = 1u << 20;      ///< one text
    std::uint64_t depth = 10'000'000;   ///< of the stack
};

/// What a pickle holds. Threads: any number may read.
class Pickle {
public:
    const PickleValue& root() const { return at(root_); }
    const PickleValue& at(std::uint32_t value) const { return values_[value]; }
    std::span<const PickleStorage> storages() const { return storages_; }
    std::span<const PickleTensor> tensors() const { return tensors_; }
    /// Where its last octet was followed by the next.
    std::uint64_t end() const { return end_; }

private:
    friend class PickleMachine;
    std::vector<PickleValue> values_;
    std::vector<PickleStorage> storages_;
    std::vector<PickleTensor> tensors_;
    std::uint32_t root_ = 0;
    std::uint64_t end_ = 0;
};

/// Reads one pickle from `first` to its STOP.
/// Fails: kUnsupported for an instruction or a name outside of the closed set, naming it, its octet and what to do;
/// kInvalidArgument for a broken one; kTooLarge beyond `limits`; as `source`.
/// Source:  reference "The safe, weights-only reader".
Result<Pickle> read_pickle(std::shared_ptr<const RandomSource> source, std::uint64_t first, PickleStorages storages,
                           const PickleLimits& limits = {});

}  // namespace mirfa::checkpoint
