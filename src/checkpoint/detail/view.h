// SPDX-License-Identifier: Apache-2.0
// Tensors that lie in their file in another order than row-major, little-endian.
#pragma once

#include <memory>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

struct StridedView {
    std::uint64_t first_octet = 0;  ///< of the element at [0, 0, …]
    std::size_t element_size = 1;   ///< octets, at most 16
    Shape shape;
    std::vector<std::uint64_t> strides;  ///< in elements
    std::size_t swap_size = 1;           ///< octets of the numbers whose order is turned around; 1 for none
};

/// The view's elements row by row, little-endian. Takes: a view that lies in `source` and has at most 2^62 octets.
/// Memory: a buffer for rows that lie together; for a transposed view, what it spans of the source.
std::unique_ptr<ByteSource> stream_of_view(std::shared_ptr<const RandomSource> source, StridedView view);

/// Octets of the numbers that an element of `dtype` consists of: half an element for complex ones.
std::size_t number_size(Dtype dtype);

}  // namespace mirfa::checkpoint
