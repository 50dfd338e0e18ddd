// SPDX-License-Identifier: Apache-2.0
#include "pages/assets.h"

#include "base/ascii.h"
#include "base/digest.h"
#include "hub/accounts/own_profile.h"
#include "pages/embedded.h"
#include "pages/html.h"

namespace mirfa::pages {
namespace {

constexpr std::string_view kIcon =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0e5a74"/>)"
    R"(<path d="M16 6a3 3 0 1 1 0 6 3 3 0 0 1 0-6m0 6v14m-5-10h10M7 18a9 9 0 0 0 18 0" fill="none" stroke="#fff" )"
    R"(stroke-width="2.2" stroke-linecap="round"/></svg>)";

http::Response kept_asset(std::string_view type, std::string text, std::string_view keep) {
    auto response = api::text_response(200, type, std::move(text));
    response.headers.set("Cache-Control", std::string(keep));
    response.headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    return response;
}

// A worker has the policy of its own file: hashing is compiled there, and it asks the hub.
constexpr const char* kWorkerPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; sandbox allow-scripts allow-same-origin";
constexpr const char* kAssetPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Whether an Accept-Encoding header names this coding, and not with a weight of nothing.
bool accepts(std::string_view header, std::string_view coding) {
    for (auto part : split(header, ',')) {
        part = ascii_trim(part);
        if (!ascii_iequals(part.substr(0, part.find_first_of("; ")), coding)) continue;
        return part.find("q=0") == part.npos || part.find("q=0.") != part.npos;
    }
    return false;
}

}  // namespace

Result<http::Response> asset(api::Call& call) {
    const auto* found = find_asset(call.value("file"));
    if (found == nullptr) return Error{Code::kNotFound, "There is no such file. Reload the page: the hub may be a newer one."};
    const auto accepted = call.request.headers.get("Accept-Encoding");
    const bool brotli = !found->brotli.empty() && accepts(accepted, "br");
    const bool gzip = !brotli && !found->gzip.empty() && accepts(accepted, "gzip");
    auto response = api::text_response(200, found->type, std::string(brotli ? found->brotli : gzip ? found->gzip : found->plain));
    if (brotli || gzip) response.headers.set("Content-Encoding", brotli ? "br" : "gzip");
    response.headers.set("Vary", "Accept-Encoding");
    response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
    response.headers.set("Content-Security-Policy", found->name.ends_with(".worker.js") ? kWorkerPolicy : kAssetPolicy);
    return response;
}

Result<http::Response> icon(api::Call&) { return kept_asset("image/svg+xml", std::string(kIcon), "public, max-age=604800"); }

namespace {

/// For an owner who has set no picture: the first letter on a colour that follows from the name.
std::string drawn_letter(std::string_view name) {
    const std::string letter(1, name.empty() || !is_ascii_alnum(name[0]) ? '?' : ascii_lower(name)[0]);
    const auto hue = std::to_string(sha256_of(ascii_lower(name)).octets[0] * 360 / 256);
    HtmlWriter svg;
    svg.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"}, {"viewBox", "0 0 64 64"}});
    svg.open("rect", {{"width", "64"}, {"height", "64"}, {"fill", "hsl(" + hue + " 45% 38%)"}}).close();
    svg.element("text",
                {{"x", "32"},
                 {"y", "43"},
                 {"text-anchor", "middle"},
                 {"font-size", "34"},
                 {"fill", "#fff"},
                 {"font-family", "system-ui, sans-serif"}},
                letter);
    return std::move(svg).take();
}

}  // namespace

/// The address of a picture that is given with its version says another after each change and may be kept; the bare one
/// (beside comments, in clients) may not for long.
Result<http::Response> avatar(api::Call& call) {
    auto name = call.value("file");
    if (name.ends_with(".svg")) name.remove_suffix(4);
    const std::string_view keep = call.query.find("v") ? "public, max-age=604800" : "public, max-age=300";
    TRY(const auto picture, hub::find_avatar(call.hub, name));
    if (!picture) return kept_asset("image/svg+xml", drawn_letter(name), keep);
    return kept_asset(picture->type, std::string(as_text(picture->content)), keep);
}

}  // namespace mirfa::pages
