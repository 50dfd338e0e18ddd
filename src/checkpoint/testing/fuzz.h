// SPDX-License-Identifier: Apache-2.0
// What holds for every checkpoint that a reader accepts.
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <set>

#include "checkpoint/copy.h"
#include "checkpoint/detail/file_sink.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint::testing {

class Counting final : public ByteSink {
public:
    std::uint64_t octets = 0;
    Result<void> write(ByteView bytes) override {
        octets += bytes.size();
        return ok();
    }
};

/// Ends the program when a property of fuzzed code does not hold.
inline void require(bool property) {
    if (!property) std::abort();
}

/// Every tensor tells as many octets as it says, from inside the file; names differ; ties lead to tensors.
inline void check_readable(const Reader& reader) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < reader.tensors().size(); ++i) {
        const TensorInfo& info = reader.tensors()[i];
        require(!info.name.empty() && names.insert(info.name).second);
        if (info.dtype != Dtype::kBlocks) require(size_of(info.dtype, info.shape).value() == info.size_bytes);
        const auto octets = reader.open(i);
        require(octets.has_value());
        Counting counting;
        require(pump(*octets.value(), counting).has_value() && counting.octets == info.size_bytes);
    }
    for (const Tie& tie : reader.ties()) require(names.contains(tie.same_as) && !names.contains(tie.name));
}

using ReadSource = Result<ReaderPtr> (*)(std::shared_ptr<const RandomSource> source);

/// The same, and when `write` takes the tensors, `read` gives the same names and types back.
inline void check_accepted(const Reader& reader, FileWriter write, ReadSource read) {
    check_readable(reader);
    std::vector<const OutTensor*> row;
    const auto tensors = same_tensors(reader);
    for (const auto& tensor : tensors) row.push_back(&tensor);
    const auto folder = TemporaryFolder::create("/dev/shm").value();
    auto sink = FileSink::create(folder.path() / "x").value();
    if (!write(sink, row, reader.metadata()).has_value() || !sink.finish().has_value()) return;
    const auto again = read(open_file_source(folder.path() / "x").value());
    require(again.has_value());
    std::set<std::string> names, expected;
    for (const auto& tensor : reader.tensors()) expected.insert(tensor.name + std::string(name_of(tensor.dtype)));
    for (const auto& tensor : again.value()->tensors()) names.insert(tensor.name + std::string(name_of(tensor.dtype)));
    require(names == expected);
    require(again.value()->ties().size() >= reader.ties().size() || reader.format() != Format::kSafetensors);
}

/// A file in memory with these octets, for libraries that open paths; gone with this.
class MemoryFile {
public:
    explicit MemoryFile(ByteView bytes) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        require(static_cast<bool>(file_) && file_.append(bytes).has_value());
        path_ = "/proc/self/fd/" + std::to_string(file_.descriptor());
    }
    const std::filesystem::path& path() const { return path_; }

private:
    File file_;
    std::filesystem::path path_;
};

}  // namespace mirfa::checkpoint::testing
