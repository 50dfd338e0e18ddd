// SPDX-License-Identifier: Apache-2.0
#include "pages/shell.h"

#include "api/errors.h"
#include "base/ascii.h"
#include "pages/embedded.h"
#include "pages/html.h"
#include "pages/reader.h"
#include "pages/site.h"

namespace mirfa::pages {
namespace {

constexpr std::size_t kLongestAnswer = 1u << 20;  // octets of an answer that goes along with its page
constexpr std::size_t kLongestDescription = 200;

// Scripts and styles of ours only, no other host, no frames; pictures and films also from memory, for what a page makes
// itself. Files of repositories can be neither script nor style: they are sent with nosniff and other types.
constexpr const char* kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

struct Frame {
    const hub::HubOptions& options;
    const http::Request& request;
    std::string base;  ///< path of the public URL
    Reader reader;
};

Frame frame_of(const hub::HubOptions& options, const http::Request& request) {
    return {options, request, api::path_of_url(options.public_url), reader_of(request)};
}

/// At most so many octets, cut before a character that would not fit.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0u) == 0x80) --most;
    return text.substr(0, most);
}

void write_meta(HtmlWriter& html, std::string_view property, std::string_view content) {
    html.empty("meta", {{"property", property}, {"content", content}});
}

void write_preview(HtmlWriter& html, const Frame& frame, const ShellPage& page) {
    const auto description = page.description.empty() ? std::string(message(frame.reader.language, "home_text"))
                                                      : std::string(cut(page.description, kLongestDescription));
    const auto local = api::local_path(frame.request.path, frame.base);
    html.element("title", page.title.empty() ? "Mirfa" : page.title + " · Mirfa");
    html.empty("meta", {{"name", "description"}, {"content", description}});
    write_meta(html, "og:title", page.title.empty() ? "Mirfa" : page.title);
    write_meta(html, "og:description", description);
    write_meta(html, "og:type", "website");
    write_meta(html, "og:site_name", "Mirfa");
    write_meta(html, "og:url", frame.options.public_url + std::string(local));
}

void write_files(HtmlWriter& html, const Frame& frame, std::string_view component) {
    const auto files = files_for(component, frame.reader.language);
    const auto address = [&](std::string_view file) { return frame.base + "/assets/" + std::string(file); };
    for (const auto file : files) {
        if (file.ends_with(".css")) html.empty("link", {{"rel", "stylesheet"}, {"href", address(file)}});
        if (file.ends_with(".js") && file != files.front())
            html.empty("link", {{"rel", "modulepreload"}, {"href", address(file)}});
    }
    html.open("script", {{"type", "module"}, {"src", address(files.front())}}).close();
}

void write_head(HtmlWriter& html, const Frame& frame, const ShellPage& page) {
    const auto& reader = frame.reader;
    html.raw("<!doctype html>");
    html.open("html", {{"lang", reader.language},
                       {"dir", reader.right_to_left() ? "rtl" : "ltr"},
                       {"data-base", frame.base},
                       {reader.theme.empty() ? "data-system" : "data-theme", reader.theme}});
    html.open("head").empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    write_preview(html, frame, page);
    html.empty("link", {{"rel", "icon"}, {"href", frame.base + "/assets/icon.svg"}, {"type", "image/svg+xml"}});
    write_files(html, frame, page.component);
    html.close();
}

/// Text of a script element of JSON: `<` is written so that nothing inside can end the element.
std::string inert_json(std::string_view json) {
    std::string text;
    text.reserve(json.size());
    for (const char c : json) {
        if (c == '<')
            text += "\\u003c";
        else
            text += c;
    }
    return text;
}

http::Response write_shell(const Frame& frame, const ShellPage& page, int status, std::string_view first_data) {
    HtmlWriter html;
    write_head(html, frame, page);
    html.open("body").open("div", {{"id", "app"}}).close();
    html.element("noscript", message(frame.reader.language, "needs_script"));
    html.open("script", {{"type", "application/json"}, {"id", "first-data"}}).raw(inert_json(first_data)).close();
    auto response = api::text_response(status, "text/html; charset=utf-8", std::move(html).take());
    response.headers.set("Content-Security-Policy", kContentPolicy);
    response.headers.set("Referrer-Policy", "same-origin");
    response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.set("Cache-Control", "private, no-store");
    response.headers.set("Vary", "Cookie, Accept-Language");
    return response;
}

/// The body of a small answer; nothing for one that is large or comes from a file.
std::optional<std::string> text_of(http::Response& response) {
    if (response.stream == nullptr) return std::move(response.text);
    std::string text;
    for (;;) {
        auto segment = response.stream->next();
        if (!segment.has_value() || std::holds_alternative<FileSlice>(segment.value())) return std::nullopt;
        if (std::holds_alternative<std::monostate>(segment.value())) return text;
        const auto& bytes = std::get<Bytes>(segment.value());
        if (text.size() + bytes.size() > kLongestAnswer) return std::nullopt;
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
}

void write_answer(format::JsonWriter& json, std::string_view url, http::Response response) {
    const auto body = text_of(response);
    if (!body || body->size() > kLongestAnswer) return;
    const bool is_json = response.headers.get("Content-Type").starts_with("application/json");
    json.object().field("url", url).field("status", response.status).object("headers");
    for (const auto* name : {"Link", "X-Total-Count", "X-Error-Code", "X-Request-Id", "X-Repo-Commit"})
        if (response.headers.has(name)) json.field(name, response.headers.get(name));
    json.end();
    if (is_json && !body->empty())
        json.raw("body", *body);
    else
        json.field("body", *body);
    json.end();
}

std::string_view title_of(int status) {
    if (status == 403) return "error_title_forbidden";
    return status < 500 ? "error_title_missing" : "error_title_failed";
}

}  // namespace

http::Response shell(const api::Call& call, const ShellPage& page) {
    format::JsonWriter json;
    json.array();
    write_answer(json, "/api/session", call.ask("/api/session"));
    int status = 200;
    for (const auto& url : page.first) {
        auto answer = call.ask(url);
        if (status == 200 && answer.status >= 400) status = answer.status == 401 ? 404 : answer.status;
        write_answer(json, url, std::move(answer));
    }
    for (const auto& url : page.also) write_answer(json, url, call.ask(url));
    return write_shell(frame_of(call.hub.options, call.request), page, status, std::move(json).take());
}

http::Response repository_shell(const api::Call& call, ShellPage page) {
    if (call.principal.kind == hub::PrincipalKind::kSession) page.also.push_back(like_address(call.repository()));
    return shell(call, page);
}

std::string words(const api::Call& call, std::string_view key) {
    return std::string(message(reader_of(call.request).language, key));
}

http::Response error_shell(const hub::HubOptions& options, const http::Request& request, const Error& error) {
    const auto frame = frame_of(options, request);
    // Who may not see a repository is told just what is told of one that is not there.
    const auto plain = api::error_response(error, api::ErrorStyle::kPage);
    auto told = api::error_response(error, api::ErrorStyle::kJson);
    told.status = plain.status;
    format::JsonWriter json;
    json.array();
    write_answer(json, "error", std::move(told));
    ShellPage page{"", std::string(message(frame.reader.language, title_of(plain.status))), "", {}};
    auto response = write_shell(frame, page, plain.status, std::move(json).take());
    for (const auto* name : {"X-Error-Code", "X-Error-Message", "Retry-After"})
        if (plain.headers.has(name)) response.headers.set(name, std::string(plain.headers.get(name)));
    response.log_detail = plain.log_detail;
    return response;
}

}  // namespace mirfa::pages
