// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/room.h"

#include <sys/mman.h>

#include <new>

namespace mirfa::checkpoint::detail {

ByteSpan Room::take(std::size_t size) {
    constexpr std::size_t kPage = 2u << 20;
    if (size > size_) {
        memory_.reset();
        size_ = 0;
        const std::size_t whole = (size + kPage - 1) / kPage * kPage;
        memory_.reset(static_cast<Byte*>(std::aligned_alloc(kPage, whole)));
        if (!memory_) throw std::bad_alloc();
        size_ = whole;
        // Columns of a matrix lie in as many pages as it has rows: of the large ones the processor keeps all in mind.
        static_cast<void>(::madvise(memory_.get(), whole, MADV_HUGEPAGE));
    }
    return {memory_.get(), size};
}

}  // namespace mirfa::checkpoint::detail
