// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/stream.h"

namespace mirfa::checkpoint {

/// Writes an archive of stored members from front to back, each member's octets at a multiple of 64 as torch wants them.
/// Sizes and CRC-32 follow the octets and stand in the directory; zip64 records appear where they are needed.
/// Threads: one at a time.
class ZipWriter {
public:
    /// Takes: `sink`, which outlives the writer and has taken nothing yet.
    explicit ZipWriter(ByteSink& sink) : sink_(sink) {}
    /// Takes: a name of at most 65,535 octets that no earlier member has; `write`, which gives exactly `size` octets.
    /// Fails: kInternal when `write` gives another number; as `write` and the sink.
    Result<void> add(std::string name, std::uint64_t size, const std::function<Result<void>(ByteSink&)>& write);
    Result<void> add(std::string name, ByteView content);
    /// The directory. Nothing is added behind it.
    Result<void> finish();

private:
    struct Entry {
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t offset = 0;
        std::uint32_t crc = 0;
    };
    Result<void> put(ByteView bytes);
    Result<void> put_end(std::uint64_t first, std::uint64_t size);

    ByteSink& sink_;
    std::uint64_t written_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace mirfa::checkpoint
