// SPDX-License-Identifier: Apache-2.0
#include "http/detail/head_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "base/ascii.h"
#include "base/clock.h"
#include "http/detail/head.h"

namespace mirfa::http::detail {
namespace {

struct Phrase {
    int status;
    std::string_view text;
};

// clang-format off
constexpr Phrase kPhrases[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
    {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"},
    {307, "Temporary Redirect"}, {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"},
    {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"},
    {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"}, {411, "Length Required"},
    {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"},
    {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"}, {417, "Expectation Failed"},
    {422, "Unprocessable Content"}, {423, "Locked"}, {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
    {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"}, {507, "Insufficient Storage"},
};
// clang-format on

std::string_view phrase_of(int status) {
    const auto found = std::ranges::find(kPhrases, status, &Phrase::status);
    return found == std::end(kPhrases) ? std::string_view("Status") : found->text;
}

/// What the server writes itself; a second one from a handler would be a second opinion on where the body ends.
bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 7> kOurs = {"Connection",        "Content-Length", "Date",        "Keep-Alive",
                                                              "Transfer-Encoding", "Upgrade",        "X-Request-Id"};
    return std::ranges::any_of(kOurs, [&](auto ours) { return ascii_iequals(ours, name); });
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

/// The date as text, made once per second and thread.
const std::string& date_now() {
    thread_local std::time_t made_at = 0;
    thread_local std::string text;
    if (const std::time_t now = std::time(nullptr); now != made_at) {
        made_at = now;
        text = to_http_date(static_cast<UnixMillis>(now) * 1000);
    }
    return text;
}

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// U+0080 to U+00FF is two octets in UTF-8 with a lead of C2 or C3, and one in ISO-8859-1.
bool is_latin_pair(std::string_view rest) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    return rest.size() > 1 && (at(0) == 0xc2 || at(0) == 0xc3) && (at(1) & 0xc0) == 0x80;
}

char latin_of(std::string_view pair) {
    const auto lead = static_cast<unsigned char>(pair[0]), tail = static_cast<unsigned char>(pair[1]);
    const auto point = static_cast<unsigned char>(((lead & 0x03) << 6) | (tail & 0x3f));
    return point < 0xa0 ? ' ' : static_cast<char>(point);  // U+0080..U+009F are control characters
}

}  // namespace

std::string clean_value(std::string_view text) {
    std::string clean;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        if (octet < 0x80) {
            clean += octet < 0x20 || octet == 0x7f ? ' ' : text[i];
        } else if (is_latin_pair(text.substr(i))) {
            clean += latin_of(text.substr(i++));
        } else if ((octet & 0xc0) != 0x80) {  // one mark for a character, not one for each of its octets
            clean += '?';
        }
    }
    return std::string(ascii_trim(clean));
}

int status_of(const Response& response) { return response.status < 200 || response.status > 599 ? 500 : response.status; }

AnswerShape shape_of(const Response& response, bool to_head_request, int minor_version) {
    if (has_no_body(status_of(response))) return {AnswerFraming::kNoBody, std::nullopt};
    if (to_head_request) {
        auto length = response.length;
        if (!length && response.stream == nullptr) length = response.text.size();
        return {AnswerFraming::kNoBody, length};
    }
    if (response.stream == nullptr) return {AnswerFraming::kLength, response.text.size()};
    if (response.length) return {AnswerFraming::kLength, response.length};
    return {minor_version == 0 ? AnswerFraming::kUntilClose : AnswerFraming::kChunked, std::nullopt};
}

std::string write_head(const Response& response, const AnswerShape& shape, const HeadExtras& extras) {
    std::string out;
    out.reserve(256 + response.headers.fields().size() * 48);
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(status_of(response)));
    out.append(" ").append(phrase_of(status_of(response))).append("\r\n");
    for (const auto& [name, value] : response.headers.fields()) {
        if (name.empty() || is_ours(name) || !std::ranges::all_of(name, is_token_char)) continue;
        if (is_plain(value))
            append_field(out, name, value);
        else
            append_field(out, name, clean_value(value));
    }
    append_field(out, "Date", date_now());
    append_field(out, "X-Request-Id", extras.request_id);
    if (shape.length) {
        out += "Content-Length: ";
        append_number(out, *shape.length);
        out += "\r\n";
    }
    if (shape.framing == AnswerFraming::kChunked) append_field(out, "Transfer-Encoding", "chunked");
    if (!extras.keep_alive)
        append_field(out, "Connection", "close");
    else if (extras.minor_version == 0)
        append_field(out, "Connection", "keep-alive");
    out += "\r\n";
    return out;
}

}  // namespace mirfa::http::detail
