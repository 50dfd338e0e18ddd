// SPDX-License-Identifier: Apache-2.0
// is the front matter of a card in order? Answered as JSON with `errors` and `warnings` whatever happens, because
// clients read the body before the status; as plain text to those who ask for it.
#include "api/operations.h"
#include "hub/repos/card_check.h"

namespace mirfa::api {
namespace {

void write_list(format::JsonWriter& json, std::string_view key, const std::vector<std::string>& messages) {
    json.array(key);
    for (const auto& message : messages) json.object().field("message", message).end();
    json.end();
}

http::Response render(const Call& call, const hub::CardReport& report) {
    const int status = report.errors.empty() ? 200 : 400;
    if (call.request.headers.get("Accept") == "text/plain") {
        std::string text;
        for (const auto& message : report.errors) text += message + "\n";
        return text_response(status, "text/plain; charset=utf-8", text.empty() ? "ok\n" : text);
    }
    format::JsonWriter json;
    json.object();
    write_list(json, "errors", report.errors);
    write_list(json, "warnings", report.warnings);
    return json_response(std::move(json), status);
}

}  // namespace

Result<http::Response> validate_yaml(Call& call) {
    const auto json = json_body(call);
    if (!json.has_value()) return render(call, {{json.error().message}, {}});
    const auto content = format::find_string(json.value(), "content");
    if (!content) return render(call, {{"\"content\" must hold the text of README.md."}, {}});
    const auto type = type_of_singular(format::find_string(json.value(), "repoType").value_or("model"));
    return render(call, hub::check_card(*content, type.value_or(catalog::RepoType::kModel)));
}

}  // namespace mirfa::api
