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

/// Goes through nested dictionaries without recursion.
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
            const Member member = std::move(level.members[level.next++]);
            if (ignore_training && open_.size() == 1 && is_training(member.name)) continue;
            TRY(visit(member));
        }
        return std::move(found_);
    }

private:
    struct Member {
        std::string name;
        std::uint32_t value;
    };
    struct Level {
        std::vector<Member> members;
        std::size_t next = 0;
    };

    Result<void> visit(const Member& member) {
        const PickleValue& value = pickle_.at(member.value);
        switch (value.kind) {
            case PickleKind::kTensor: return take(member, static_cast<std::uint32_t>(value.number));
            case PickleKind::kDict:
            case PickleKind::kList:
            case PickleKind::kTuple: return enter(value, member.name + ".");
            case PickleKind::kOpaque:
                return Error{
                    Code::kUnsupported,
                    fmt::format("\"{}\" is an object of \"{}\" among the tensors. Turn it into a tensor, or leave it out.",
                                shown(member.name), shown(value.text))};
            default: return ok();
        }
    }

    Result<void> take(const Member& member, std::uint32_t tensor) {
        if (member.name.empty() || member.name.size() > kMaxTensorName || !is_utf8(member.name) ||
            member.name.find('\0') != std::string::npos)
            return Error{Code::kInvalidArgument,
                         fmt::format("Tensor {} of the pickle has a name that is none.", found_.size() + 1)};
        if (!names_.insert(member.name).second)
            return Error{Code::kInvalidArgument,
                         fmt::format("There are two tensors named \"{}\". Rename one.", shown(member.name))};
        found_.push_back({member.name, tensor});
        return ok();
    }

    static std::optional<std::string> name_of_key(const PickleValue& key) {
        if (key.kind == PickleKind::kText) return key.text;
        if (key.kind == PickleKind::kInt) return std::to_string(key.number);
        return std::nullopt;
    }

    Result<void> enter(const PickleValue& value, const std::string& prefix) {
        if (open_.size() >= kMaxDepth)
            return Error{Code::kInvalidArgument, fmt::format("\"{}\" is nested more than {} deep.", shown(prefix), kMaxDepth)};
        visits_ += 1 + value.items.size();
        if (visits_ > kMaxVisits || prefix.size() > kMaxTensorName)
            return Error{
                Code::kTooLarge,
                fmt::format("The pickle holds more than {} members. Save model.state_dict() with torch.save.", kMaxVisits)};
        Level level;
        if (is_dict(value)) {
            std::unordered_map<std::string, std::size_t> places;
            for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
                auto name = name_of_key(pickle_.at(value.items[i]));
                if (!name || name->size() > kMaxTensorName) continue;
                const auto [place, is_new] = places.try_emplace(*name, level.members.size());
                if (is_new)
                    level.members.push_back({prefix + *name, value.items[i + 1]});
                else
                    level.members[place->second].value = value.items[i + 1];
            }
        } else {
            for (std::size_t i = 0; i < value.items.size(); ++i) {
                const PickleKind kind = pickle_.at(value.items[i]).kind;
                if (kind == PickleKind::kInt || kind == PickleKind::kFloat) continue;
                level.members.push_back({prefix + std::to_string(i), value.items[i]});
            }
        }
        open_.push_back(std::move(level));
        return ok();
    }

    const Pickle& pickle_;
    std::vector<Level> open_;
    std::vector<NamedTensor> found_;
    std::unordered_set<std::string> names_;
    std::size_t visits_ = 0;
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
