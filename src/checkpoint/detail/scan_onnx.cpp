// SPDX-License-Identifier: Apache-2.0
// An ONNX model runs nothing of its own. It can have numbers read from other files, which runtimes of before followed anywhere,
// and it can need operators that somebody must load as a library.
#include <fmt/format.h>

#include "checkpoint/detail/file_scan.h"
#include "checkpoint/detail/onnx.h"

namespace mirfa::checkpoint {

Result<void> FileScan::look_at_onnx(const Source& source, const Place& place) {
    OnnxReach reach;
    const auto read = read_onnx_reach(*source, reach);
    for (const std::string& path : reach.outside) {
        const std::string shown = printable(path);
        find(place, {Safety::kCaution, "", fmt::format("It has numbers read from a file outside of its folder: {}.", shown),
                     "onnx_path", shown});
    }
    for (const std::string& name : reach.operators) {
        const std::string shown = printable(name);
        find(place, {Safety::kCaution, "", fmt::format("It needs operators of a library of its own: {}.", shown),
                     "onnx_operators", shown});
    }
    return read.has_value() ? Result<void>(ok()) : tolerate(read.error(), place);
}

}  // namespace mirfa::checkpoint
