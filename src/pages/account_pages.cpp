// SPDX-License-Identifier: Apache-2.0
// Pages of the browser application about accounts, organisations and the administration. Those of one's own account send
// others to sign in first; everything else is decided by the answers of the API that a page brings along.
#include "base/percent.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts/first_admin.h"
#include "pages/handlers.h"
#include "pages/shell.h"
#include "pages/site.h"

namespace mirfa::pages {
namespace {

/// What a section asks for first. An address without a section is that of the one named "".
struct Section {
    std::string_view name;
    std::string_view title;  ///< key of its title
    std::string_view first;  ///< "" for nothing
};

const Section* find_section(std::span<const Section> sections, std::string_view name) {
    for (const auto& section : sections)
        if (section.name == name) return &section;
    return nullptr;
}

http::Response section_page(const Call& call, std::string_view component, const Section& section) {
    std::vector<std::string> first;
    if (!section.first.empty()) first.emplace_back(section.first);
    return shell(call, {component, words(call, section.title), "", std::move(first)});
}

constexpr Section kSettings[] = {
    {"", "settings_profile", "/api/settings/profile"},
    {"profile", "settings_profile", "/api/settings/profile"},
    {"account", "settings_account", "/api/settings/profile"},
    {"password", "settings_account", "/api/settings/profile"},
    {"authentication", "settings_account", "/api/settings/profile"},
    {"tokens", "settings_tokens", "/api/settings/tokens"},
    {"sessions", "settings_sessions", "/api/settings/sessions"},
    {"organizations", "settings_organizations", ""},
};
constexpr Section kAdmin[] = {
    {"", "admin_users", "/api/admin/users?limit=50"},
    {"users", "admin_users", "/api/admin/users?limit=50"},
    {"organizations", "organizations", "/api/admin/organizations?limit=50"},
    {"storage", "storage", "/api/admin/storage"},
    {"jobs", "jobs", "/api/admin/jobs?limit=50"},
    {"sign-up", "sign_up_policy", "/api/admin/sign-up"},
    {"audit", "admin_audit", "/api/admin/audit?limit=50"},
};

}  // namespace

Result<http::Response> sign_in_page(Call& call) { return shell(call, {"SignIn", words(call, "sign_in"), "", {}}); }

Result<http::Response> join_page(Call& call) { return shell(call, {"Join", words(call, "sign_up"), "", {}}); }

Result<http::Response> setup_page(Call& call) {
    const auto secret = call.value("secret");
    TRY(const bool open, hub::is_setup_open(call.hub, secret));
    if (!open)
        return Error{Code::kNotFound, "This set-up link has been used or replaced. The server prints the one that is good.",
                     Reason::kSetupClosed};
    return shell(call, {"Setup", words(call, "setup_title"), "", {"/api/setup/" + percent_encode(secret)}});
}

Result<http::Response> device_page(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    const auto code = call.query.find("code").value_or("");
    std::vector<std::string> also;  // a code that is unknown is no refusal of the page, which asks for another
    if (!code.empty()) also.push_back("/api/device/" + percent_encode(code));
    return shell(call, {"Device", words(call, "device_title"), "", {}, std::move(also)});
}

Result<http::Response> settings_page(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    if (call.request.path.ends_with("/settings/tokens/new")) return section_page(call, "Settings", {"", "new_token", ""});
    const auto* section = find_section(kSettings, call.value("section"));
    if (section == nullptr) return no_such_page();
    return section_page(call, "Settings", *section);
}

Result<http::Response> new_organization_page(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    return shell(call, {"NewOrganization", words(call, "new_organization"), "", {}});
}

Result<http::Response> organization_settings_page(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    const auto section = call.value("section");
    if (!section.empty() && section != "members" && section != "delete") return no_such_page();
    TRY(const auto org, hub::require_org_admin(call.hub, call.principal, std::string(call.value("owner"))));
    const auto api = "/api/organizations/" + percent_encode(call.value("owner"));
    return shell(call,
                 {"OrganizationSettings", org.name + " · " + words(call, "settings"), "", {api + "/overview", api + "/members"}});
}

Result<http::Response> admin_page(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    const auto* section = find_section(kAdmin, call.value("section"));
    if (section == nullptr) return no_such_page();
    return section_page(call, "Admin", *section);
}

Result<http::Response> repo_settings_page(Call& call) {
    const auto api = api::api_path(call.repository());
    return repository_shell(call, {"repo/SettingsPage",
                                   call.repository().full_name() + " · " + words(call, "settings"),
                                   "",
                                   {about_address(call.repository()), api + "/settings", api + "/storage", api + "/refs"}});
}

}  // namespace mirfa::pages
