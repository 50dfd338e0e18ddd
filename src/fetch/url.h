// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mirfa::fetch {

/// Whether it is meant as an http or https address, as far as that is seen without taking it apart. Cheap, unlike the others,
/// which load a library; a request looks at the rest. Fails: kInvalidArgument.
Result<void> check_address(std::string_view url);
/// `scheme://host:port` in lower case, the port always written. Fails: kInvalidArgument unless it is http or https.
Result<std::string> origin_of(std::string_view url);
/// The address that `reference` (absolute or relative) means when it is met at `base`. Fails: kInvalidArgument.
Result<std::string> resolve_url(std::string_view base, std::string_view reference);

}  // namespace mirfa::fetch
