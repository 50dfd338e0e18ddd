// SPDX-License-Identifier: Apache-2.0
// A plan is made in two halves: what the source's tensors are called in PyTorch (detail/source_names.h), and from there what
// the target calls them.
#include "checkpoint/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "checkpoint/detail/coverage.h"
#include "checkpoint/detail/source_names.h"
#include "checkpoint/gguf_metadata.h"
#include "checkpoint/gguf_names.h"
#include "checkpoint/names.h"
#include "checkpoint/q8_0.h"

namespace mirfa::checkpoint {
namespace {

using detail::Middle;
using detail::Middles;

constexpr std::pair<Target, std::string_view> kTargets[] = {
    {Target::kTorch, "pt"},  {Target::kSafetensors, "safetensors"}, {Target::kTensorFlow, "tf"}, {Target::kFlax, "flax"},
    {Target::kGguf, "gguf"},
};
constexpr std::pair<FloatType, std::string_view> kFloatTypes[] = {
    {FloatType::kKeep, "keep"}, {FloatType::kF32, "f32"}, {FloatType::kF16, "f16"},
    {FloatType::kBF16, "bf16"}, {FloatType::kQ8, "q8_0"},
};

constexpr std::string_view kRunningMean = "running_mean";
constexpr std::string_view kQ8Blocks = "Q8_0";

// The first names of a list, for a sentence.
std::string some_of(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 5;
    const std::vector<std::string> shown(names.begin(),
                                         names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShown)));
    const std::string list = fmt::format("{}", fmt::join(shown, ", "));
    return names.size() > kShown ? fmt::format("{} and {} more", list, names.size() - kShown) : list;
}

bool is_output_head(std::string_view torch) { return torch.ends_with(".weight"); }

class Planner {
public:
    Planner(const ModelConfig& config, Framework source, Target target, std::span<const TensorInfo> tensors,
            const PlanOptions& options)
        : config_(config), tensors_(tensors), options_(options), family_(find_family(config.model_type)) {
        plan_.source = source;
        plan_.target = target;
        plan_.model_type = config.model_type;
        plan_.architecture = config.architecture();
        plan_.allow_missing = options.allow_missing;
    }

    Result<Plan> run(std::span<const Tie> ties) && {
        TRY(check_known());
        const bool same_names = plan_.source == framework_of(plan_.target);
        middles_ = detail::find_torch_names(same_names ? nullptr : family_, config_, plan_.source, tensors_, ties);
        std::ranges::move(middles_.notes, std::back_inserter(plan_.notes));
        if (same_names) {
            keep_names(ties);
        } else {
            if (family_ != nullptr) plan_.missing = detail::find_missing(*family_, config_, middles_.all);
            plan_.mismatched = detail::find_mismatched(family_, config_, middles_.all);
            for (const Middle& middle : middles_.all) torch_names_.push_back(middle.torch);
            decide_base();
            for (const Middle& middle : middles_.all) TRY(place(middle));
            add_counters();
        }
        TRY(set_types());
        TRY(refuse_collisions());
        return std::move(plan_);
    }

private:
    Result<void> check_known() {
        const Framework target = framework_of(plan_.target);
        if (options_.dtype == FloatType::kQ8 && target != Framework::kGguf)
            return Error{
                Code::kUnsupported,
                fmt::format("Q8_0 is a type of GGUF; {} has no such numbers. Choose f32, f16 or bf16.", name_of(target))};
        if (plan_.target == Target::kGguf) return check_gguf_known(config_);
        if (plan_.source == Framework::kGguf && target != Framework::kTorch)
            return Error{
                Code::kUnsupported,
                fmt::format("GGUF is converted to safetensors or pt. From there it is one more step to {}.", name_of(target))};
        if (plan_.source == Framework::kGguf) return check_gguf_known(config_);
        if (plan_.source == target) return ok();
        const bool tf = plan_.source == Framework::kTensorFlow || target == Framework::kTensorFlow;
        const bool flax = plan_.source == Framework::kFlax || target == Framework::kFlax;
        if (family_ != nullptr && (!tf || family_->has_tf) && (!flax || family_->has_flax)) return ok();
        const std::string_view missing = tf && (family_ == nullptr || !family_->has_tf) ? "TensorFlow" : "Flax";
        if (options_.general_rules) {
            plan_.notes.push_back(
                fmt::format("The names that {} gives to this type of model are not known: they follow general rules.", missing));
            return ok();
        }
        if (config_.model_type.empty())
            return Error{
                Code::kUnsupported,
                fmt::format("config.json names no model_type, so it is not known what {} calls these tensors. Convert by general "
                            "rules (--general-rules) and check every name in the report.",
                            missing)};
        return Error{
            Code::kUnsupported,
            fmt::format("What {} calls the tensors of a \"{}\" model is not known: it has no class for this type, or Mirfa "
                        "does not know it. Convert by general rules (--general-rules) and check every name in the report.",
                        missing, config_.model_type)};
    }

    // Between formats of one framework every tensor keeps its name, buffers too. Of names that share a tensor the one that
    // other frameworks look for is written: the embedding, not the head.
    void keep_names(std::span<const Tie> ties) {
        std::unordered_map<std::size_t, std::vector<const Middle*>> sharing;
        if (!ties.empty()) {
            for (const Middle& middle : middles_.all) sharing[middle.source].push_back(&middle);
        }
        std::vector<PlanRow> later;
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            const Middle& own = middles_.all[i];
            const Middle* kept = &own;
            if (const auto group = sharing.find(i); group != sharing.end()) kept = first_of(group->second);
            add_kept_row(*kept, {}, plan_.rows);
            if (const auto group = sharing.find(i); group != sharing.end()) {
                for (const Middle* other : group->second) {
                    if (other == kept) continue;
                    add_kept_row(*other, kept->source_name, later);
                    plan_.tied.push_back({other->source_name, kept->source_name});
                }
            }
        }
        std::ranges::move(later, std::back_inserter(plan_.rows));
    }

    const Middle* first_of(const std::vector<const Middle*>& group) const {
        std::vector<std::string> names;
        for (const Middle* middle : group) names.push_back(middle->source_name);
        for (std::size_t i = 0; i < group.size(); ++i) {
            if (!tied_to(names[i], names)) return group[i];
        }
        return group.front();
    }

    void add_kept_row(const Middle& middle, std::string same_as, std::vector<PlanRow>& rows) {
        PlanRow row = row_of(middle);
        row.torch_name = plan_.source == Framework::kTorch ? middle.source_name : middle.torch;
        row.target_name = middle.source_name;
        row.view = row.shape = row.source_shape;
        row.axes.clear();
        row.reason = same_as.empty() ? "the same name" : "shares a tensor";
        row.guessed = false;
        row.same_as = std::move(same_as);
        rows.push_back(std::move(row));
    }

    PlanRow row_of(const Middle& middle) const {
        PlanRow row;
        row.source = middle.source;
        row.source_name = middle.source_name;
        row.torch_name = middle.torch;
        row.source_dtype = row.dtype = tensors_[middle.source].dtype;
        row.source_shape = tensors_[middle.source].shape;
        row.view = middle.view;
        row.axes = middle.axes;
        row.shape = middle.shape;
        row.guessed = middle.guessed;
        row.reason = middle.from_gguf        ? "the table of its GGUF family"
                     : middle.row != nullptr ? "a template of the model type"
                                             : "general rules";
        return row;
    }

    // A base model's names lack the prefix. With a head beside it the file is one of a model with a head, whatever the
    // configuration says, because nothing of it shall be lost.
    void decide_base() {
        if (family_ == nullptr || family_->prefix.empty()) return;
        const bool heads = std::ranges::any_of(
            middles_.all, [&](const Middle& m) { return m.row != nullptr && !m.row->torch.starts_with(family_->prefix); });
        if (heads) return;
        is_base_ = plan_.architecture.empty() ? plan_.source == Framework::kTensorFlow || !middles_.had_prefix
                                              : is_base_class(plan_.architecture);
    }

    Result<void> place(const Middle& middle) {
        const std::string target = target_name(middle);
        const auto embedding = tied_to(middle.torch, torch_names_);
        if (embedding && is_tied(middle, target)) {
            if (target.empty() && is_output_head(middle.torch) && !middle.torch.ends_with("embed_tokens.weight") &&
                config_.tie_word_embeddings == false)
                return Error{Code::kUnsupported,
                             fmt::format("{} always ties {} to {}, but this model's config.json says that they differ "
                                         "(tie_word_embeddings is false).",
                                         name_of(framework_of(plan_.target)), middle.torch, *embedding)};
            add_tied(middle, *embedding);
            return ok();
        }
        // Two names of one tensor, and no rule of names that ties them: each is written.
        if (!target.empty()) return add_row(middle, target);
        if (const auto reason = drop_reason(middle)) {
            plan_.dropped.push_back({middle.source_name, std::string(*reason)});
            return ok();
        }
        if (options_.general_rules && plan_.target != Target::kGguf) return add_guessed(middle);
        plan_.unexpected.push_back(middle.source_name);
        return ok();
    }

    std::string target_name(const Middle& middle) const {
        switch (plan_.target) {
            case Target::kTorch:
            case Target::kSafetensors:
                // Without a template (and without rules) the name is a guess that nobody asked for.
                if (middle.row == nullptr && !middle.from_gguf && !options_.general_rules) return {};
                return is_base_ && middle.torch.starts_with(family_->prefix) ? middle.torch.substr(family_->prefix.size())
                                                                             : middle.torch;
            case Target::kTensorFlow:
                return middle.row == nullptr || middle.row->tf.empty()
                           ? std::string{}
                           : tf_variable(fill_in(middle.row->tf, middle.indices), middle.row->tf_whole);
            case Target::kFlax:
                return middle.row == nullptr || middle.row->flax.empty() ? std::string{}
                                                                         : flax_path(fill_in(middle.row->flax, middle.indices));
            case Target::kGguf: return gguf_name(config_, middle.torch).name;
        }
        return {};
    }

    std::string tf_variable(const std::string& path, bool whole) const {
        if (whole) return path + ":0";
        const std::string scope =
            plan_.architecture.empty() ? fmt::format("tf_{}_model", spelled_type()) : keras_scope("TF" + plan_.architecture);
        return fmt::format("{}/{}:0", scope, path);
    }

    std::string spelled_type() const {
        std::string type = config_.model_type.empty() ? "unknown" : config_.model_type;
        std::ranges::replace(type, '-', '_');
        std::ranges::replace(type, '/', '_');
        return type;
    }

    std::string flax_path(std::string path) const {
        if (is_base_) {
            const std::size_t prefix = family_->prefix.size();
            if (path.compare(0, prefix - 1, family_->prefix, 0, prefix - 1) == 0 && path[prefix - 1] == '/')
                path.erase(0, prefix);
        }
        const auto blocks = config_.words.find("layer_type");
        if (config_.model_type == "resnet" && blocks != config_.words.end() && blocks->second == "basic") {
            if (const std::size_t at = path.find("/layer/"); at != std::string::npos) path.insert(at + 7, "layer_");
        }
        if (!has_statistics()) return path;
        return (is_batch_statistic(path) ? "batch_stats/" : "params/") + path;
    }

    bool has_statistics() const {
        if (family_ != nullptr && family_->has_flax) return family_->batch_stats;
        return std::ranges::any_of(torch_names_, [](const auto& name) { return name.ends_with(kRunningMean); });
    }

    // Output heads are tied when the configuration says so, or says nothing and the type's classes do by themselves. What is
    // not a head (a stack's copy of the embedding, a decoder's copy of the bias) always is.
    bool is_tied(const Middle& middle, const std::string& target) const {
        const bool head = is_output_head(middle.torch) && !middle.torch.ends_with("embed_tokens.weight");
        const bool to_torch = framework_of(plan_.target) == Framework::kTorch;
        if (to_torch || plan_.target == Target::kGguf)
            return head && config_.tie_word_embeddings == true && plan_.target == Target::kGguf;
        if (target.empty()) return true;
        if (!head) return torch_only(middle);
        return config_.tie_word_embeddings.value_or(torch_only(middle));
    }

    bool torch_only(const Middle& middle) const {
        if (family_ == nullptr) return false;
        return std::ranges::any_of(family_->torch_only,
                                   [&](const std::string& pattern) { return match_name(pattern, middle.torch).has_value(); });
    }

    void add_tied(const Middle& middle, const std::string& embedding) {
        const auto other = std::ranges::find(middles_.all, embedding, &Middle::torch);
        TiedName tied{middle.source_name, other->source_name};
        if (middle.source != other->source) {
            tied.stored = middle.source;
            tied.same_as_index = other->source;
        }
        plan_.tied.push_back(std::move(tied));
    }

    Result<void> add_row(const Middle& middle, const std::string& target) {
        PlanRow row = row_of(middle);
        row.target_name = target;
        Turn turn = Turn::kNone;
        Fit fit = Fit::kSame;
        if (plan_.target == Target::kTensorFlow) {
            turn = middle.row->tf_turn;
            fit = middle.row->tf_fit;
        } else if (plan_.target == Target::kFlax) {
            turn = middle.row->flax_turn;
        } else if (plan_.target == Target::kGguf) {
            return add_gguf(std::move(row));
        }
        return add_turned(std::move(row), turn, fit);
    }

    Result<void> add_turned(PlanRow row, Turn turn, Fit fit) {
        const Shape before = row.shape;
        const auto axes = axes_from_torch(turn, before.size());
        const auto shape = axes.has_value() ? fitted(fit, moved(before, axes.value())) : Result<Shape>(axes.error());
        if (!shape.has_value()) {
            plan_.mismatched.push_back({row.source_name, row.source_shape, shape.error().message});
            return ok();
        }
        row.axes = after(row.axes, axes.value());
        row.shape = shape.value();
        plan_.rows.push_back(std::move(row));
        return ok();
    }

    Result<void> add_gguf(PlanRow row) {
        TRY(const GgufChange change, gguf_change(config_, row.torch_name, row.shape));
        if (!change.view.empty() && !row.axes.empty())
            return Error{Code::kUnsupported, "GGUF is written from PyTorch's formats. Convert to safetensors first."};
        if (!change.view.empty()) row.view = change.view;
        row.axes = after(row.axes, change.axes);
        row.shape = change.shape;
        row.reason = "the table of its GGUF family";
        plan_.rows.push_back(std::move(row));
        return ok();
    }

    std::optional<std::string_view> drop_reason(const Middle& middle) const {
        if (const auto reason = buffer_reason(middle.torch, middle.shape, tensors_[middle.source].dtype)) return reason;
        if (const auto reason = ignored_reason(config_.model_type, middle.torch)) return reason;
        if (torch_only(middle)) return "PyTorch only: tied to another tensor, or a buffer";
        if (plan_.target == Target::kFlax && middle.row != nullptr && middle.torch.ends_with("embed_positions.weight"))
            return "sinusoids, which Flax computes";
        if (plan_.target == Target::kGguf && middle.torch.ends_with("rotary_emb.inv_freq")) return "a buffer: rotary frequencies";
        if (plan_.source == Framework::kGguf && middle.torch == kRopeFactors)
            return "factors of rotary positions, which PyTorch computes from config.json";
        return std::nullopt;
    }

    Result<void> add_guessed(const Middle& middle) {
        PlanRow row = row_of(middle);
        row.guessed = true;
        row.reason = "general rules";
        const Module module = module_of(middle);
        const std::size_t rank = middle.shape.size();
        if (plan_.target == Target::kTensorFlow) {
            const TurnedName guess = tf_name_by_rules(middle.torch, rank, module, config_.model_type);
            row.target_name = tf_variable(guess.name, false);
            return add_turned(std::move(row), guess.turn, Fit::kSame);
        }
        if (plan_.target == Target::kFlax) {
            const TurnedName guess = flax_name_by_rules(middle.torch, rank, module);
            row.target_name = flax_path(guess.name);
            return add_turned(std::move(row), guess.turn, Fit::kSame);
        }
        row.target_name = middle.torch;
        plan_.rows.push_back(std::move(row));
        return ok();
    }

    Module module_of(const Middle& middle) const {
        const std::string where = middle.torch.substr(0, middle.torch.rfind('.') + 1);
        Module module;
        for (const Middle& other : middles_.all) {
            if (other.torch.size() < where.size() || !other.torch.starts_with(where)) continue;
            const std::string_view leaf = std::string_view(other.torch).substr(where.size());
            if (leaf == "bias") module.has_bias = true;
            if (leaf == "weight") module.norm = other.shape.size() == 1;
        }
        return module;
    }

    // PyTorch counts the batches that made a running mean; the others do not. A loader misses the counter.
    void add_counters() {
        if (framework_of(plan_.target) != Framework::kTorch) return;
        std::vector<PlanRow> counters;
        for (const PlanRow& row : plan_.rows) {
            if (!row.target_name.ends_with(kRunningMean)) continue;
            PlanRow counter;
            const auto renamed = [](const std::string& name) {
                return name.substr(0, name.size() - kRunningMean.size()) + "num_batches_tracked";
            };
            counter.torch_name = renamed(row.torch_name);
            counter.target_name = renamed(row.target_name);
            counter.source_dtype = counter.dtype = Dtype::kI64;
            counter.reason = "zero: the others do not count batches";
            counters.push_back(std::move(counter));
        }
        std::ranges::move(counters, std::back_inserter(plan_.rows));
    }

    Result<void> set_types() {
        bool widened = false;
        for (PlanRow& row : plan_.rows) {
            if (!row.source) continue;
            if (row.source_dtype == Dtype::kBlocks) row.source_blocks = row.blocks = tensors_[*row.source].stored_as;
            const bool is_q8 = row.source_blocks == kQ8Blocks;
            if (!row.axes.empty() && bits_of(row.source_dtype) < 8 && !is_q8) return cannot_hold(row, "have its axes moved");
            if (is_floating(row.source_dtype) || is_q8) {
                set_float_type(row);
                widened |= plan_.target == Target::kTensorFlow && wanted_type(row.source_dtype) == Dtype::kBF16;
            }
            TRY(check_type(row));
        }
        if (widened) plan_.notes.push_back("HDF5 has no bfloat16: those numbers are written as F32, which holds them exactly.");
        if (!too_narrow_.empty())
            plan_.notes.push_back(
                fmt::format("Q8_0 packs 32 numbers of a row together, so these stay F16: {}.", some_of(too_narrow_)));
        return ok();
    }

    Result<void> check_type(const PlanRow& row) const {
        if (row.dtype == Dtype::kBlocks && plan_.target != Target::kGguf)
            return Error{
                Code::kUnsupported,
                fmt::format("The tensor {} is quantised as {}, and only Q8_0 is turned into floating numbers. Make it F16 "
                            "or F32 with the tools of llama.cpp.",
                            row.source_name, row.source_blocks)};
        const bool odd = row.blocks.empty() && (name_of(row.dtype).starts_with("F8") || bits_of(row.dtype) < 8);
        if (odd && plan_.target == Target::kTensorFlow)
            return cannot_hold(row, "be stored in HDF5: make it F16 or F32 with the tool that made it");
        if (odd && plan_.target == Target::kGguf)
            return cannot_hold(row, "be stored in GGUF: make it F16 or F32 with the tool that made it");
        return ok();
    }

    static Result<void> cannot_hold(const PlanRow& row, std::string_view what) {
        return Error{Code::kUnsupported,
                     fmt::format("The tensor {} of type {} cannot {}.", row.source_name, row.source_type(), what)};
    }

    Dtype wanted_type(Dtype from) const {
        switch (options_.dtype) {
            case FloatType::kKeep: return from;
            case FloatType::kF32: return Dtype::kF32;
            case FloatType::kF16: return Dtype::kF16;
            case FloatType::kBF16: return Dtype::kBF16;
            case FloatType::kQ8: return Dtype::kBlocks;
        }
        return from;
    }

    // Q8_0 is a float16 times eight bits, which F32 holds exactly.
    void set_float_type(PlanRow& row) {
        const Dtype from = row.source_blocks.empty() || plan_.target == Target::kGguf ? row.source_dtype : Dtype::kF32;
        row.dtype = wanted_type(from);
        if (plan_.target == Target::kTensorFlow && row.dtype == Dtype::kBF16) row.dtype = Dtype::kF32;
        if (plan_.target == Target::kGguf) row.dtype = gguf_type(row);
        row.blocks = row.dtype == Dtype::kBlocks ? kQ8Blocks : std::string_view{};
    }

    // What runs GGUF files takes vectors (norms, biases) and positions as F32 only.
    Dtype gguf_type(const PlanRow& row) {
        const bool same = row.dtype == row.source_dtype && row.dtype == Dtype::kBlocks;
        if (same) return row.dtype;
        if (row.shape.size() < 2 || row.dtype == Dtype::kF64 || row.target_name == "position_embd.weight") return Dtype::kF32;
        if (row.dtype != Dtype::kBlocks || row.shape.back() % kQ8Elements == 0) return row.dtype;
        too_narrow_.push_back(row.source_name);
        return Dtype::kF16;
    }

    Result<void> refuse_collisions() const {
        std::unordered_map<std::string_view, const PlanRow*> seen;
        for (const PlanRow& row : plan_.rows) {
            const auto [place, is_new] = seen.emplace(row.target_name, &row);
            if (!is_new)
                return Error{Code::kInvalidArgument, fmt::format("The tensors {} and {} would both be called {}.",
                                                                 place->second->source_name, row.source_name, row.target_name)};
        }
        return ok();
    }

    const ModelConfig& config_;
    std::span<const TensorInfo> tensors_;
    PlanOptions options_;
    const NameFamily* family_;
    Middles middles_;
    std::vector<std::string> torch_names_;
    std::vector<std::string> too_narrow_;  // for blocks
    bool is_base_ = false;
    Plan plan_;
};

}  // namespace

std::string_view name_of(Framework framework) {
    switch (framework) {
        case Framework::kTorch: return "PyTorch";
        case Framework::kTensorFlow: return "TensorFlow";
        case Framework::kFlax: return "Flax";
        case Framework::kGguf: return "GGUF";
    }
    return "";
}

std::string_view name_of(Target target) {
    return std::ranges::find(kTargets, target, &std::pair<Target, std::string_view>::first)->second;
}

std::optional<Target> find_target(std::string_view name) {
    const auto* found = std::ranges::find(kTargets, name, &std::pair<Target, std::string_view>::second);
    if (found == std::end(kTargets)) return std::nullopt;
    return found->first;
}

Framework framework_of(Target target) {
    switch (target) {
        case Target::kTorch:
        case Target::kSafetensors: return Framework::kTorch;
        case Target::kTensorFlow: return Framework::kTensorFlow;
        case Target::kFlax: return Framework::kFlax;
        case Target::kGguf: return Framework::kGguf;
    }
    return Framework::kTorch;
}

Format format_of(Target target) {
    switch (target) {
        case Target::kTorch: return Format::kTorchZip;
        case Target::kSafetensors: return Format::kSafetensors;
        case Target::kTensorFlow: return Format::kHdf5;
        case Target::kFlax: return Format::kFlax;
        case Target::kGguf: return Format::kGguf;
    }
    return Format::kSafetensors;
}

std::string_view name_of(FloatType type) {
    return std::ranges::find(kFloatTypes, type, &std::pair<FloatType, std::string_view>::first)->second;
}

std::optional<FloatType> find_float_type(std::string_view name) {
    const auto* found = std::ranges::find(kFloatTypes, name, &std::pair<FloatType, std::string_view>::second);
    if (found == std::end(kFloatTypes)) return std::nullopt;
    return found->first;
}

std::map<std::string, std::size_t> Plan::dtype_changes() const {
    std::map<std::string, std::size_t> changes;
    for (const PlanRow& row : rows) {
        if (row.source_type() != row.type()) ++changes[fmt::format("{}->{}", row.source_type(), row.type())];
    }
    return changes;
}

Result<Plan> make_plan(const ModelConfig& config, Framework source, Target target, std::span<const TensorInfo> tensors,
                       std::span<const Tie> ties, const PlanOptions& options) {
    return Planner(config, source, target, tensors, options).run(ties);
}

Result<void> check_plan(const Plan& plan) {
    if (!plan.unexpected.empty())
        return Error{
            Code::kInvalidArgument,
            fmt::format(
                "{} has no place for {} tensors of this checkpoint: {}. Convert them by general rules (--general-rules) to keep "
                "them under guessed names.",
                name_of(framework_of(plan.target)), plan.unexpected.size(), some_of(plan.unexpected))};
    if (!plan.mismatched.empty()) {
        const MismatchedName& first = plan.mismatched.front();
        return Error{Code::kInvalidArgument,
                     fmt::format("{} tensors have a shape that this model cannot have, first {} of shape {}: {}",
                                 plan.mismatched.size(), first.name, describe(first.shape), first.expected)};
    }
    if (!plan.missing.empty() && !plan.allow_missing)
        return Error{Code::kInvalidArgument,
                     fmt::format("This checkpoint lacks {} tensors of its model: {}. Convert what is there with --allow-missing.",
                                 plan.missing.size(), some_of(plan.missing))};
    if (plan.rows.empty()) return Error{Code::kInvalidArgument, "This checkpoint has no tensor to convert."};
    return ok();
}

}  // namespace mirfa::checkpoint
