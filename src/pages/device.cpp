// SPDX-License-Identifier: Apache-2.0
// /device: where somebody who is signed in lets a program without a browser in (RFC 8628).
#include "hub/accounts/device_flow.h"
#include "pages/handlers.h"
#include "pages/layout.h"

namespace mirfa::pages {
namespace {

http::Response ask_for_code(const Call& call, const Error* error) {
    return page(
        call, "Sign in on a device",
        [&](HtmlWriter& html) {
            html.element("h1", "Sign in on a device");
            if (error != nullptr) write_notice(html, Tone::kBad, error->message);
            html.open("form", {{"method", "get"}, {"action", site_path(call, "/device")}});
            write_field(html, {"code", "The code that your program shows"});
            write_button(html, "Go on");
            html.close();
        },
        error == nullptr ? 200 : 404);
}

http::Response ask_for_decision(const Call& call, const hub::DeviceRequest& request) {
    return page(call, "Sign in on a device", [&](HtmlWriter& html) {
        html.element("h1", "Let a program in?");
        html.open("p").element("strong", request.client_name).text(" asks to sign in as ");
        html.element("strong", call.principal.name).text(". It showed the code ");
        html.element("strong", {{"class", "mono"}}, request.user_code).text(" on ");
        write_day(html, request.created);
        html.text(".").close();
        html.element("p",
                     "It will get an access token that can read and write everything you can. You can revoke it at any "
                     "time among your tokens.");
        write_notice(html, Tone::kBad, "Approve only if you started this yourself just now and the code is the same.");
        open_form(html, call, "/device").empty("input", {{"type", "hidden"}, {"name", "code"}, {"value", request.user_code}});
        html.element("button", {{"name", "decision"}, {"value", "approve"}}, "Approve");
        html.element("button", {{"name", "decision"}, {"value", "deny"}}, "Deny");
        html.close();
    });
}

}  // namespace

Result<http::Response> show_device(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    const auto code = call.query.find("code").value_or("");
    if (code.empty()) return ask_for_code(call, nullptr);
    const auto request = hub::find_device_request(call.hub, code);
    if (!request.has_value()) return ask_for_code(call, &request.error());
    return ask_for_decision(call, request.value());
}

Result<http::Response> decide_device(Call& call) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    TRY(const auto form, api::form_body(call));
    const auto word = form.find("decision").value_or("");
    if (word != "approve" && word != "deny") return Error{Code::kInvalidArgument, "The form says neither approve nor deny."};
    const bool approve = word == "approve";
    const auto decided =
        hub::decide_device_request(call.hub, call.principal, form.find("code").value_or(""),
                                   approve ? hub::Decision::kApprove : hub::Decision::kDeny, call.request.remote_address);
    if (!decided.has_value()) return ask_for_code(call, &decided.error());
    return page(call, "Sign in on a device", [&](HtmlWriter& html) {
        html.element("h1", approve ? "Approved" : "Denied");
        html.element("p", approve ? "Your program goes on by itself in a few seconds. You can close this page."
                                  : "The program was turned away.");
    });
}

}  // namespace mirfa::pages
