// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "blob/rebuild.h"
#include "format/xorb_writer.h"

namespace mirfa::blob {

/// Stores chunks as one xorb, as the upload rule does. Gives its table.
inline Result<format::ChunkTable> put_xorb(Store& store, const std::vector<Bytes>& chunks,
                                           format::SchemeChoice choice = format::SchemeChoice::kAuto) {
    format::XorbWriter xorb_writer(choice);
    for (const auto& chunk : chunks) xorb_writer.add(chunk);
    const auto xorb = xorb_writer.finish();
    TRY(auto writer, store.begin());
    TRY(writer->write(xorb.body));
    TRY(writer->write(format::write_xorb_footer(xorb.table)));
    TRY(writer->publish(xorb_key(xorb.table.xorb)));
    return xorb.table;
}

/// Chunks [first, last) of a xorb as a term.
inline Term term_of(const format::ChunkTable& table, std::size_t first, std::size_t last) {
    return {table.xorb, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last),
            static_cast<std::uint32_t>(table.raw_length(first, last))};
}

}  // namespace mirfa::blob
