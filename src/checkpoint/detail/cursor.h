// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <concepts>
#include <string>

#include "base/little_endian.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// Walks over a source from its front, a window at a time; what is skipped is not read. Threads: one at a time.
class Cursor {
public:
    /// Takes: `what`, for messages: "flax file".
    Cursor(const RandomSource& source, std::string_view what) : source_(source), what_(what) {}

    std::uint64_t position() const { return at_; }
    std::uint64_t left() const { return source_.size() - at_; }
    Result<void> skip(std::uint64_t count);
    Result<void> read(ByteSpan into);
    /// Fails: kInvalidArgument when it would be longer than `most` or than the source.
    Result<std::string> text(std::uint64_t length, std::uint64_t most);
    template <std::unsigned_integral T>
    Result<T> little() {
        Byte octets[sizeof(T)];
        TRY(read(octets));
        return load_le<T>(octets);
    }
    template <std::unsigned_integral T>
    Result<T> big() {
        Byte octets[sizeof(T)];
        TRY(read(octets));
        std::reverse(octets, octets + sizeof(T));
        return load_le<T>(octets);
    }
    /// `This WHAT is broken: … (at octet N).`
    Error broken(std::string_view why) const;

private:
    const RandomSource& source_;
    std::string_view what_;
    std::uint64_t at_ = 0;
    Bytes window_;
    std::uint64_t window_at_ = 0;
};

}  // namespace mirfa::checkpoint
