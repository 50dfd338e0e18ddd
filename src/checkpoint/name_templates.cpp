// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/name_templates.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/detail/replaced.h"
#include "base/ascii.h"
#include "checkpoint/detail/name_templates_text.h"

namespace mirfa::checkpoint {
namespace {

// What a word of a line stands for: last components in PyTorch, TensorFlow and Flax. The head of name_templates.txt lists them.
struct Leaves {
    std::string_view word, torch, tf, flax;
};
constexpr Leaves kWords[] = {
    {"dense", "weight", "kernel", "kernel"},    {"dense", "bias", "bias", "bias"},
    {"conv", "weight", "kernel:2", "kernel:2"}, {"conv", "bias", "bias", "bias"},
    {"norm", "weight", "gamma", "scale"},       {"norm", "bias", "beta", "bias"},
    {"linear", "weight", "kernel", "kernel"},   {"embed", "weight", "embeddings", "embedding"},
    {"table", "weight", "weight", "embedding"}, {"bias", "bias", "bias", "bias"},
    {"weight", "weight", "weight", "weight"},
};

constexpr std::pair<std::string_view, Fit> kFits[] = {
    {"row", Fit::kRow},     {"one", Fit::kOne},   {"column", Fit::kColumn},
    {"front", Fit::kFront}, {"flat", Fit::kFlat}, {"middle", Fit::kMiddle},
};

// A module's path in TensorFlow where it follows the rule: `a.{0}.b` is `a_._{0}/b`.
std::string tf_path_of(std::string_view module, std::string_view list_style) {
    return replaced(replaced(replaced(module, ".{", "\n"), ".", "/"), "\n", std::string(list_style) + "{");
}

struct Leaf {
    std::string_view name;
    Turn turn = Turn::kNone;
    Fit fit = Fit::kSame;
};

// `kernel`, `kernel:2`, `bias~row`
Result<Leaf> parse_leaf(std::string_view text) {
    Leaf leaf;
    if (const std::size_t at = text.find('~'); at != std::string_view::npos) {
        const auto* fit = std::ranges::find(kFits, text.substr(at + 1), &std::pair<std::string_view, Fit>::first);
        if (fit == std::end(kFits)) return Error{Code::kInvalidArgument, fmt::format("{} names no shape.", text)};
        leaf.fit = fit->second;
        text = text.substr(0, at);
    }
    const std::size_t colon = text.find(':');
    leaf.name = text.substr(0, colon);
    if (colon == std::string_view::npos) {
        leaf.turn = leaf.name.ends_with("kernel") ? Turn::kReverse : Turn::kNone;
        return leaf;
    }
    const std::string_view kind = text.substr(colon + 1);
    if (kind == "S" || kind == "1")
        leaf.turn = Turn::kReverse;
    else if (kind == "2")
        leaf.turn = Turn::kConv2d;
    else if (kind != "N")
        return Error{Code::kInvalidArgument, fmt::format("{} names no change of axes.", text)};
    return leaf;
}

class FamilyReader {
public:
    Result<void> read_line(std::string_view line) {
        if (line.empty() || line.starts_with('#')) return ok();
        if (line.starts_with('[') && line.ends_with(']')) return begin_family(line.substr(1, line.size() - 2));
        if (families_.empty()) return Error{Code::kInvalidArgument, "A name stands before the first model type."};
        if (line.starts_with("! ")) {
            families_.back().torch_only.emplace_back(line.substr(2));
            return ok();
        }
        return add_names(split(line, ' '));
    }
    std::vector<NameFamily> take() && { return std::move(families_); }

private:
    Result<void> begin_family(std::string_view line) {
        const auto words = split(line, ' ');
        if (words.size() != 4) return Error{Code::kInvalidArgument, "A model type has four words."};
        NameFamily family;
        family.model_type = words[0];
        style_ = words[1];
        if (words[2] != "-") family.prefix = words[2];
        for (const std::string_view side : split(words[3], ',')) {
            family.has_tf |= side == "tf";
            family.has_flax |= side == "flax";
            family.batch_stats |= side == "bs";
        }
        families_.push_back(std::move(family));
        return ok();
    }

    Result<void> add_names(std::vector<std::string_view> words) {
        std::optional<std::string_view> path;
        if (words.back().starts_with('@')) {
            path = words.back().substr(1);
            words.pop_back();
        }
        if (words.size() == 3) return add(std::string(words[0]), words[1], words[2], path);
        const bool known = words.size() == 2 && std::ranges::find(kWords, words[1], &Leaves::word) != std::end(kWords);
        if (!known) return Error{Code::kInvalidArgument, "A module has a word for its tensors, a name its last components."};
        const NameFamily& family = families_.back();
        for (const Leaves& leaves : kWords) {
            if (leaves.word != words[1]) continue;
            TRY(add(fmt::format("{}.{}", words[0], leaves.torch), family.has_tf ? leaves.tf : "-",
                    family.has_flax ? leaves.flax : "-", path));
        }
        return ok();
    }

    Result<void> add(std::string torch, std::string_view tf, std::string_view flax, std::optional<std::string_view> path) {
        NameTemplate row;
        const std::size_t dot = torch.rfind('.');
        const std::string_view module = dot == std::string::npos ? std::string_view{} : std::string_view(torch).substr(0, dot);
        if (tf != "-") {
            TRY(const Leaf leaf, parse_leaf(tf));
            row.tf_turn = leaf.turn;
            row.tf_fit = leaf.fit;
            row.tf_whole = path && path->starts_with('=');
            std::string where = path ? std::string(*path) : tf_path_of(module, style_);
            if (row.tf_whole) where.erase(0, 1);
            row.tf = where.empty() ? std::string(leaf.name) : fmt::format("{}/{}", where, leaf.name);
        }
        if (flax != "-") {
            TRY(const Leaf leaf, parse_leaf(flax));
            row.flax_turn = leaf.turn;
            const std::string where = replaced(module, ".", "/");
            row.flax = where.empty() ? std::string(leaf.name) : fmt::format("{}/{}", where, leaf.name);
        }
        row.torch = std::move(torch);
        families_.back().rows.push_back(std::move(row));
        return ok();
    }

    std::vector<NameFamily> families_;
    std::string style_;
};

// Where a name is both a template's with an index and another's without, the one without is meant.
void sort_by_indices(NameFamily& family) {
    std::ranges::stable_sort(family.rows, {}, [](const NameTemplate& row) { return std::ranges::count(row.torch, '{'); });
}

Error unfit(std::string_view form, const Shape& shape) {
    return Error{Code::kInvalidArgument, fmt::format("A shape {} is expected, this one is {}.", form, describe(shape))};
}

}  // namespace

Result<Shape> fitted(Fit fit, const Shape& shape) {
    const std::size_t rank = shape.size();
    switch (fit) {
        case Fit::kSame: return shape;
        case Fit::kRow:
            if (rank != 1) return unfit("(n)", shape);
            return Shape{1, shape[0]};
        case Fit::kOne:
            if (rank != 0) return unfit("()", shape);
            return Shape{1};
        case Fit::kColumn:
            if (rank != 2 || shape[1] != 1) return unfit("(n, 1)", shape);
            return Shape{shape[0]};
        case Fit::kFront:
            if (rank != 3 || shape[0] != 1 || shape[1] != 1) return unfit("(1, 1, n)", shape);
            return Shape{shape[2], 1, 1};
        case Fit::kFlat:
            if (rank != 3 || shape[1] != 1 || shape[2] != 1) return unfit("(n, 1, 1)", shape);
            return Shape{shape[0]};
        case Fit::kMiddle:
            if (rank != 3 || shape[1] != 1) return unfit("(a, 1, b)", shape);
            return Shape{shape[0], shape[2], 1};
    }
    return internal_error("no such fit");
}

Result<Shape> unfitted(Fit fit, const Shape& shape) {
    const std::size_t rank = shape.size();
    switch (fit) {
        case Fit::kSame: return shape;
        case Fit::kRow:
            if (rank != 2 || shape[0] != 1) return unfit("(1, n)", shape);
            return Shape{shape[1]};
        case Fit::kOne:
            if (rank > 1 || (rank == 1 && shape[0] != 1)) return unfit("(1)", shape);
            return Shape{};
        case Fit::kColumn:
            if (rank != 1) return unfit("(n)", shape);
            return Shape{shape[0], 1};
        case Fit::kFront:
            if (rank != 3 || shape[1] != 1 || shape[2] != 1) return unfit("(n, 1, 1)", shape);
            return Shape{1, 1, shape[0]};
        case Fit::kFlat:
            if (rank != 1) return unfit("(n)", shape);
            return Shape{shape[0], 1, 1};
        case Fit::kMiddle:
            if (rank != 3 || shape[2] != 1) return unfit("(a, b, 1)", shape);
            return Shape{shape[0], 1, shape[1]};
    }
    return internal_error("no such fit");
}

Result<std::vector<NameFamily>> parse_name_families(std::string_view text) {
    FamilyReader reader;
    std::size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        if (auto read = reader.read_line(line); !read.has_value())
            return Error{Code::kInvalidArgument, fmt::format("Line {}: {}", number, read.error().message)};
    }
    std::vector<NameFamily> families = std::move(reader).take();
    std::ranges::for_each(families, sort_by_indices);
    std::ranges::sort(families, {}, &NameFamily::model_type);
    return families;
}

std::span<const NameFamily> name_families() {
    static const std::vector<NameFamily> kAll = [] {
        std::string text;
        for (const std::string_view part : detail::name_templates_text()) text += part;
        auto families = parse_name_families(text);
        // The text is the program's own and a test reads it; without it every type is unknown, and says so.
        return families.has_value() ? std::move(families).value() : std::vector<NameFamily>{};
    }();
    return kAll;
}

const NameFamily* find_family(std::string_view model_type) {
    const auto all = name_families();
    const auto found = std::ranges::lower_bound(all, model_type, {}, &NameFamily::model_type);
    return found != all.end() && found->model_type == model_type ? &*found : nullptr;
}

std::optional<Indices> match_name(std::string_view pattern, std::string_view name) {
    Indices indices;
    while (!pattern.empty()) {
        if (pattern[0] == '{') {
            std::size_t digits = 0;
            while (digits < name.size() && name[digits] >= '0' && name[digits] <= '9') ++digits;
            if (digits == 0) return std::nullopt;
            indices.emplace_back(name.substr(0, digits));
            name.remove_prefix(digits);
            pattern.remove_prefix(3);
        } else {
            const std::size_t same = pattern.find('{');
            const std::string_view literal = pattern.substr(0, same);
            if (!name.starts_with(literal)) return std::nullopt;
            name.remove_prefix(literal.size());
            pattern.remove_prefix(literal.size());
        }
    }
    if (!name.empty()) return std::nullopt;
    return indices;
}

std::string fill_in(std::string_view pattern, const Indices& indices) {
    std::string name;
    while (!pattern.empty()) {
        if (pattern[0] == '{') {
            name += indices[static_cast<std::size_t>(pattern[1] - '0')];
            pattern.remove_prefix(3);
        } else {
            const std::string_view literal = pattern.substr(0, pattern.find('{'));
            name += literal;
            pattern.remove_prefix(literal.size());
        }
    }
    return name;
}

}  // namespace mirfa::checkpoint
