// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mirfa::client {

/// Where things are and what is allowed. The variables and defaults are those of the Python client, so that both see the
/// same tokens and the same cache.
struct Settings {
    std::string endpoint;              ///< of the hub, without a trailing `/`; empty when HF_ENDPOINT is not set
    std::filesystem::path home;        ///< HF_HOME
    std::filesystem::path hub_cache;   ///< HF_HUB_CACHE
    std::filesystem::path token_file;  ///< HF_TOKEN_PATH; the stored tokens stand beside it
    std::optional<std::string> token;  ///< HF_TOKEN: comes before any file
    std::string oauth_client;          ///< HF_DEVICE_CODE_OAUTH_CLIENT_ID
    bool offline = false;              ///< HF_HUB_OFFLINE: no request at all
    bool symlinks = true;              ///< off: HF_HUB_DISABLE_SYMLINKS
    bool xet = true;                   ///< off: HF_HUB_DISABLE_XET
    bool shared_blobs = true;          ///< off: HF_HUB_DISABLE_SHARED_BLOBS
    bool implicit_token = true;        ///< off: HF_HUB_DISABLE_IMPLICIT_TOKEN
    std::optional<bool> progress;      ///< HF_HUB_DISABLE_PROGRESS_BARS, turned round
    int metadata_seconds = 10;         ///< HF_HUB_ETAG_TIMEOUT
    int download_seconds = 10;         ///< HF_HUB_DOWNLOAD_TIMEOUT: without an octet

    /// Reads this process's environment. Relative paths stay as they are written.
    static Settings from_environment();
};

}  // namespace mirfa::client
