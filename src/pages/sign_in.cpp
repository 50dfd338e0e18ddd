// SPDX-License-Identifier: Apache-2.0
// /login, /logout, /join and the page of the one-time link that makes the first administrator.
#include "api/errors.h"
#include "api/same_site.h"
#include "api/session_cookie.h"
#include "hub/accounts/first_admin.h"
#include "hub/accounts/sessions.h"
#include "pages/handlers.h"
#include "pages/layout.h"

namespace mirfa::pages {
namespace {

std::string agent_of(const Call& call) { return std::string(call.request.headers.get("User-Agent")); }

/// Where to go after signing in: a path of ours, never an address of somebody else's.
std::string safe_next(const std::string& next) {
    const bool local = next.starts_with('/') && !next.starts_with("//") && next.find('\\') == next.npos;
    for (const char c : next)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return "/";
    return local ? next : "/";
}

http::Response login_page(const Call& call, const std::string& next, const Error* error = nullptr) {
    return page(
        call, "Sign in",
        [&](HtmlWriter& html) {
            html.element("h1", "Sign in");
            if (error != nullptr) write_notice(html, Tone::kBad, error->message);
            open_form(html, call, "/login").empty("input", {{"type", "hidden"}, {"name", "next"}, {"value", next}});
            write_field(html, {"login", "Name or e-mail address", "text", "username"});
            write_field(html, {"password", "Password", "password", "current-password"});
            write_button(html, "Sign in");
            html.close();
            html.open("p").element("a", {{"href", site_path(call, "/join")}}, "No account yet?").close();
        },
        error == nullptr ? 200 : api::status_of(*error));
}

http::Response setup_page(const Call& call, const hub::NewUser& typed = {}, const Error* error = nullptr) {
    return page(
        call, "First administrator",
        [&](HtmlWriter& html) {
            html.element("h1", "Welcome to your hub");
            html.element("p", "Make the first account. It will administer this hub. This page works once.");
            if (error != nullptr) write_notice(html, Tone::kBad, error->message);
            open_form(html, call, "/setup/" + std::string(call.value("secret")));
            write_field(html, {"name", "User name", "text", "username", typed.name});
            write_field(html, {"email", "E-mail address", "email", "email", typed.email});
            write_field(html, {"password", "Password (8 characters or more)", "password", "new-password"});
            write_button(html, "Make the account");
            html.close();
        },
        error == nullptr ? 200 : api::status_of(*error));
}

Result<http::Response> signed_in(const Call& call, const hub::SignedIn& session, const std::string& next) {
    auto response = go_to(call, next);
    api::set_session_cookie(call, response, session.cookie.reveal());
    return response;
}

}  // namespace

Result<http::Response> do_login(Call& call) {
    TRY(api::require_same_site(call.request, call.hub.options));
    TRY(const auto form, api::form_body(call));
    const auto next = safe_next(form.find("next").value_or("/"));
    const auto session = hub::sign_in(call.hub, {form.find("login").value_or(""), Secret(form.find("password").value_or("")),
                                                 call.request.remote_address, agent_of(call)});
    if (!session.has_value()) return login_page(call, next, &session.error());
    return signed_in(call, session.value(), next);
}

Result<http::Response> do_logout(Call& call) {
    TRY(hub::sign_out(call.hub, call.principal, call.request.remote_address));
    auto response = go_to(call, "/");
    api::clear_session_cookie(call, response);
    return response;
}

Result<http::Response> show_join(Call& call) {
    return page(call, "Join", [&](HtmlWriter& html) {
        html.element("h1", "Join");
        html.element("p", "Accounts on this hub are made by its administrators. Ask one of them. They run:");
        html.element("pre", "mirfa admin --data DIR user create NAME --email ADDRESS --password-stdin");
    });
}

Result<http::Response> show_setup(Call& call) {
    TRY(const bool open, hub::is_setup_open(call.hub, call.value("secret")));
    if (!open)
        return Error{Code::kNotFound, "This set-up link has been used or replaced. The server prints the one that is good."};
    return setup_page(call);
}

Result<http::Response> do_setup(Call& call) {
    TRY(api::require_same_site(call.request, call.hub.options));
    TRY(const auto form, api::form_body(call));
    const hub::NewUser typed{form.find("name").value_or(""), form.find("email").value_or(""),
                             Secret(form.find("password").value_or(""))};
    const auto made = hub::complete_setup(call.hub, call.value("secret"), typed, call.request.remote_address);
    if (!made.has_value() && made.error().code == Code::kNotFound) return made.error();
    if (!made.has_value()) return setup_page(call, typed, &made.error());
    TRY(const auto session, hub::start_session(call.hub, made.value(), call.request.remote_address, agent_of(call)));
    return signed_in(call, session, "/settings/tokens");
}

}  // namespace mirfa::pages
