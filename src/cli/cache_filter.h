// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/cache.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa::cli {

/// A line of `cache ls`: a repository, or one revision of it.
struct CacheEntry {
    const client::CachedRepo* repo = nullptr;
    const client::CachedRevision* revision = nullptr;

    std::uint64_t bytes() const { return revision != nullptr ? revision->bytes : repo->bytes; }
    std::int64_t accessed() const { return repo->accessed; }  ///< revisions have no time of their own
    std::int64_t modified() const { return revision != nullptr ? revision->modified : repo->modified; }
    std::vector<std::string> refs() const;  ///< sorted
};

/// `size>1GB`, `accessed>7d`, `modified<=2w`, `type=model`, `refs=main`: the words of `hf cache ls --filter`. Sizes have
/// the units K, M, G, T with or without B (powers of 1000), times are ages in s, m, h, d, w, mo, y.
struct CacheFilter {
    enum class Key { kSize, kAccessed, kModified, kType, kRefs } key = Key::kSize;
    enum class Compare { kEqual, kNotEqual, kMore, kLess, kAtLeast, kAtMost } compare = Compare::kEqual;
    std::uint64_t number = 0;  ///< octets or seconds
    std::string text;          ///< of type and refs, in small letters

    /// Fails: kInvalidArgument, saying what can be written.
    static Result<CacheFilter> parse(std::string_view text);
    /// `now` in seconds since 1970.
    bool passes(const CacheEntry& entry, std::int64_t now) const;
};

/// `size`, `name:desc`: names go up unless told otherwise, the others down.
struct CacheOrder {
    enum class Key { kName, kSize, kAccessed, kModified } key = Key::kName;
    bool descends = false;

    /// Fails: kInvalidArgument.
    static Result<CacheOrder> parse(std::string_view text);
};

/// What passes all filters, in the order that is asked for (else by name and revision), and the first `limit` of it.
std::vector<CacheEntry> select_entries(std::vector<CacheEntry> entries, const std::vector<CacheFilter>& filters,
                                       const std::optional<CacheOrder>& order, std::optional<std::size_t> limit,
                                       std::int64_t now);

/// `model/owner/name`
std::string cache_title(const client::RepoId& repo);

}  // namespace mirfa::cli
