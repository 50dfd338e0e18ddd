// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "network.h"

/// Writes tensors of 32-bit floats as a safetensors file: the length of a JSON head (8 octets), the head, the numbers, all
/// little-endian as this machine must be. Gives whether all of it was written.
bool write_safetensors(const std::filesystem::path& file, const std::vector<Tensor>& tensors);
/// Reads what write_safetensors() wrote for tensors of these names and shapes; other files are not understood.
bool read_safetensors(const std::filesystem::path& file, std::vector<Tensor>& tensors);
