// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/call.h"

namespace mirfa::api {

/// What the filters of a query string ask for (R-20…R-22 and Mirfa's own), without order and page; all must hold.
/// Takes: `now`, from which `updated_within` counts back.
/// Fails: kInvalidArgument naming the parameter that cannot be read.
Result<catalog::RepoQuery> read_filters(const Parameters& query, catalog::RepoType type, UnixMillis now);

/// The order that `sort` and `direction` ask for: by relevance for a text without one, else the trending first.
void read_order(const Parameters& query, catalog::RepoQuery& wanted);

/// `VALUE_ID`, as lists write it into their links.
std::optional<std::pair<std::int64_t, catalog::RowId>> parse_cursor(std::string_view text);

}  // namespace mirfa::api
