// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/testing/made.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/copy.h"

namespace mirfa::checkpoint::testing {
namespace {

class Collected final : public ByteSink {
public:
    Bytes octets;
    Result<void> write(ByteView bytes) override {
        octets.insert(octets.end(), bytes.begin(), bytes.end());
        return ok();
    }
};

std::string line(const TensorInfo& info, ByteView octets) {
    return fmt::format("{} {} {}", name_of(info.dtype), describe(info.shape), to_hex(octets));
}

}  // namespace

OutTensor tensor_of(std::string name, Dtype dtype, Shape shape, Bytes octets) {
    const std::uint64_t size_bytes = octets.size();
    return OutTensor{TensorInfo{std::move(name), dtype, std::move(shape), size_bytes},
                     [octets = std::move(octets)](ByteSink& sink) { return sink.write(octets); }};
}

OutTensor made_tensor(std::string name, Dtype dtype, Shape shape) {
    Bytes octets(size_of(dtype, shape).value());
    std::size_t state = std::hash<std::string>{}(name);
    for (auto& octet : octets) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        octet = static_cast<Byte>(dtype == Dtype::kBool ? state >> 63 : state >> 56);
    }
    return tensor_of(std::move(name), dtype, std::move(shape), std::move(octets));
}

OutTensor tied_to(const OutTensor& owner, std::string name) {
    OutTensor tied{owner.info, owner.write, owner.info.name};
    tied.info.name = std::move(name);
    return tied;
}

Bytes octets_of(const OutTensor& tensor) {
    Collected collected;
    tensor.write(collected).value();
    return std::move(collected.octets);
}

Bytes octets_of(const Reader& reader, std::size_t index) { return octets_of(same_tensor(reader, index)); }

std::map<std::string, std::string> told(const Reader& reader) {
    std::map<std::string, std::string> all;
    for (std::size_t i = 0; i < reader.tensors().size(); ++i)
        all[reader.tensors()[i].name] = line(reader.tensors()[i], octets_of(reader, i));
    for (const auto& tie : reader.ties()) all[tie.name] = "= " + tie.same_as;
    return all;
}

std::map<std::string, std::string> told(std::span<const OutTensor> tensors) {
    std::map<std::string, std::string> all;
    for (const auto& tensor : tensors)
        all[tensor.info.name] = tensor.same_as.empty() ? line(tensor.info, octets_of(tensor)) : "= " + tensor.same_as;
    return all;
}

std::vector<std::string> files_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

std::filesystem::path testdata(std::string_view name) {
    return std::filesystem::path(MIRFA_SOURCE_DIR) / "src/checkpoint/testdata" / name;
}

Bytes file_bytes(const std::filesystem::path& path) {
    const auto text = read_small_file(path).value();
    return Bytes(text.begin(), text.end());
}

void put_file(const std::filesystem::path& path, std::string_view text) { write_small_file(path, text).value(); }

}  // namespace mirfa::checkpoint::testing
