// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/upload_pack.h"
#include "catalog/objects.h"
#include "catalog/repos.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// The node's cache of the repository, brought to the state the catalog has now.
Result<git::CachedRepository> prepare_cache(Hub& hub, const catalog::Repository& repo);

/// for git-upload-pack; `protocol` is the request's Git-Protocol header.
Result<std::string> advertise_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol);
Result<std::unique_ptr<SegmentSource>> serve_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol,
                                                   Bytes request);

/// R-60 for git-receive-pack: the refs as they are.
Result<std::string> advertise_push(Hub& hub, const catalog::Repository& repo);

}  // namespace mirfa::hub
