// SPDX-License-Identifier: Apache-2.0
#include "safetensors.h"

#include <bit>
#include <fstream>

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

namespace {

std::string head_of(const std::vector<Tensor>& tensors) {
    std::string head = R"({"__metadata__":{"format":"pt"})";
    std::size_t at = 0;
    for (const auto& tensor : tensors) {
        head += ",\"" + tensor.name + R"(":{"dtype":"F32","shape":[)";
        for (std::size_t i = 0; i < tensor.shape.size(); ++i) head += (i ? "," : "") + std::to_string(tensor.shape[i]);
        head += "],\"data_offsets\":[" + std::to_string(at) + ",";
        at += tensor.values.size() * sizeof(float);
        head += std::to_string(at) + "]}";
    }
    head += "}";
    head.resize((head.size() + 7) / 8 * 8, ' ');
    return head;
}

}  // namespace

bool write_safetensors(const std::filesystem::path& file, const std::vector<Tensor>& tensors) {
    std::ofstream out(file, std::ios::binary);
    const std::string head = head_of(tensors);
    const std::uint64_t length = head.size();
    out.write(reinterpret_cast<const char*>(&length), sizeof length) << head;
    for (const auto& tensor : tensors)
        out.write(reinterpret_cast<const char*>(tensor.values.data()),
                  static_cast<std::streamsize>(tensor.values.size() * sizeof(float)));
    out.close();
    return out.good();
}

bool read_safetensors(const std::filesystem::path& file, std::vector<Tensor>& tensors) {
    std::ifstream in(file, std::ios::binary);
    const std::string expected = head_of(tensors);
    std::uint64_t length = 0;
    std::string head(expected.size(), '\0');
    in.read(reinterpret_cast<char*>(&length), sizeof length).read(head.data(), static_cast<std::streamsize>(head.size()));
    if (!in || length != expected.size() || head != expected) return false;
    for (auto& tensor : tensors)
        in.read(reinterpret_cast<char*>(tensor.values.data()),
                static_cast<std::streamsize>(tensor.values.size() * sizeof(float)));
    return in.good();
}
