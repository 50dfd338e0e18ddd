// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

namespace mirfa::format {

/// Regroups octets by their position modulo 4 (x0 x4 x8 … x1 x5 … x2 … x3 …). Both views have the same length and do
/// not overlap.
void bg4_split(ByteView raw, ByteSpan grouped);
/// The inverse.
void bg4_join(ByteView grouped, ByteSpan raw);

}  // namespace mirfa::format
