// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "catalog/catalog.h"
#include "catalog/settings.h"

namespace mirfa::hub {

/// Seals short texts so that only this hub can have made them: CAS tokens, upload and download URLs.
///
/// Keys are random, live in the catalog and are shared by every node; a new one is made each week and the old one stays
/// good for a day longer than anything sealed under it. Threads: any.
class Keyring {
public:
    Keyring(catalog::Catalog& catalog, const Clock& clock) : catalog_(catalog), clock_(clock) {}

    /// URL-safe text (letters, digits, `-`, `_`, `.`). `purpose` keeps one kind of seal from being taken for another.
    Result<std::string> seal(std::string_view purpose, std::string_view payload, UnixMillis expires);
    /// The payload. Fails: kUnauthenticated (bad credentials) when it is not ours, altered, of another purpose or expired.
    Result<std::string> open(std::string_view purpose, std::string_view sealed);

private:
    Result<catalog::SigningKey> current_key();
    Result<catalog::SigningKey> key_by_id(catalog::RowId id);
    Result<void> reload();

    catalog::Catalog& catalog_;
    const Clock& clock_;
    std::mutex mutex_;
    std::vector<catalog::SigningKey> keys_;  // guarded by mutex_; newest first
};

}  // namespace mirfa::hub
