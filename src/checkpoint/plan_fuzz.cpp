// SPDX-License-Identifier: Apache-2.0
// Whatever tensors are called, a plan gives no two of them one name and loses none.
// The first line: model type, architecture, source and target as digits, rules (0, 1). Every other line: shape digits, a space, a
// name.
#include <cstdlib>
#include <set>

#include "base/ascii.h"
#include "base/bytes.h"
#include "checkpoint/plan.h"

namespace mirfa::checkpoint {
namespace {

int digit(std::string_view text) { return text.empty() || text[0] < '0' || text[0] > '9' ? 0 : text[0] - '0'; }

void check(const Plan& plan, std::size_t tensors) {
    std::set<std::string> names;
    std::set<std::size_t> sources;
    for (const PlanRow& row : plan.rows) {
        if (!names.insert(row.target_name).second) std::abort();
        if (row.source) sources.insert(*row.source);
        if (count_elements(row.shape).value() != count_elements(row.view).value()) std::abort();
    }
    if (sources.size() + plan.dropped.size() + plan.tied.size() + plan.unexpected.size() + plan.mismatched.size() < tensors)
        std::abort();
}

}  // namespace
}  // namespace mirfa::checkpoint

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mirfa::checkpoint;
    if (size > 4'096) return 0;
    const auto lines = mirfa::split(mirfa::as_text({data, size}), '\n');
    const auto head = mirfa::split(lines[0], ' ');
    if (head.size() != 5) return 0;
    ModelConfig config;
    config.model_type = head[0];
    config.architectures = {std::string(head[1])};
    PlanOptions options;
    options.general_rules = digit(head[4]) == 1;
    std::vector<TensorInfo> tensors;
    for (const auto line : std::span(lines).subspan(1)) {
        const std::size_t space = line.find(' ');
        if (space == line.npos || space > 6) continue;
        TensorInfo info;
        info.name = line.substr(space + 1);
        for (const char c : line.substr(0, space)) info.shape.push_back(static_cast<std::uint64_t>(digit({&c, 1})));
        info.size_bytes = size_of(info.dtype, info.shape).value();
        tensors.push_back(std::move(info));
    }
    const auto source = static_cast<Framework>(digit(head[2]) % 4);
    const auto target = static_cast<Target>(digit(head[3]) % 5);
    const auto plan = make_plan(config, source, target, tensors, {}, options);
    if (plan.has_value()) check(plan.value(), tensors.size());
    return 0;
}
