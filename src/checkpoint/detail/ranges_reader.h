// SPDX-License-Identifier: Apache-2.0
// The reader of every format whose tensors lie in the file as plain octets.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// Octets [first, first + size) of a file.
struct FileRange {
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};

/// What a head said, checked: ranges[i] are the octets of tensors[i], one after the other.
struct FileContents {
    std::vector<TensorInfo> tensors;
    std::vector<std::vector<FileRange>> ranges;
    std::vector<Tie> ties;
    std::map<std::string, std::string> metadata;
};

ReaderPtr make_ranges_reader(Format format, std::shared_ptr<const RandomSource> source, FileContents contents);

/// Fails: kInvalidArgument naming the first tensor whose name is empty, longer than kMaxTensorName or there twice.
Result<void> check_names(std::string_view format, const std::vector<TensorInfo>& tensors);

}  // namespace mirfa::checkpoint
