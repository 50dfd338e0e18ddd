// SPDX-License-Identifier: Apache-2.0
// Tensors and files for tests of every format.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "checkpoint/reader.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint::testing {

/// A tensor whose octets follow from its name.
OutTensor made_tensor(std::string name, Dtype dtype, Shape shape);
OutTensor tied_to(const OutTensor& owner, std::string name);
OutTensor tensor_of(std::string name, Dtype dtype, Shape shape, Bytes octets);
/// The octets that a tensor tells.
Bytes octets_of(const OutTensor& tensor);
Bytes octets_of(const Reader& reader, std::size_t index);

/// All that a reader gives, by name, in a form that a failed comparison prints: `F32 [2, 3] 0000…`; ties: `= other`.
std::map<std::string, std::string> told(const Reader& reader);
std::map<std::string, std::string> told(std::span<const OutTensor> tensors);

/// Names of the files in a folder, sorted.
std::vector<std::string> files_in(const std::filesystem::path& folder);
/// A file of `testdata`.
std::filesystem::path testdata(std::string_view name);
Bytes file_bytes(const std::filesystem::path& path);
void put_file(const std::filesystem::path& path, std::string_view text);

}  // namespace mirfa::checkpoint::testing
