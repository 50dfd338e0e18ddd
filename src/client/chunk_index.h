// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "format/shard.h"

namespace mirfa::client {

/// Where chunks are that need not be sent: those of this upload, and those that the hub has told of under a key.
/// Memory: bounded; what is forgotten is sent again. Threads: one at a time.
class ChunkIndex {
public:
    struct Place {
        std::uint32_t xorb;  ///< number that add_xorb gave
        std::uint32_t chunk;
        bool operator==(const Place&) const = default;
    };

    /// A xorb whose name is not known yet (it is being filled) or is.
    std::uint32_t add_xorb(std::optional<format::XetHash> hash);
    void name_xorb(std::uint32_t xorb, const format::XetHash& hash) { xorbs_[xorb] = hash; }
    const std::optional<format::XetHash>& xorb(std::uint32_t number) const { return xorbs_[number]; }

    void add(const format::XetHash& chunk, Place place);
    void add_answer(const format::DedupAnswer& answer);
    /// `expected` (the chunk after the last one used) is preferred, so that terms stay long.
    std::optional<Place> find(const format::XetHash& chunk, std::optional<Place> expected) const;

private:
    using Map = std::unordered_map<format::XetHash, Place>;
    struct Answer {
        format::XetHash key;
        Map places;
    };
    std::vector<std::optional<format::XetHash>> xorbs_;
    Map own_;
    std::list<Answer> answers_;
};

}  // namespace mirfa::client
