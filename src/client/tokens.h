// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/settings.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/result.h"

namespace mirfa::client {

class Hub;

/// One section of the file of stored tokens: keys to values, `hf_token` among them.
using TokenSection = std::map<std::string, std::string>;
/// By name, sorted as they are written.
using StoredTokens = std::map<std::string, TokenSection>;

/// Reads the INI of the Python client. Text that is none counts as empty, as it does there.
StoredTokens parse_stored_tokens(std::string_view text);
std::string write_stored_tokens(const StoredTokens& tokens);

/// The two files, both 0600 in a folder that every write makes 0700. Threads and processes: each write replaces a whole
/// file; two that change different tokens at once may lose one, as with the Python client.
class TokenFiles {
public:
    explicit TokenFiles(const Settings& settings);
    Result<std::string> active() const;  ///< empty when signed out
    Result<StoredTokens> stored() const;
    Result<void> write_active(std::string_view token) const;
    Result<void> write_stored(const StoredTokens& tokens) const;
    Result<bool> remove_active() const;
    Result<bool> remove_stored() const;
    std::filesystem::path lock_path() const;

private:
    std::filesystem::path token_;
    std::filesystem::path stored_;
};

/// The active token of the files. One that ends within a day is refreshed first, by one process at a time; when that does
/// not work the old one is used while it lasts.
Result<Secret> active_token(Hub& hub);

}  // namespace mirfa::client
