// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <unordered_map>

#include "checkpoint/detail/pickle_code.h"
#include "checkpoint/detail/pickle_globals.h"
#include "checkpoint/pickle.h"

namespace mirfa::checkpoint {

/// The stack, the memo and the values of one pickle that is being read.
///
/// Values are only ever appended and refer to each other by number, so that a value that is held a thousand times costs
/// four octets each time, and nothing is ever copied, compared or walked. All memory is charged against the limit before
/// it is asked for.
class PickleMachine {
public:
    PickleMachine(std::shared_ptr<const RandomSource> source, std::uint64_t first, PickleStorages storages,
                  const PickleLimits& limits);
    Result<Pickle> run();

private:
    using Id = std::uint32_t;
    struct View {  ///< what a kStorage value stands for: [first, first + count) of a storage, in its elements
        std::uint32_t storage;
        std::uint64_t first;
        std::uint64_t count;
        KnownGlobal element;
        std::string class_name;
    };
    struct Rebuilt {  ///< what the rebuild functions are given
        Id storage;
        Id offset;
        Id size;
        Id stride;
        std::optional<Id> dtype;
        std::optional<Id> metadata;
    };

    Error wrong(std::string_view what) const;
    Error unsupported(std::string_view what) const;
    Result<void> charge(std::uint64_t octets);

    Result<Id> make(PickleValue value);
    Result<void> push(Id value);
    Result<void> push_new(PickleValue value);
    Result<Id> pop();
    Result<Id> top() const;
    /// Takes everything above the last mark, and the mark.
    Result<std::vector<Id>> pop_to_mark();

    Result<bool> step();  ///< false at STOP
    Result<void> step_memo();
    Result<void> step_literal();
    Result<void> step_container();
    Result<void> push_integer_of(std::string_view octets);
    Result<void> push_text(std::string text);
    Result<void> push_latin1();
    Result<void> push_tuple(std::size_t count);
    Result<void> append(std::vector<Id> more);
    Result<void> set_items(std::vector<Id> more);
    Result<void> push_global(std::string module, std::string name);
    Result<void> stack_global();
    Result<void> new_object();
    Result<void> build();

    Result<void> persistent();
    Result<Id> storage_of(const std::vector<Id>& parts);
    Result<std::uint32_t> ensure_storage(const std::string& key, const KnownGlobal& element, std::uint64_t count);
    Result<Id> view_of(std::uint32_t storage, const KnownGlobal& element, std::string class_name, std::uint64_t count,
                       const std::vector<Id>& parts);

    Result<void> reduce();
    Result<Id> call(Id function, const std::vector<Id>& args, bool inner);
    Result<Id> call_ordered_dict(const std::vector<Id>& args);
    Result<Id> call_from_type(const std::vector<Id>& args, bool inner);
    Result<Id> call_parameter(const std::vector<Id>& args);
    Result<Id> call_octets(const std::vector<Id>& args);
    Result<Id> call_tensor(const KnownGlobal& known, const std::vector<Id>& args);
    Result<Id> rebuild(const Rebuilt& parts);
    Result<std::vector<std::uint64_t>> sizes_of(Id tuple, std::string_view what) const;
    Result<void> check_metadata(Id dict) const;
    Result<void> check_inside(const PickleTensor& tensor, const View& view, const std::string& key) const;

    const PickleValue& value(Id id) const { return pickle_.values_[id]; }
    bool is(Id id, PickleKind kind) const { return value(id).kind == kind; }
    const KnownGlobal& known(Id id) const { return globals_[static_cast<std::size_t>(value(id).number)]; }

    PickleCode code_;
    PickleStorages storages_;
    PickleLimits limits_;
    std::uint64_t first_;
    std::uint64_t source_size_;
    PickleInstruction now_;
    std::uint64_t charged_ = 0;

    Pickle pickle_;
    std::vector<Id> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint32_t, Id> memo_;
    std::vector<KnownGlobal> globals_;
    std::map<std::pair<std::string, std::string>, Id> named_;  ///< globals that were asked for before
    std::vector<View> views_;
    std::map<std::string, std::uint32_t> by_key_;
};

}  // namespace mirfa::checkpoint
