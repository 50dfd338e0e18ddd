// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"

namespace mirfa::format::testing {

/// Ends the program when a property of fuzzed code does not hold.
inline void require(bool property) {
    if (!property) std::abort();
}

/// Cuts a body into pieces whose sizes follow from the body itself, so that a finding can be repeated.
class Pieces {
public:
    explicit Pieces(ByteView body) : rest_(body), state_(body.size() * 2654435761u + (body.empty() ? 0 : body.back())) {}
    bool empty() const { return rest_.empty(); }
    ByteView next() {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        const std::size_t size = std::min<std::size_t>(rest_.size(), 1 + (state_ >> 33) % 97);
        const ByteView piece = rest_.first(size);
        rest_ = rest_.subspan(size);
        return piece;
    }

private:
    ByteView rest_;
    std::uint64_t state_;
};

}  // namespace mirfa::format::testing
