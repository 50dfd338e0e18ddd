// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>

#include "base/file.h"
#include "client/cache_layout.h"
#include "fetch/testing/imposter.h"

namespace mirfa::client::testing {

inline const std::string kCommit = "0123456789abcdef0123456789abcdef01234567";

/// An empty home whose settings name a hub.
struct Home {
    TemporaryFolder folder = TemporaryFolder::create().value();

    Settings settings(const std::string& endpoint = "http://127.0.0.1:1") const {
        Settings s;
        s.endpoint = endpoint;
        s.home = folder.path() / "hf";
        s.hub_cache = s.home / "hub";
        s.token_file = s.home / "token";
        s.oauth_client = "client";
        s.metadata_seconds = 2;
        return s;
    }
};

/// Headers of a file as a hub announces it.
inline fetch::testing::Reply announced(const std::string& content, const std::string& etag) {
    return {200,
            {{"X-Repo-Commit", kCommit}, {"ETag", '"' + etag + '"'}, {"Content-Length", std::to_string(content.size())}},
            content};
}

}  // namespace mirfa::client::testing
