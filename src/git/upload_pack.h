// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/segment.h"
#include "git/node_cache.h"

namespace mirfa::git {

/// What a fetch over smart HTTP begins with, for any protocol version the client asks for.
/// `protocol` is the request's Git-Protocol header; odd values are ignored.
Result<std::string> advertise_upload_pack(const CachedRepository& repository, std::string_view protocol);

/// Answers one round of a fetch. The answer comes straight from git's own program as it makes it.
Result<std::unique_ptr<SegmentSource>> serve_upload_pack(CachedRepository repository, std::string_view protocol, Bytes request);

}  // namespace mirfa::git
