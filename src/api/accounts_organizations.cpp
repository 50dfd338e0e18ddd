// SPDX-License-Identifier: Apache-2.0
// Organisations: made by anybody who is signed in, changed by their administrators and those of the hub.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "base/ascii.h"
#include "hub/accounts/own_profile.h"

namespace mirfa::api {
namespace {

using catalog::OrgRole;
using format::JsonWriter;

http::Response organization_answer(const Call& call, const catalog::Owner& org, int status = 200) {
    JsonWriter json;
    json.object().field("name", org.name).field("fullname", org.fullname).field("bio", org.bio);
    json.field("homepage", org.homepage).field("avatarUrl", avatar_url(call, org));
    json.field("createdAt", to_iso8601(org.created));
    return private_json(std::move(json), status);
}

std::string org_in(const Call& call) { return std::string(call.value("name")); }

}  // namespace

Result<http::Response> organization_create(Call& call) {
    TRY(const auto body, json_body(call));
    TRY(const auto name, format::need_string(body, "name"));
    TRY(const auto fullname, optional_text(body, "fullname"));
    TRY(const auto org, hub::create_organization(call.hub, self(call), name, fullname.value_or(""), call.principal.name));
    return organization_answer(call, org, 201);
}

Result<http::Response> organization_settings(Call& call) {
    TRY(hub::require_org_admin(call.hub, call.principal, org_in(call)));
    TRY(const auto body, json_body(call));
    hub::ProfileChange change;
    TRY(change.fullname, optional_text(body, "fullname"));
    TRY(change.bio, optional_text(body, "bio"));
    TRY(change.homepage, optional_text(body, "homepage"));
    TRY(const auto org, hub::change_organization_profile(call.hub, self(call), org_in(call), change));
    return organization_answer(call, org);
}

Result<http::Response> organization_avatar_put(Call& call) {
    TRY(const auto org, hub::require_org_admin(call.hub, call.principal, org_in(call)));
    TRY(hub::set_avatar(call.hub, self(call), org.id, as_bytes(call.request.body)));
    TRY(const auto changed, hub::load_organization(call.hub, org.name));
    return organization_answer(call, changed);
}

Result<http::Response> organization_avatar_delete(Call& call) {
    TRY(const auto org, hub::require_org_admin(call.hub, call.principal, org_in(call)));
    TRY(hub::remove_avatar(call.hub, self(call), org.id));
    TRY(const auto changed, hub::load_organization(call.hub, org.name));
    return organization_answer(call, changed);
}

Result<http::Response> organization_delete(Call& call) {
    TRY(const auto org, hub::require_org_admin(call.hub, call.principal, org_in(call)));
    TRY(const auto body, json_body(call));
    TRY(const auto typed, format::need_string(body, "confirm"));
    if (typed != org.name)
        return Error{Code::kInvalidArgument, "To delete the organization type its name: " + org.name, Reason::kConfirmationWrong,
                     "", "confirm"};
    TRY(hub::delete_organization(call.hub, self(call), org.name));
    return empty_json_response();
}

Result<http::Response> member_put(Call& call) {
    TRY(const auto org, hub::require_org_admin(call.hub, call.principal, org_in(call)));
    TRY(const auto body, json_body(call));
    TRY(const auto word, format::need_string(body, "role"));
    TRY(const auto role, hub::parse_org_role(word));
    TRY(const auto user, hub::load_user(call.hub, std::string(call.value("user"))));
    TRY(hub::set_member(call.hub, self(call), org.name, user.owner.name, role));
    JsonWriter json;
    write_member(json, call, {user.owner, role});
    return private_json(std::move(json));
}

Result<http::Response> member_delete(Call& call) {
    const std::string user(call.value("user"));
    // Whoever belongs to an organisation may leave it.
    if (!ascii_iequals(user, call.principal.name)) TRY(hub::require_org_admin(call.hub, call.principal, org_in(call)));
    TRY(hub::set_member(call.hub, self(call), org_in(call), user, OrgRole::kNone));
    return empty_json_response();
}

}  // namespace mirfa::api
