// SPDX-License-Identifier: Apache-2.0
// A scan ends, keeps to its limits, and what Mirfa's own reader takes is never called dangerous.
#include "checkpoint/pickle.h"
#include "checkpoint/scan.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ScanLimits limits{.octets = 4u << 20, .imports = 50, .findings = 20, .depth = 3};
    const auto source = memory_source({data, size});
    const auto report = scan_file(source, "model.pkl", limits);
    require(report.has_value());
    require(report.value().imports.size() <= limits.imports && report.value().findings.size() <= limits.findings);
    require(!security_status_json(report.value()).empty());
    const auto pickle = read_pickle(source, 0, PickleStorages::kZip, {.octets = 1u << 20, .memory = 16u << 20, .text = 1u << 16});
    if (!pickle.has_value() || pickle.value().end() != size) return 0;
    for (const ScannedImport& found : report.value().imports)
        require(found.safety != Safety::kDangerous || !found.member.empty());
    return 0;
}
