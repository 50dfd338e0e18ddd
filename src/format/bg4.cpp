// SPDX-License-Identifier: Apache-2.0
#include "format/bg4.h"

#include <array>

namespace mirfa::format {
namespace {

/// Where each of the four groups begins in the grouped form.
std::array<std::size_t, 4> group_starts(std::size_t size) {
    std::array<std::size_t, 4> starts{};
    for (std::size_t k = 1; k < 4; ++k) starts[k] = starts[k - 1] + size / 4 + (size % 4 > k - 1 ? 1 : 0);
    return starts;
}

}  // namespace

void bg4_split(ByteView raw, ByteSpan grouped) {
    const auto starts = group_starts(raw.size());
    const Byte* from = raw.data();
    Byte *a = grouped.data() + starts[0], *b = grouped.data() + starts[1];
    Byte *c = grouped.data() + starts[2], *d = grouped.data() + starts[3];
    const std::size_t whole = raw.size() / 4;
    for (std::size_t i = 0; i < whole; ++i) {
        a[i] = from[4 * i];
        b[i] = from[4 * i + 1];
        c[i] = from[4 * i + 2];
        d[i] = from[4 * i + 3];
    }
    for (std::size_t i = 4 * whole; i < raw.size(); ++i) grouped[starts[i % 4] + whole] = raw[i];
}

void bg4_join(ByteView grouped, ByteSpan raw) {
    const auto starts = group_starts(raw.size());
    const Byte *a = grouped.data() + starts[0], *b = grouped.data() + starts[1];
    const Byte *c = grouped.data() + starts[2], *d = grouped.data() + starts[3];
    Byte* to = raw.data();
    const std::size_t whole = raw.size() / 4;
    for (std::size_t i = 0; i < whole; ++i) {
        to[4 * i] = a[i];
        to[4 * i + 1] = b[i];
        to[4 * i + 2] = c[i];
        to[4 * i + 3] = d[i];
    }
    for (std::size_t i = 4 * whole; i < raw.size(); ++i) raw[i] = grouped[starts[i % 4] + whole];
}

}  // namespace mirfa::format
