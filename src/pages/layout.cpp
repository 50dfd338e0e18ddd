// SPDX-License-Identifier: Apache-2.0
#include "pages/layout.h"

#include <cstdio>

#include "base/percent.h"
#include "pages/assets.h"

namespace mirfa::pages {
namespace {

// No scripts, no frames, nothing from other hosts: what somebody writes into a card cannot act here.
constexpr const char* kContentPolicy =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

bool is_signed_in(const Call& call) { return call.principal.kind == hub::PrincipalKind::kSession; }

void write_head(HtmlWriter& html, const Call& call, std::string_view title) {
    html.raw("<!doctype html>").open("html", {{"lang", "en"}, {"dir", "ltr"}}).open("head");
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.element("title", std::string(title) + " · Mirfa");
    html.empty("link", {{"rel", "stylesheet"}, {"href", site_path(call, style_sheet_path())}});
    html.empty("link", {{"rel", "icon"}, {"href", site_path(call, "/assets/icon.svg")}, {"type", "image/svg+xml"}}).close();
}

void write_navigation(HtmlWriter& html, const Call& call) {
    const auto link = [&](std::string_view path, std::string_view label) {
        html.element("a", {{"href", site_path(call, path)}}, label);
    };
    html.open("header").open("nav", {{"aria-label", "Main"}});
    html.element("a", {{"href", site_path(call, "/")}, {"class", "brand"}}, "Mirfa");
    link("/models", "Models");
    link("/datasets", "Datasets");
    link("/spaces", "Spaces");
    html.element("span", {{"class", "grow"}}, "");
    if (!is_signed_in(call)) {
        link("/login", "Sign in");
    } else {
        link("/" + call.principal.name, call.principal.name);
        link("/settings/tokens", "Tokens");
        link("/settings/password", "Password");
        open_form(html, call, "/logout").element("button", {{"class", "link"}}, "Sign out").close();
    }
    html.close().close();
}

}  // namespace

std::string site_path(const Call& call, std::string_view path) {
    std::string_view url = call.hub.options.public_url;
    const auto scheme = url.find("://");
    url.remove_prefix(scheme == url.npos ? 0 : scheme + 3);
    const auto slash = url.find('/');
    return std::string(slash == url.npos ? std::string_view{} : url.substr(slash)) + std::string(path);
}

http::Response page(const Call& call, std::string_view title, const std::function<void(HtmlWriter&)>& content, int status) {
    HtmlWriter html;
    write_head(html, call, title);
    html.open("body");
    write_navigation(html, call);
    html.open("main");
    content(html);
    auto response = api::text_response(status, "text/html; charset=utf-8", std::move(html).take());
    response.headers.set("Content-Security-Policy", kContentPolicy);
    response.headers.set("Referrer-Policy", "same-origin");  // not no-referrer: our forms need their Origin header
    response.headers.set("Cache-Control", "private, no-store");
    response.headers.set("Vary", "Cookie");
    return response;
}

http::Response go_to(const Call& call, std::string_view path) {
    auto response = api::text_response(303, "text/plain; charset=utf-8", "");
    response.headers.set("Location", site_path(call, path));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

HtmlWriter& open_form(HtmlWriter& html, const Call& call, std::string_view path) {
    html.open("form", {{"method", "post"}, {"action", site_path(call, path)}});
    if (is_signed_in(call))
        html.empty("input", {{"type", "hidden"}, {"name", "csrf"}, {"value", hub::csrf_token(call.principal.session)}});
    return html;
}

void write_field(HtmlWriter& html, const Field& field) {
    html.open("label").element("span", field.label);
    html.empty("input", {{"name", field.name},
                         {"type", field.type},
                         {"value", field.value},
                         {"required", ""},
                         {"autocomplete", field.autocomplete.empty() ? "off" : field.autocomplete},
                         {"dir", "auto"}});
    html.close();
}

void write_button(HtmlWriter& html, std::string_view label) { html.element("button", {{"class", "main"}}, label); }

void write_notice(HtmlWriter& html, Tone tone, std::string_view text) {
    html.element("p", {{"class", tone == Tone::kGood ? "notice good" : "notice bad"}, {"role", "status"}}, text);
}

void write_next(HtmlWriter& html, std::string_view query, std::string_view label) {
    html.open("p").element("a", {{"href", query}, {"rel", "next"}}, label).close();
}

std::optional<http::Response> sign_in_first(const Call& call) {
    if (is_signed_in(call)) return std::nullopt;
    if (call.request.verb == http::Verb::kPost) return go_to(call, "/login");
    std::string here = call.request.path;
    const auto prefix = site_path(call, "");
    if (!prefix.empty() && here.starts_with(prefix)) here.erase(0, prefix.size());
    if (!call.request.query.empty()) here += "?" + call.request.query;
    return go_to(call, "/login?next=" + percent_encode(here));
}

void write_day(HtmlWriter& html, UnixMillis time) {
    const auto exact = to_iso8601(time);
    html.element("time", {{"datetime", exact}, {"title", exact}}, exact.substr(0, 10));
}

std::string readable_size(std::uint64_t octets) {
    constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    auto size = static_cast<double>(octets);
    std::size_t unit = 0;
    for (; size >= 1000 && unit + 1 < std::size(kUnits); ++unit) size /= 1000;
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 || size >= 100 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
    return text;
}

}  // namespace mirfa::pages
