// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <memory>

#include "base/bytes.h"

namespace mirfa::checkpoint::detail {

/// Memory for one large thing after the other: asking the system for each of them anew costs more than working on them.
class Room {
public:
    /// Room for `size` octets. What is in it is of before; what was given before is gone.
    ByteSpan take(std::size_t size);

private:
    struct Free {
        void operator()(Byte* memory) const { std::free(memory); }
    };
    std::unique_ptr<Byte[], Free> memory_;
    std::size_t size_ = 0;
};

}  // namespace mirfa::checkpoint::detail
