// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/commit.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Who a commit made by the hub is from: the user's name and e-mail address, now, in UTC.
Result<git::Identity> author_of(Hub& hub, const Principal& who);

}  // namespace mirfa::hub
