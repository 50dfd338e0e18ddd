// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/call.h"
#include "base/random.h"
#include "hub/accounts/audit.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts/profiles.h"
#include "hub/accounts/sessions.h"

namespace mirfa::api {

/// Address of the picture of a user or organisation; the server draws a letter where there is none. The one of a name
/// may be kept for minutes; the one of an owner is another after each change.
std::string avatar_url(const Call& call, std::string_view owner);
std::string avatar_url(const Call& call, const catalog::Owner& owner);

/// JSON about one's own affairs: no cache keeps it.
http::Response private_json(format::JsonWriter&& json, int status = 200);

/// Who does it, for the audit table.
hub::Actor self(const Call& call);
std::string agent_of(const Call& call);

/// A user as a member of something; a whole object.
void write_member(format::JsonWriter& json, const Call& call, const catalog::Membership& membership);

/// What the web application is told about who is signed in (GET /api/session), for `who`.
Result<http::Response> session_answer(const Call& call, const hub::Principal& who, int status = 200);
/// The same for a session that has just begun, with its cookie.
Result<http::Response> begun_session_answer(const Call& call, const hub::SignedIn& begun, int status);

/// Members that may be left out. Fail: kInvalidArgument/kFieldMissing for one of another type.
Result<std::optional<std::string>> optional_text(const boost::json::value& body, std::string_view key);
Result<std::optional<bool>> optional_flag(const boost::json::value& body, std::string_view key);
Result<std::optional<std::int64_t>> optional_number(const boost::json::value& body, std::string_view key);

/// `name`, `email`, `password` and perhaps `fullname` of a body.
Result<hub::NewUser> new_user_in(const boost::json::value& body);

}  // namespace mirfa::api
