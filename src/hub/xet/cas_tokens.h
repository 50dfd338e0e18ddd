// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// What a token route hands out: good for one repository, for a quarter of an hour. Every token reads, so
/// whoever gets one to write must be allowed to read as well.
struct CasGrant {
    std::string token;
    std::string cas_url;
    std::int64_t expires = 0;  ///< Unix seconds, as announced; the token itself is good for 90 s more
};
/// The caller has checked what the token is for. Fails: kForbidden for somebody who may write, but not read.
Result<CasGrant> grant_cas(Hub& hub, const catalog::Repository& repo, const Principal& who, bool write);

/// Fails: kUnauthenticated for a token that is not ours, altered or expired.
Result<Principal> open_cas_token(Hub& hub, std::string_view authorization_header);

/// May the token read, or write? Fails: kForbidden.
Result<void> require_cas_write(const Principal& cas);

}  // namespace mirfa::hub
