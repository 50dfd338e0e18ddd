// SPDX-License-Identifier: Apache-2.0
// What is looked at by its name: the first octet says which. A scan ends, keeps to its limits, and finds the same again.
#include "checkpoint/scan.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kNames[] = {"config.json", "m.pkl.gz", "m.onnx", "m.h5", "m.keras", "m.joblib"};
    if (size == 0) return 0;
    const ScanLimits limits{.octets = 4u << 20, .searched = 4u << 20, .imports = 50, .findings = 20, .depth = 3};
    const std::string_view name = kNames[data[0] % std::size(kNames)];
    const ByteView content(data + 1, size - 1);
    const auto report = scan_file(memory_source(content), name, limits);
    require(report.has_value());
    require(report.value().imports.size() <= limits.imports && report.value().findings.size() <= limits.findings);
    require(security_status_json(report.value()) ==
            security_status_json(scan_file(memory_source(content), name, limits).value()));
    return 0;
}
