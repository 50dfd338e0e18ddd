// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "http/app.h"
#include "hub/access/principal.h"

namespace mirfa::api {

/// An answer that was given, and what has to happen each time it is given again.
struct KeptAnswer {
    http::Response response;            ///< without a stream
    std::int64_t version = 0;           ///< Catalog::version() before anything was read for it
    hub::RowId token = 0;               ///< was used by it; 0: none
    std::optional<UnixMillis> expires;  ///< of that token
    hub::RowId downloaded = 0;          ///< the repository it counts as a download of; 0: none
    hub::RowId user = 0;                ///< whose download it is; 0: anonymous
};

/// Small answers, each good for as long as nothing at all has changed in the catalog. Whoever reads one must compare its
/// version with the catalog's of that moment: so rights that were taken away end with the transaction that took them,
/// whichever process it was of. Threads: any.
class AnswerCache {
public:
    static constexpr std::size_t kDefaultLimit = 8u << 20;

    explicit AnswerCache(std::size_t limit_bytes = kDefaultLimit) : limit_bytes_(limit_bytes) {}

    /// What tells one question from another: method, target, credentials and what is accepted. Nothing for a request that
    /// is never answered from here: one with a body, a cookie, a range or a condition, and one in which `Accept` or the
    /// credentials stand twice.
    static std::optional<std::string> key_of(const http::Request& request);

    using Kept = std::shared_ptr<const KeptAnswer>;
    /// Null when there is none.
    Kept find(const std::string& key) const;
    /// Large answers are not taken. When the cache is full it begins anew: what is asked for often is back at once.
    void keep(std::string key, KeptAnswer answer);
    /// Octets kept.
    std::size_t bytes() const;

private:
    const std::size_t limit_bytes_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Kept> answers_;  // guarded by mutex_
    std::size_t bytes_ = 0;                          // guarded by mutex_
};

/// The same answer again; nothing for one with a stream.
std::optional<http::Response> copy_of(const http::Response& response);

}  // namespace mirfa::api
