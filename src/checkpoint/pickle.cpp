// SPDX-License-Identifier: Apache-2.0
// The instructions. What a pickle may call is in detail/pickle_calls.cpp.
#include "checkpoint/pickle.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "checkpoint/detail/pickle_machine.h"

namespace mirfa::checkpoint {
namespace {

// The first values of every pickle.
constexpr std::uint32_t kNoneId = 0, kTrueId = 1, kFalseId = 2;
constexpr std::uint64_t kValueCost = sizeof(PickleValue);
constexpr std::uint64_t kMemoCost = 48;

std::uint64_t end_of(std::uint64_t size, std::uint64_t first, const PickleLimits& limits) {
    return size - first > limits.octets ? first + limits.octets : size;
}

}  // namespace

PickleMachine::PickleMachine(std::shared_ptr<const RandomSource> source, std::uint64_t first, PickleStorages storages,
                             const PickleLimits& limits)
    : code_(source, first, end_of(source->size(), first, limits), limits.text + 1),
      storages_(storages),
      limits_(limits),
      first_(first),
      source_size_(source->size()) {
    pickle_.values_.resize(3);
    pickle_.values_[kTrueId] = {PickleKind::kBool, 1};
    pickle_.values_[kFalseId] = {PickleKind::kBool, 0};
}

Error PickleMachine::wrong(std::string_view what) const {
    return Error{Code::kInvalidArgument,
                 fmt::format("The pickle is broken: {} at octet {}. Fetch the file again.", what, now_.offset)};
}

Error PickleMachine::unsupported(std::string_view what) const {
    return Error{Code::kUnsupported, fmt::format("The pickle {} at octet {}. Only tensors and plain containers are read, and "
                                                 "nothing is run: save model.state_dict() with torch.save.",
                                                 what, now_.offset)};
}

Result<void> PickleMachine::charge(std::uint64_t octets) {
    charged_ += octets;
    if (charged_ <= limits_.memory) return ok();
    return Error{Code::kTooLarge, fmt::format("The pickle asks for more than {} octets of memory at octet {}. A checkpoint of "
                                              "tensors needs far less: save model.state_dict() with torch.save.",
                                              limits_.memory, now_.offset)};
}

Result<PickleMachine::Id> PickleMachine::make(PickleValue made) {
    TRY(charge(kValueCost + made.text.size() + sizeof(Id) * made.items.size()));
    pickle_.values_.push_back(std::move(made));
    return static_cast<Id>(pickle_.values_.size() - 1);
}

Result<void> PickleMachine::push(Id id) {
    if (stack_.size() >= limits_.depth)
        return Error{Code::kTooLarge, fmt::format("The pickle piles up more than {} values at octet {}. Save model.state_dict() "
                                                  "with torch.save.",
                                                  limits_.depth, now_.offset)};
    stack_.push_back(id);
    return ok();
}

Result<void> PickleMachine::push_new(PickleValue made) {
    TRY(const Id id, make(std::move(made)));
    return push(id);
}

Result<PickleMachine::Id> PickleMachine::top() const {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back()))
        return wrong(fmt::format("{} finds no value", name_of_instruction(now_.code)));
    return stack_.back();
}

Result<PickleMachine::Id> PickleMachine::pop() {
    TRY(const Id id, top());
    stack_.pop_back();
    return id;
}

Result<std::vector<PickleMachine::Id>> PickleMachine::pop_to_mark() {
    if (marks_.empty()) return wrong(fmt::format("{} finds no mark", name_of_instruction(now_.code)));
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Id> above(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return above;
}

Result<void> PickleMachine::push_integer_of(std::string_view octets) {
    if (octets.size() > 8) return push_new({PickleKind::kBigInt, 0, 0, std::string(octets)});
    std::uint64_t number = !octets.empty() && (octets.back() & 0x80) ? ~std::uint64_t{0} : 0;
    for (std::size_t i = octets.size(); i-- > 0;) number = number << 8 | static_cast<unsigned char>(octets[i]);
    return push_new({PickleKind::kInt, static_cast<std::int64_t>(number)});
}

Result<void> PickleMachine::push_text(std::string text) {
    if (now_.data_size > limits_.text)
        return Error{Code::kTooLarge, fmt::format("The pickle holds a text of {} octets at octet {}; at most {} are read. Save "
                                                  "model.state_dict() with torch.save.",
                                                  now_.data_size, now_.offset, limits_.text)};
    return push_new({PickleKind::kText, 0, 0, std::move(text)});
}

/// Python 2's texts: each octet is a character.
Result<void> PickleMachine::push_latin1() {
    std::string text;
    for (const char c : now_.text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x80) text.push_back(static_cast<char>(0xc0 | octet >> 6));
        text.push_back(octet >= 0x80 ? static_cast<char>(0x80 | (octet & 0x3f)) : c);
    }
    return push_text(std::move(text));
}

Result<void> PickleMachine::push_tuple(std::size_t count) {
    std::vector<Id> items(count);
    for (std::size_t i = count; i-- > 0;) {
        TRY(items[i], pop());
    }
    return push_new({PickleKind::kTuple, 0, 0, {}, std::move(items)});
}

Result<void> PickleMachine::append(std::vector<Id> more) {
    TRY(const Id list, top());
    if (!is(list, PickleKind::kList)) return wrong("something is appended to what is no list");
    TRY(charge(2 * sizeof(Id) * more.size()));
    auto& items = pickle_.values_[list].items;
    items.insert(items.end(), more.begin(), more.end());
    return ok();
}

Result<void> PickleMachine::set_items(std::vector<Id> more) {
    TRY(const Id dict, top());
    if (!is(dict, PickleKind::kDict)) return wrong("an item is set in what is no dictionary");
    if (more.size() % 2 != 0) return wrong("a key has no value");
    TRY(charge(2 * sizeof(Id) * more.size()));
    auto& items = pickle_.values_[dict].items;
    items.insert(items.end(), more.begin(), more.end());
    return ok();
}

Result<void> PickleMachine::step_memo() {
    const bool get = now_.code == op::kBinGet || now_.code == op::kLongBinGet;
    const auto slot =
        static_cast<std::uint32_t>(now_.code == op::kMemoize ? memo_.size() : static_cast<std::size_t>(now_.number));
    if (get) {
        const auto found = memo_.find(slot);
        if (found == memo_.end()) return wrong(fmt::format("place {} of the memo is empty and asked for", slot));
        return push(found->second);
    }
    TRY(const Id id, top());
    TRY(charge(kMemoCost));
    memo_[slot] = id;
    return ok();
}

Result<void> PickleMachine::step_literal() {
    switch (now_.code) {
        case op::kNone: return push(kNoneId);
        case op::kNewTrue: return push(kTrueId);
        case op::kNewFalse: return push(kFalseId);
        case op::kBinInt:
        case op::kBinInt1:
        case op::kBinInt2: return push_new({PickleKind::kInt, now_.number});
        case op::kLong1: return push_integer_of(now_.text);
        case op::kBinFloat: return push_new({PickleKind::kFloat, 0, now_.real});
        case op::kShortBinString: return push_latin1();
        case op::kShortBinBytes:
        case op::kBinBytes:
        case op::kBinBytes8: {
            TRY(push_text(std::move(now_.text)));
            pickle_.values_.back().kind = PickleKind::kBytes;
            return ok();
        }
        default: return push_text(std::move(now_.text));
    }
}

Result<void> PickleMachine::step_container() {
    switch (now_.code) {
        case op::kEmptyTuple: return push_new({PickleKind::kTuple});
        case op::kEmptyList: return push_new({PickleKind::kList});
        case op::kEmptyDict: return push_new({PickleKind::kDict});
        case op::kEmptySet: return push_new({PickleKind::kSet});
        case op::kTuple1: return push_tuple(1);
        case op::kTuple2: return push_tuple(2);
        case op::kTuple3: return push_tuple(3);
        case op::kTuple: {
            TRY(std::vector<Id> items, pop_to_mark());
            return push_new({PickleKind::kTuple, 0, 0, {}, std::move(items)});
        }
        case op::kAppend: {
            TRY(const Id item, pop());
            return append({item});
        }
        case op::kAppends: {
            TRY(std::vector<Id> items, pop_to_mark());
            return append(std::move(items));
        }
        case op::kSetItem: {
            TRY(const Id item, pop());
            TRY(const Id key, pop());
            return set_items({key, item});
        }
        default: {
            TRY(std::vector<Id> items, pop_to_mark());
            return set_items(std::move(items));
        }
    }
}

Result<bool> PickleMachine::step() {
    TRY(code_.next(now_));
    switch (now_.code) {
        case op::kProto:
            if (now_.number > 5) return unsupported(fmt::format("is of protocol {}, which is not known,", now_.number));
            return true;
        case op::kFrame: return true;  // how octets are read ahead, nothing else
        case op::kStop: {
            if (stack_.size() != 1 || !marks_.empty()) return wrong("it does not end with one value");
            TRY(pickle_.root_, pop());
            return false;
        }
        case op::kMark:
            if (marks_.size() >= limits_.depth) return wrong("there are too many marks");
            marks_.push_back(stack_.size());
            return true;
        case op::kBinGet:
        case op::kLongBinGet:
        case op::kBinPut:
        case op::kLongBinPut:
        case op::kMemoize: TRY(step_memo()); return true;
        case op::kNone:
        case op::kNewTrue:
        case op::kNewFalse:
        case op::kBinInt:
        case op::kBinInt1:
        case op::kBinInt2:
        case op::kLong1:
        case op::kBinFloat:
        case op::kShortBinString:
        case op::kShortBinBytes:
        case op::kBinBytes:
        case op::kBinBytes8:
        case op::kBinUnicode:
        case op::kShortBinUnicode:
        case op::kBinUnicode8: TRY(step_literal()); return true;
        case op::kEmptyTuple:
        case op::kEmptyList:
        case op::kEmptyDict:
        case op::kEmptySet:
        case op::kTuple1:
        case op::kTuple2:
        case op::kTuple3:
        case op::kTuple:
        case op::kAppend:
        case op::kAppends:
        case op::kSetItem:
        case op::kSetItems: TRY(step_container()); return true;
        case op::kGlobal: TRY(push_global(std::move(now_.text), std::move(now_.second))); return true;
        case op::kStackGlobal: TRY(stack_global()); return true;
        case op::kReduce: TRY(reduce()); return true;
        case op::kNewObj: TRY(new_object()); return true;
        case op::kBuild: TRY(build()); return true;
        case op::kBinPersId: TRY(persistent()); return true;
        default: return unsupported(fmt::format("uses the instruction {}", name_of_instruction(now_.code)));
    }
}

Result<Pickle> PickleMachine::run() {
    for (;;) {
        const auto more = step();
        if (!more.has_value() && source_size_ - first_ > limits_.octets && code_.offset() - first_ >= limits_.octets)
            return Error{Code::kTooLarge, fmt::format("The pickle is longer than {} octets, which is the most that is read. Save "
                                                      "model.state_dict() with torch.save.",
                                                      limits_.octets)};
        if (!more.has_value()) return more.error();
        if (!more.value()) break;
    }
    pickle_.end_ = code_.offset();
    return std::move(pickle_);
}

Result<Pickle> read_pickle(std::shared_ptr<const RandomSource> source, std::uint64_t first, PickleStorages storages,
                           const PickleLimits& limits) {
    if (first > source->size()) return Error{Code::kInvalidArgument, "The file ends before its pickle. Fetch the file again."};
    return PickleMachine(std::move(source), first, storages, limits).run();
}

}  // namespace mirfa::checkpoint
