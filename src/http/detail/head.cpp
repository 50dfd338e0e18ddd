// SPDX-License-Identifier: Apache-2.0
#include "http/detail/head.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace mirfa::http::detail {
namespace {

using MaybeRefusal = std::optional<Refusal>;

bool is_forbidden(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet < 0x20 && c != '\t') || octet == 0x7f;
}

std::optional<Verb> verb_of(std::string_view method) {
    for (const auto verb : {Verb::kGet, Verb::kHead, Verb::kPost, Verb::kPut, Verb::kPatch, Verb::kDelete, Verb::kOptions})
        if (name_of(verb) == method) return verb;
    return std::nullopt;
}

struct RequestLine {
    std::string_view method;
    std::string_view target;
    std::string_view version;
};

std::optional<RequestLine> cut_request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    RequestLine cut{line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1)};
    if (cut.method.empty() || cut.target.empty() || cut.target.find(' ') != std::string_view::npos) return std::nullopt;
    return cut;
}

MaybeRefusal read_version(std::string_view version, Head& head) {
    if (version == "HTTP/1.1" || version == "HTTP/1.0") {
        head.minor_version = version.back() - '0';
        return std::nullopt;
    }
    if (version.starts_with("HTTP/")) return Refusal{505, {Code::kUnsupported, "This server speaks HTTP/1.1 and HTTP/1.0."}};
    return bad_request("The request line is not one of HTTP/1.1.");
}

/// `http://host/path?query` becomes `/path?query`: whom the request is meant for is configured, never taken from it.
std::string_view without_authority(std::string_view target) {
    const std::string scheme = ascii_lower(target.substr(0, 8));
    const std::size_t skip = scheme.starts_with("http://") ? 7 : scheme == "https://" ? 8 : 0;
    if (skip == 0) return target;
    const auto end = target.find_first_of("/?", skip);
    return end == std::string_view::npos ? std::string_view("/") : target.substr(end);
}

MaybeRefusal read_target(std::string_view target, Head& head) {
    if (target.size() > kMaxTarget)
        return Refusal{414, {Code::kInvalidArgument, "The address is too long: at most 16384 characters are read."}};
    if (std::ranges::any_of(target, [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '#'; }))
        return bad_request("The address holds characters that must be percent-encoded.");
    Request& request = head.request;
    request.target = without_authority(target);
    if (request.target.starts_with('?')) request.target.insert(0, "/");
    const bool asterisk = request.target == "*" && request.verb == Verb::kOptions;
    if (!request.target.starts_with('/') && !asterisk) return bad_request("The address must begin with a slash.");
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    if (question != std::string::npos) request.query = request.target.substr(question + 1);
    return std::nullopt;
}

MaybeRefusal read_request_line(std::string_view line, Head& head) {
    const auto cut = cut_request_line(line);
    if (!cut || !std::ranges::all_of(cut->method, is_token_char)) return bad_request("The request line is not one of HTTP/1.1.");
    if (auto refusal = read_version(cut->version, head)) return refusal;
    const auto verb = verb_of(cut->method);
    if (!verb) return Refusal{501, {Code::kUnsupported, "This method is not known here.", Reason::kNotBuilt}};
    head.request.verb = *verb;
    return read_target(cut->target, head);
}

/// Names are tokens that end right at the colon; no line continues the one before.
MaybeRefusal check_fields(std::string_view lines) {
    std::size_t count = 0;
    while (lines != "\r\n") {
        const auto colon = std::ranges::find_if_not(lines, is_token_char);
        if (colon == lines.begin() || colon == lines.end() || *colon != ':')
            return bad_request("A header line is not of the form `Name: value`.");
        if (++count > kMaxFields) return Refusal{431, {Code::kTooLarge, "The request has more than 100 header lines."}};
        lines.remove_prefix(lines.find('\n') + 1);
    }
    return std::nullopt;
}

std::size_t count_of(const Headers& headers, std::string_view name) {
    return static_cast<std::size_t>(
        std::ranges::count_if(headers.fields(), [&](const auto& field) { return ascii_iequals(field.first, name); }));
}

/// RFC 9112 3.2. The value is never used, but a request with two of them means two things to two readers.
MaybeRefusal check_host(const Head& head) {
    const auto hosts = count_of(head.request.headers, "Host");
    if (hosts > 1 || (hosts == 0 && head.minor_version == 1))
        return bad_request("A request of HTTP/1.1 has exactly one Host header.");
    const auto value = head.request.headers.get("Host");
    if (value.find_first_of(" \t/?#@,\\") != std::string_view::npos) return bad_request("The Host header is no host.");
    return std::nullopt;
}

/// Whoever stands before the hub may have looked at the other one.
MaybeRefusal check_credentials(const Head& head) {
    if (count_of(head.request.headers, "Authorization") > 1)
        return bad_request("The request has more than one Authorization header. Send one.");
    return std::nullopt;
}

/// RFC 9112 6.3, with every choice that it leaves to the reader made in favour of refusing.
MaybeRefusal read_framing(Head& head) {
    const Headers& headers = head.request.headers;
    const auto lengths = count_of(headers, "Content-Length");
    const auto codings = count_of(headers, "Transfer-Encoding");
    if (lengths > 1) return bad_request("The request has more than one Content-Length.");
    if (lengths > 0 && codings > 0) return bad_request("The request has both Content-Length and Transfer-Encoding.");
    if (codings > 0) {
        if (head.minor_version == 0 || codings > 1) return bad_request("This Transfer-Encoding is not allowed here.");
        if (!ascii_iequals(headers.get("Transfer-Encoding"), "chunked"))
            return Refusal{501, {Code::kUnsupported, "The only Transfer-Encoding read here is `chunked`."}};
        head.framing.chunked = true;
    }
    if (lengths > 0) {
        const auto text = headers.get("Content-Length");
        std::uint64_t& length = head.framing.length;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
        if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || text.size() > 19)
            return bad_request("The Content-Length is not a number.");
        head.request.content_length = length;
    }
    return std::nullopt;
}

MaybeRefusal read_expectation(Head& head) {
    const auto expect = head.request.headers.get("Expect");
    if (expect.empty() || head.minor_version == 0) return std::nullopt;
    if (!ascii_iequals(expect, "100-continue"))
        return Refusal{417, {Code::kUnsupported, "The only expectation met here is `100-continue`."}};
    head.expects_continue = head.framing.has_body();
    return std::nullopt;
}

void read_connection(Head& head) {
    bool close = false, keep = false;
    for (const auto& [name, value] : head.request.headers.fields()) {
        if (!ascii_iequals(name, "Connection")) continue;
        close = close || list_has(value, "close");
        keep = keep || list_has(value, "keep-alive");
    }
    head.keep_alive = !close && (keep || head.minor_version == 1);
}

}  // namespace

bool is_token_char(char c) { return is_ascii_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos; }

bool list_has(std::string_view list, std::string_view word) {
    return std::ranges::any_of(split(list, ','), [&](auto part) { return ascii_iequals(ascii_trim(part), word); });
}

/// No line begins with a blank: it would continue the line before, and readers differ on that. The first line begins
/// with a method, so that a TLS greeting is refused by its first octet.
bool HeadScanner::may_start_line(char c) const { return line_ == begin_ ? is_token_char(c) : c != ' ' && c != '\t'; }

HeadScanner::State HeadScanner::feed(std::string_view octets) {
    for (; at_ < octets.size(); ++at_) {
        const char c = octets[at_];
        const bool after_return = at_ > line_ && octets[at_ - 1] == '\r';
        if (after_return != (c == '\n')) return State::kBad;
        if (c == '\r') continue;
        if (c == '\n') {
            const bool empty = at_ == line_ + 1;
            line_ = at_ + 1;
            if (!empty) continue;
            if (begin_ == 0 && line_ == 2) {
                begin_ = 2;
                continue;
            }
            at_ = line_;
            return line_ == begin_ + 2 ? State::kBad : State::kComplete;
        }
        if (is_forbidden(c) || (at_ == line_ && !may_start_line(c))) return State::kBad;
    }
    return State::kMore;
}

MaybeRefusal read_head(std::string_view octets, Head& head) {
    const auto line_end = octets.find("\r\n");
    if (line_end == std::string_view::npos || !octets.ends_with("\r\n\r\n")) return bad_request("The head has no end.");
    if (auto refusal = read_request_line(octets.substr(0, line_end), head)) return refusal;
    if (auto refusal = check_fields(octets.substr(line_end + 2))) return refusal;
    if (!parse_fields(octets, head.request.headers)) return bad_request("The head is not one of HTTP/1.1.");
    if (auto refusal = check_host(head)) return refusal;
    if (auto refusal = check_credentials(head)) return refusal;
    if (auto refusal = read_framing(head)) return refusal;
    if (auto refusal = read_expectation(head)) return refusal;
    read_connection(head);
    return std::nullopt;
}

}  // namespace mirfa::http::detail
