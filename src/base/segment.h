// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "base/file.h"

namespace mirfa {

/// A piece of an open file, to be sent without passing through user space.
struct FileSlice {
    std::shared_ptr<const File> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// A piece of a body: nothing (the end), octets in memory, or a piece of a file.
using Segment = std::variant<std::monostate, Bytes, FileSlice>;

/// A body that is made piece by piece. Threads: one at a time, but not always the same one.
class SegmentSource {
public:
    virtual ~SegmentSource() = default;
    /// The next piece, not empty; std::monostate at the end. May block (it runs on a worker pool).
    virtual Result<Segment> next() = 0;
};

}  // namespace mirfa
