// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/state_dict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/ascii.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kWrappers[] = {"state_dict", "model_state_dict", "model", "module",   "net",
                                          "params_ema", "params",           "ema",   "generator"};
constexpr std::string_view kTraining[] = {"optimizer", "optim", "scheduler", "lr_scheduler", "scaler", "rng", "param_groups"};
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNameOctets = 256u << 20;
constexpr std::size_t kMaxVisits = 2'000'000;

std::string shown(std::string_view name) { return std::string(name.substr(0, 120)); }

bool is_dict(const PickleValue& value) { return value.kind == PickleKind::kDict; }

bool has_tensors(const Pickle& pickle, const PickleValue& dict) {
    for (std::size_t i = 1; i < dict.items.size(); i += 2)
        if (pickle.at(dict.items[i]).kind == PickleKind::kTensor) return true;
    return false;
}

/// The last member of that name.
const PickleValue* find_member(const Pickle& pickle, const PickleValue& dict, std::string_view name) {
    for (std::size_t i = dict.items.size(); i >= 2; i -= 2) {
        const PickleValue& key = pickle.at(dict.items[i - 2]);
        if (key.kind == PickleKind::kText && key.text == name) return &pickle.at(dict.items[i - 1]);
    }
    return nullptr;
}

const PickleValue* find_wrapped(const Pickle& pickle, const PickleValue& dict) {
    if (!is_dict(dict) || has_tensors(pickle, dict)) return nullptr;
    for (const std::string_view name : kWrappers) {
        const PickleValue* member = find_member(pickle, dict, name);
        if (member != nullptr && is_dict(*member) && !member->items.empty()) return member;
    }
    return nullptr;
}

bool is_training(std::string_view name) {
    return std::ranges::any_of(kTraining, [&](std::string_view word) { return name.starts_with(word); });
}

/// Goes through nested dictionaries without recursion. Names are put together when a member's turn comes: held for all members
/// at once they could take gigabytes.
class Walk {
public:
    explicit Walk(const Pickle& pickle) : pickle_(pickle) {}

    Result<std::vector<NamedTensor>> run(const PickleValue& root, bool ignore_training) {
        if (root.kind == PickleKind::kTensor) return std::vector{NamedTensor{"tensor", static_cast<std::uint32_t>(root.number)}};
        TRY(enter(root, ""));
        while (!open_.empty()) {
            Level& level = open_.back();
            if (level.next == level.members.size()) {
                open_.pop_back();
                continue;
            }
            const Member member = level.members[level.next++];
            const std::string name = level.prefix + name_of(member);
            if (ignore_training && open_.size() == 1 && is_training(name)) continue;
            TRY(visit(name, pickle_.at(member.value)));
        }
        return std::move(found_);
    }

private:
    struct Member {
        std::optional<std::uint32_t> key;  ///< none: a list, where the place is the name
        std::size_t place;
        std::uint32_t value;
    };
    struct Level {
        std::string prefix;
        std::vector<Member> members;
        std::size_t next = 0;
    };

    std::string name_of(const Member& member) const {
        if (!member.key) return std::to_string(member.place);
        const PickleValue& key = pickle_.at(*member.key);
        return key.kind == PickleKind::kInt ? std::to_string(key.number) : key.text;
    }

    Result<void> visit(const std::string& name, const PickleValue& value) {
        switch (value.kind) {
            case PickleKind::kTensor: return take(name, static_cast<std::uint32_t>(value.number));
            case PickleKind::kDict:
            case PickleKind::kList:
            case PickleKind::kTuple: return enter(value, name + ".");
            case PickleKind::kOpaque:
                return Error{
                    Code::kUnsupported,
                    fmt::format("\"{}\" is an object of \"{}\" among the tensors. Turn it into a tensor, or leave it out.",
                                shown(name), shown(value.text))};
            default: return ok();
        }
    }

    Result<void> take(const std::string& name, std::uint32_t tensor) {
        if (name.empty() || name.size() > kMaxTensorName || !is_utf8(name) || name.find('\0') != std::string::npos)
            return Error{Code::kInvalidArgument,
                         fmt::format("Tensor {} of the pickle has a name that is none.", found_.size() + 1)};
        name_octets_ += name.size();
        if (found_.size() >= kMaxTensors || name_octets_ > kMaxNameOctets)
            return Error{Code::kTooLarge,
                         fmt::format("The pickle names more than {} tensors, or all their names take more than {} octets.",
                                     kMaxTensors, kMaxNameOctets)};
        if (!names_.insert(name).second)
            return Error{Code::kInvalidArgument, fmt::format("There are two tensors named \"{}\". Rename one.", shown(name))};
        found_.push_back({name, tensor});
        return ok();
    }

    Result<void> enter(const PickleValue& value, std::string prefix) {
        if (open_.size() >= kMaxDepth)
            return Error{Code::kInvalidArgument, fmt::format("\"{}\" is nested more than {} deep.", shown(prefix), kMaxDepth)};
        visits_ += 1 + value.items.size();
        if (visits_ > kMaxVisits)
            return Error{
                Code::kTooLarge,
                fmt::format("The pickle holds more than {} members. Save model.state_dict() with torch.save.", kMaxVisits)};
        if (prefix.size() > kMaxTensorName)
            return Error{Code::kInvalidArgument, fmt::format("The name \"{}…\" is too long.", shown(prefix))};
        open_.push_back({std::move(prefix), is_dict(value) ? members_of_dict(value) : members_of_list(value)});
        return ok();
    }

    /// Of equal keys the first tells the place and the last the value, as in Python.
    std::vector<Member> members_of_dict(const PickleValue& dict) const {
        std::vector<Member> members;
        std::unordered_map<std::string_view, std::size_t> texts;
        std::unordered_map<std::int64_t, std::size_t> numbers;
        for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
            const PickleValue& key = pickle_.at(dict.items[i]);
            const bool is_text = key.kind == PickleKind::kText;
            if (!is_text && key.kind != PickleKind::kInt) continue;
            const std::size_t next = members.size();
            const std::size_t place =
                is_text ? texts.try_emplace(key.text, next).first->second : numbers.try_emplace(key.number, next).first->second;
            if (place == next)
                members.push_back({dict.items[i], 0, dict.items[i + 1]});
            else
                members[place].value = dict.items[i + 1];
        }
        return members;
    }

    std::vector<Member> members_of_list(const PickleValue& list) const {
        std::vector<Member> members;
        for (std::size_t i = 0; i < list.items.size(); ++i) members.push_back({{}, i, list.items[i]});
        return members;
    }

    const Pickle& pickle_;
    std::vector<Level> open_;
    std::vector<NamedTensor> found_;
    std::unordered_set<std::string> names_;
    std::size_t visits_ = 0;
    std::size_t name_octets_ = 0;
};

}  // namespace

Result<std::vector<NamedTensor>> find_state_dict(const Pickle& pickle) {
    const PickleValue* root = &pickle.root();
    if (is_dict(*root) && find_member(pickle, *root, "param_groups") != nullptr && find_member(pickle, *root, "state") != nullptr)
        return Error{Code::kUnsupported, "This is the state of an optimiser, not of a model. Convert the file of the model."};
    const PickleValue* inner = find_wrapped(pickle, *root);
    if (inner != nullptr) root = inner;
    if (const PickleValue* twice = inner == nullptr ? nullptr : find_wrapped(pickle, *inner)) root = twice;
    TRY(auto found, Walk(pickle).run(*root, inner == nullptr));
    if (!found.empty()) return found;
    return Error{Code::kUnsupported,
                 "The pickle holds no tensors. Convert the file of the model, saved by "
                 "torch.save(model.state_dict(), file)."};
}

}  // namespace mirfa::checkpoint
