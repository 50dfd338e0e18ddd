// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace mirfa {

/// Bytes that come when asked for. Threads: one at a time.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Gives: how many octets were put at the front of `into` (at least 1 unless the end is reached, then 0).
    virtual Result<std::size_t> read(ByteSpan into) = 0;
};

/// Bytes that are taken as they arrive. Threads: one at a time.
class ByteSink {
public:
    virtual ~ByteSink() = default;
    virtual Result<void> write(ByteView bytes) = 0;
};

/// A source over memory that somebody else keeps.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(ByteView bytes) : rest_(bytes) {}
    Result<std::size_t> read(ByteSpan into) override {
        const std::size_t count = std::min(into.size(), rest_.size());
        std::copy_n(rest_.begin(), count, into.begin());
        rest_ = rest_.subspan(count);
        return count;
    }

private:
    ByteView rest_;
};

}  // namespace mirfa
