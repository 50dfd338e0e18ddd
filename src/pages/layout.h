// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "api/call.h"
#include "pages/html.h"

namespace mirfa::pages {

using api::Call;

/// Path of a page of ours as a browser must ask for it: with the path of the public URL in front.
std::string site_path(const Call& call, std::string_view path);

/// What every page has around its content: head, navigation, and the headers that keep a browser from running or
/// loading anything that is not ours.
http::Response page(const Call& call, std::string_view title, const std::function<void(HtmlWriter&)>& content, int status = 200);
/// 303 to a path of ours.
http::Response go_to(const Call& call, std::string_view path);

/// A form that posts to `path`, with the token that proves it came from our page. Close it with `close()`.
HtmlWriter& open_form(HtmlWriter& html, const Call& call, std::string_view path);
/// A labelled input. `autocomplete` may be empty.
struct Field {
    std::string_view name;
    std::string_view label;
    std::string_view type = "text";
    std::string_view autocomplete = {};
    std::string_view value = {};
};
void write_field(HtmlWriter& html, const Field& field);
/// The button that does what the form is for.
void write_button(HtmlWriter& html, std::string_view label);
/// A message that matters: an error, or `good` news.
enum class Tone { kGood, kBad };
void write_notice(HtmlWriter& html, Tone tone, std::string_view text);

/// Pages about one's own account: where to go when nobody is signed in with this browser; nothing when somebody is.
std::optional<http::Response> sign_in_first(const Call& call);

/// A link to the next page of a list; `query` begins with `?`.
void write_next(HtmlWriter& html, std::string_view query, std::string_view label);

/// `2025-03-09`, with the exact time for those who point at it.
void write_day(HtmlWriter& html, UnixMillis time);
/// `1.4 GB`
std::string readable_size(std::uint64_t octets);

}  // namespace mirfa::pages
