// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mirfa::client {

/// Told what a transfer does. Threads: called from many at once; calls must be short.
class Progress {
public:
    virtual ~Progress() = default;
    /// More work is known: this many files and octets on top of what was said before.
    virtual void expect(std::uint64_t files, std::uint64_t bytes) = 0;
    /// Octets are where they belong, by transfer or because they were there; negative when some must be done again.
    virtual void advance(std::int64_t bytes) = 0;
    virtual void finished(std::string_view file) = 0;
};

}  // namespace mirfa::client
