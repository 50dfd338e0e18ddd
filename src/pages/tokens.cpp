// SPDX-License-Identifier: Apache-2.0
// /settings/tokens and /settings/password.
#include "api/errors.h"
#include "api/session_cookie.h"
#include "base/ascii.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts/sessions.h"
#include "hub/accounts/tokens.h"
#include "pages/handlers.h"
#include "pages/layout.h"

namespace mirfa::pages {
namespace {

using catalog::TokenRole;

constexpr UnixMillis kDay = 24LL * 3600 * 1000;

hub::Actor self(const Call& call) { return hub::actor_of(call.principal, call.request.remote_address); }

/// Scopes as the form takes them, one per line: `model acme/m repo.write discussion.write`.
Result<std::vector<hub::Scope>> parse_scope_lines(std::string_view text) {
    std::vector<hub::Scope> scopes;
    for (const auto line : split(text, '\n')) {
        std::vector<std::string> words;
        for (const auto word : split(ascii_trim(line), ' '))
            if (!word.empty()) words.emplace_back(ascii_trim(word));
        if (words.empty()) continue;
        if (words.size() < 3)
            return Error{Code::kInvalidArgument, "Write each scope as a type, a name and permissions: model acme/m repo.write"};
        scopes.push_back({words[0], words[1], {words.begin() + 2, words.end()}});
    }
    return scopes;
}

Result<hub::NewToken> token_of_form(const Call& call, const api::Parameters& form) {
    hub::NewToken wanted{std::string(ascii_trim(form.find("name").value_or("")))};
    TRY(wanted.role, hub::parse_token_role(form.find("role").value_or("")));
    if (wanted.role == TokenRole::kFineGrained) {
        TRY(wanted.scopes, parse_scope_lines(form.find("scopes").value_or("")));
    }
    const auto days = form.number("days", 0, 0, 3650);
    if (days > 0) wanted.expires = call.hub.clock.now() + days * kDay;
    return wanted;
}

std::string scopes_of(const catalog::AccessToken& token) {
    const auto scopes = hub::parse_scopes(token.scopes);
    if (!scopes.has_value()) return "";
    std::string text;
    for (const auto& scope : scopes.value()) {
        text += (text.empty() ? "" : "; ") + scope.entity_type + " " + scope.entity_name + ":";
        for (const auto& permission : scope.permissions) text += " " + permission;
    }
    return text;
}

void write_optional_day(HtmlWriter& html, const std::optional<UnixMillis>& time, std::string_view otherwise) {
    html.open("td");
    if (time)
        write_day(html, *time);
    else
        html.element("span", {{"class", "quiet"}}, otherwise);
    html.close();
}

void write_token_row(HtmlWriter& html, const Call& call, const catalog::AccessToken& token) {
    html.open("tr").element("td", {{"dir", "auto"}}, token.name).open("td").text(hub::name_of(token.role));
    if (token.role == TokenRole::kFineGrained) html.open("div", {{"class", "quiet"}}).text(scopes_of(token)).close();
    html.close().open("td");
    write_day(html, token.created);
    html.close();
    write_optional_day(html, token.last_used, "never");
    write_optional_day(html, token.expires, "never");
    html.open("td");
    open_form(html, call, "/settings/tokens/revoke");
    html.empty("input", {{"type", "hidden"}, {"name", "id"}, {"value", std::to_string(token.id)}});
    html.element("button", {{"aria-label", "Revoke " + token.name}}, "Revoke").close().close().close();
}

void write_token_table(HtmlWriter& html, const Call& call, const std::vector<catalog::AccessToken>& tokens) {
    if (tokens.empty()) {
        html.element("p", {{"class", "quiet"}}, "You have no tokens yet.");
        return;
    }
    html.open("div", {{"class", "scroll"}}).open("table").open("tr");
    for (const auto* head : {"Name", "Role", "Made", "Last used", "Expires", ""}) html.element("th", head);
    html.close();
    for (const auto& token : tokens) write_token_row(html, call, token);
    html.close().close();
}

void write_options(HtmlWriter& html, std::string_view name, std::string_view label,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> options, std::string_view chosen) {
    html.open("label").element("span", label).open("select", {{"name", name}});
    for (const auto& [value, text] : options) {
        if (value == chosen)
            html.element("option", {{"value", value}, {"selected", ""}}, text);
        else
            html.element("option", {{"value", value}}, text);
    }
    html.close().close();
}

void write_token_form(HtmlWriter& html, const Call& call) {
    html.element("h2", "New token");
    open_form(html, call, "/settings/tokens");
    write_field(html, {"name", "Name, to tell your tokens apart"});
    write_options(html, "role", "Role",
                  {{"read", "read: everything you can read"},
                   {"write", "write: everything you can do"},
                   {"fineGrained", "fineGrained: only the scopes below"}},
                  call.query.find("tokenType").value_or("write"));
    write_options(html, "days", "Expires",
                  {{"0", "never"}, {"7", "in 7 days"}, {"30", "in 30 days"}, {"90", "in 90 days"}, {"365", "in a year"}}, "0");
    html.open("label").element("span", "Scopes of a fineGrained token, one per line");
    html.element("textarea", {{"name", "scopes"}, {"rows", "3"}, {"class", "mono"}, {"placeholder", "model acme/m repo.write"}},
                 "")
        .close();
    html.element("p", {{"class", "quiet"}},
                 "Types: model, dataset, space with owner/name; user, org with the owner's name. "
                 "Permissions: repo.content.read, discussion.write, repo.write, repo.admin.");
    write_button(html, "Make the token");
    html.close();
}

Result<http::Response> tokens_page(const Call& call, const Error* error, const hub::MadeToken* made) {
    TRY(const auto tokens, hub::list_tokens(call.hub, call.principal.user));
    return page(
        call, "Access tokens",
        [&](HtmlWriter& html) {
            html.element("h1", "Access tokens");
            if (error != nullptr) write_notice(html, Tone::kBad, error->message);
            if (made != nullptr) {
                write_notice(html, Tone::kGood, "This is your new token. Copy it now: it is not shown again.");
                html.element("pre", made->text.reveal());
            }
            html.open("p").text("Programs sign in with a token: ").element("code", "hf auth login --token …");
            html.text(", or as the password of git.").close();
            write_token_table(html, call, tokens);
            write_token_form(html, call);
        },
        error == nullptr ? 200 : api::status_of(*error));
}

http::Response password_page(const Call& call, const Error* error) {
    return page(
        call, "Password",
        [&](HtmlWriter& html) {
            html.element("h1", "Change the password");
            if (error != nullptr) write_notice(html, Tone::kBad, error->message);
            html.element("p", "Every browser that is signed in as you will have to sign in again. Access tokens go on.");
            open_form(html, call, "/settings/password");
            write_field(html, {"old", "Old password", "password", "current-password"});
            write_field(html, {"new", "New password (8 characters or more)", "password", "new-password"});
            write_button(html, "Change it");
            html.close();
        },
        error == nullptr ? 200 : api::status_of(*error));
}

}  // namespace

Result<http::Response> show_tokens(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    return tokens_page(call, nullptr, nullptr);
}

Result<http::Response> make_token(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    TRY(const auto form, api::form_body(call));
    const auto wanted = token_of_form(call, form);
    if (!wanted.has_value()) return tokens_page(call, &wanted.error(), nullptr);
    const auto made = hub::create_token(call.hub, self(call), call.principal.user, wanted.value());
    if (!made.has_value()) return tokens_page(call, &made.error(), nullptr);
    return tokens_page(call, nullptr, &made.value());
}

Result<http::Response> end_token(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    TRY(const auto form, api::form_body(call));
    const auto id = form.number("id", 0, 0, INT64_MAX);
    const auto revoked = hub::revoke_token(call.hub, self(call), call.principal.user, id);
    if (!revoked.has_value()) return tokens_page(call, &revoked.error(), nullptr);
    return go_to(call, "/settings/tokens");
}

Result<http::Response> show_password(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    return password_page(call, nullptr);
}

Result<http::Response> do_change_password(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    TRY(const auto form, api::form_body(call));
    const auto& address = call.request.remote_address;
    const auto changed = hub::change_password(call.hub, self(call), call.principal.user, Secret(form.find("old").value_or("")),
                                              Secret(form.find("new").value_or("")));
    if (!changed.has_value()) return password_page(call, &changed.error());
    TRY(const auto user, hub::load_user(call.hub, call.principal.name));
    TRY(const auto session, hub::start_session(call.hub, user, address, std::string(call.request.headers.get("User-Agent"))));
    auto response = go_to(call, "/");
    api::set_session_cookie(call, response, session.cookie.reveal());
    return response;
}

}  // namespace mirfa::pages
