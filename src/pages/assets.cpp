// SPDX-License-Identifier: Apache-2.0
#include "pages/assets.h"

#include "base/ascii.h"
#include "base/digest.h"
#include "pages/html.h"

namespace mirfa::pages {
namespace {

// Logical properties only, so that right-to-left pages need no second sheet.
constexpr std::string_view kStyle = R"(:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1c2126; --quiet: #5b6570; --line: #d9dde1; --soft: #f1f3f4; --link: #0b5cad;
  --good: #17663a; --bad: #a3231b; --sea: #0e5a74;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --ink: #e6e9eb; --quiet: #9aa5ae; --line: #333b41; --soft: #1d2327; --link: #79b8f3;
    --good: #74cf9b; --bad: #f19a92; --sea: #7cc6df;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header { border-block-end: 1px solid var(--line); background: var(--soft); }
nav, main { max-inline-size: 64rem; margin-inline: auto; padding: .75rem 1rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
nav form { display: inline; margin: 0; }
.brand { font-weight: 700; color: var(--sea); }
.grow { flex: 1; }
main { padding-block: 1.5rem 4rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
h1 { font-size: 1.6rem; line-height: 1.25; margin-block: 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin-block: 2rem .5rem; }
.quiet, time { color: var(--quiet); }
pre { overflow-x: auto; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; }
code, pre, .mono { font-family: ui-monospace, monospace; font-size: .92em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; padding: .4rem .75rem .4rem 0; border-block-end: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: end; white-space: nowrap; }
ul.repos { list-style: none; padding: 0; }
ul.repos li { padding-block: .5rem; border-block-end: 1px solid var(--line); overflow-wrap: anywhere; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; margin-inline-end: .3rem;
  font-size: .85rem; color: var(--quiet); }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-block-end: 1rem; }
.tabs a[aria-current] { color: inherit; font-weight: 600; }
label { display: block; margin-block: .75rem; max-inline-size: 30rem; }
label > span { display: block; font-weight: 600; }
label.row { display: flex; gap: .5rem; align-items: center; }
input, select, textarea, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
  border-radius: .4rem; padding: .45rem .6rem; }
input:not([type=checkbox]), select, textarea { inline-size: 100%; }
button { background: var(--soft); cursor: pointer; margin-inline-end: .5rem; }
button.link { background: none; border: 0; padding: 0; margin: 0; color: var(--link); }
.notice { border-inline-start: .3rem solid; padding: .5rem .75rem; background: var(--soft); }
.good { border-color: var(--good); }
.bad { border-color: var(--bad); }
.card { overflow-wrap: anywhere; }
.card img { max-inline-size: 100%; }
.card table { display: block; overflow-x: auto; }
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

}  // namespace

const std::string& style_sheet_path() {
    static const std::string path = "/assets/pages.css?v=" + sha256_of(kStyle).hex().substr(0, 12);
    return path;
}

Result<http::Response> style_sheet(api::Call&) {
    return kept_asset("text/css; charset=utf-8", std::string(kStyle), "public, max-age=604800");
}

Result<http::Response> icon(api::Call&) {
    return kept_asset("image/svg+xml", std::string(kIcon), "public, max-age=604800");
}

Result<http::Response> avatar(api::Call& call) {
    auto name = call.value("file");
    if (name.ends_with(".svg")) name.remove_suffix(4);
    const std::string letter(1, name.empty() || !is_ascii_alnum(name[0]) ? '?' : ascii_lower(name)[0]);
    const auto hue = std::to_string(sha256_of(ascii_lower(name)).octets[0] * 360 / 256);
    HtmlWriter svg;
    svg.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"}, {"viewBox", "0 0 64 64"}});
    svg.open("rect", {{"width", "64"}, {"height", "64"}, {"fill", "hsl(" + hue + " 45% 38%)"}}).close();
    svg.element("text", {{"x", "32"}, {"y", "43"}, {"text-anchor", "middle"}, {"font-size", "34"}, {"fill", "#fff"},
                         {"font-family", "system-ui, sans-serif"}}, letter);
    return kept_asset("image/svg+xml", std::move(svg).take(), "public, max-age=604800");
}

}  // namespace mirfa::pages
