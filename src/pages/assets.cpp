// SPDX-License-Identifier: Apache-2.0
#include "pages/assets.h"

#include "base/ascii.h"
#include "base/digest.h"
#include "hub/accounts/own_profile.h"
#include "pages/embedded.h"
#include "pages/html.h"

namespace mirfa::pages {
namespace {

// Logical properties only, so that right-to-left pages need no second sheet.
constexpr std::string_view kStyle = R"(:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1c2126; --quiet: #5b6570; --line: #d9dde1; --soft: #f1f3f4; --link: #0b5cad;
  --good: #17663a; --bad: #a3231b; --sea: #0e5a74; --on-sea: #fff; --added: #ddf4e4; --gone: #fbe3e1; --hunk: #e4eff8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --ink: #e6e9eb; --quiet: #9aa5ae; --line: #333b41; --soft: #1d2327; --link: #79b8f3;
    --good: #74cf9b; --bad: #f19a92; --sea: #7cc6df; --on-sea: #10222a; --added: #16351f; --gone: #432320; --hunk: #1c2f3f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
body > header { border-block-end: 1px solid var(--line); background: var(--soft); }
body > header nav, main { max-inline-size: 72rem; margin-inline: auto; padding: .75rem 1rem; }
body > header nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
body > header form { display: inline; margin: 0; }
.brand { font-weight: 700; color: var(--sea); }
.grow { flex: 1; }
main { padding-block: 1.5rem 4rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--sea); outline-offset: 2px; border-radius: .2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin-block: 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin-block: 2rem .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin-block: 1.5rem .5rem; overflow-wrap: anywhere; }
.quiet, time { color: var(--quiet); }
time { white-space: nowrap; }
pre { overflow-x: auto; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem;
  margin-block: .5rem 1rem; }
code, pre, .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .88em; }
pre code { font-size: 1em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; padding: .4rem .75rem .4rem 0; border-block-end: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
td.number, th.number { text-align: end; white-space: nowrap; }
ul.repos { list-style: none; padding: 0; }
ul.repos li { padding-block: .5rem; border-block-end: 1px solid var(--line); overflow-wrap: anywhere; }
ul.repos a { font-weight: 600; margin-inline-end: .4rem; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; margin-inline-end: .3rem;
  font-size: .85rem; font-weight: 400; color: var(--quiet); overflow-wrap: anywhere; }
.tag.strong { border-color: currentColor; vertical-align: middle; }
.what { color: var(--quiet); font-size: .85em; }
.tag .what { opacity: .8; }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; margin-block: .5rem; }
.chips .tag { margin: 0; color: var(--ink); background: var(--soft); }
p.facts { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin-block: .25rem; }
.tabs { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin-block: 1rem 1.5rem; border-block-end: 1px solid var(--line); }
.tabs a { color: inherit; padding-block: .4rem; border-block-end: .15rem solid transparent; margin-block-end: -1px; }
.tabs a[aria-current] { font-weight: 600; border-color: var(--sea); }
label { display: block; margin-block: .75rem; max-inline-size: 30rem; }
label > span { display: block; font-weight: 600; margin-block-end: .2rem; }
label.row { display: flex; gap: .5rem; align-items: center; }
label.long { max-inline-size: 48rem; }
input, select, textarea, button, .button { font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--line); border-radius: .4rem; padding: .45rem .75rem; }
input:not([type=checkbox]), select, textarea { inline-size: 100%; border-color: var(--quiet); }
textarea.mono { font-size: .92em; }
button, .button { background: var(--soft); border-color: var(--quiet); cursor: pointer; margin-inline-end: .5rem; }
.button { display: inline-block; }
.button:hover { text-decoration: none; }
button:hover, .button:hover { border-color: var(--sea); }
button.main { background: var(--sea); border-color: var(--sea); color: var(--on-sea); font-weight: 600; }
button.link { background: none; border: 0; padding: 0; margin: 0; color: var(--link); }
button.link:hover { text-decoration: underline; }
.notice { border-inline-start: .3rem solid; padding: .5rem .75rem; background: var(--soft); border-start-end-radius: .4rem;
  border-end-end-radius: .4rem; }
.notice > * { margin-block: .25rem; }
.good { border-color: var(--good); }
.bad { border-color: var(--bad); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; gap: 0 2.5rem; align-items: start; }
.columns > * { min-inline-size: 0; }
aside pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.columns > aside h2:first-child, .columns > .wide > :first-child, .card > :first-child { margin-block-start: 0; }
.card { overflow-wrap: anywhere; }
.card h1 { font-size: 1.45rem; margin-block: 1.5rem .5rem; }
.card img, .picture img { max-inline-size: 100%; block-size: auto; }
.card table { display: block; overflow-x: auto; inline-size: auto; }
.card th, .card td { padding: .3rem .75rem; border: 1px solid var(--line); }
.card blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: .25rem solid var(--line);
  color: var(--quiet); }
.card :not(pre) > code { background: var(--soft); border-radius: .25rem; padding: .1rem .3rem; }
.card hr { border: 0; border-block-start: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.bar .crumbs { flex: 1 1 8rem; }
.bar .button { margin: 0; }
.crumbs { overflow-wrap: anywhere; margin-block: .25rem; }
.switch { position: relative; margin-block: .25rem; }
.switch summary { cursor: pointer; border: 1px solid var(--quiet); border-radius: .4rem; background: var(--soft);
  padding: .3rem .75rem; max-inline-size: 20rem; overflow-wrap: anywhere; inline-size: fit-content; }
.switch > div { position: absolute; z-index: 1; inset-inline-start: 0; margin-block-start: .25rem; background: var(--paper);
  border: 1px solid var(--quiet); border-radius: .4rem; padding: .75rem 1rem; max-block-size: 24rem; overflow-y: auto;
  inline-size: max-content; max-inline-size: min(22rem, 90vw); }
.switch h2 { font-size: .85rem; color: var(--quiet); margin-block: .25rem; }
.switch ul { list-style: none; padding: 0; margin-block: 0 .5rem; overflow-wrap: anywhere; }
.switch li { padding-block: .15rem; }
.latest { color: var(--quiet); overflow-wrap: anywhere; background: var(--soft); border: 1px solid var(--line);
  border-radius: .4rem; padding: .4rem .75rem; margin-block: .75rem; }
.listing { table-layout: fixed; }
.listing th:nth-child(2) { inline-size: 9rem; }
.listing th:nth-child(4) { inline-size: 7rem; }
.listing td { overflow-wrap: anywhere; }
.listing td:last-child, .listing th:last-child { padding-inline-end: 0; }
.listing .folder { font-weight: 600; }
.listing .commit a { color: var(--quiet); display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin-block: 1rem; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.code { display: flex; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--soft); }
.code pre { border: 0; margin: 0; overflow: visible; line-height: 1.45; border-radius: 0; }
.code pre + pre { flex: 1; unicode-bidi: plaintext; background: var(--paper); }
.code .numbers { text-align: end; color: var(--quiet); user-select: none; padding-inline: .75rem; position: sticky;
  inset-inline-start: 0; }
.picture { padding: 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; text-align: center; }
ol.commits, ol.events { list-style: none; padding: 0; }
ol.commits li { padding-block: .6rem; border-block-end: 1px solid var(--line); overflow-wrap: anywhere; }
ol.commits .title { font-weight: 600; }
ol.events > li { padding-block: .4rem; overflow-wrap: anywhere; }
ol.events > .comment { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem 1rem; margin-block: .75rem; }
h2.message { font-size: 1.3rem; margin-block: 1rem .5rem; }
pre.message { white-space: pre-wrap; overflow-wrap: anywhere; }
.change h3 { margin-block-end: .4rem; }
.diff { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; padding-block: .4rem; line-height: 1.45;
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .84em; display: grid;
  grid-template-columns: minmax(max-content, 1fr); }
.diff > div { white-space: pre; padding-inline: .75rem; unicode-bidi: plaintext; text-align: left; }
.diff .head { color: var(--quiet); }
.diff .hunk { background: var(--hunk); }
.diff .added { background: var(--added); }
.diff .gone { background: var(--gone); }
.status-open { color: var(--good); border-color: currentColor; }
.status-merged { color: var(--sea); border-color: currentColor; }
.status-closed { color: var(--bad); border-color: currentColor; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; }
@media (max-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 40rem) {
  .listing th:nth-child(3), .listing td:nth-child(3) { display: none; }
  .listing th:nth-child(2) { inline-size: 6.5rem; }
  .listing th:nth-child(4) { inline-size: 6rem; }
  .listing td .tag { display: none; }
  dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl.facts dd { margin-block-end: .4rem; }
}
)";

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
        while (part.starts_with(' ')) part.remove_prefix(1);
        if (!ascii_iequals(part.substr(0, part.find_first_of("; ")), coding)) continue;
        return part.find("q=0") == part.npos || part.find("q=0.") != part.npos;
    }
    return false;
}

}  // namespace

const std::string& style_sheet_path() {
    static const std::string path = "/assets/pages.css?v=" + sha256_of(kStyle).hex().substr(0, 12);
    return path;
}

Result<http::Response> style_sheet(api::Call&) {
    return kept_asset("text/css; charset=utf-8", std::string(kStyle), "public, max-age=604800");
}

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
