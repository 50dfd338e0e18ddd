// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "server/hub_parts.h"

namespace mirfa::admin {

/// A consistent copy of the data folder in `target`, which must be new or empty, taken while the server runs: first the
/// database (one snapshot), then the blobs. Blobs are immutable and written before the rows that name them, so every
/// blob the copied database knows is there. They are linked where that is possible, else copied.
/// A server can be started on `target`.
Result<void> back_up(server::HubParts& parts, const server::ServerConfig& config, const std::filesystem::path& target);

}  // namespace mirfa::admin
