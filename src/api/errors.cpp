// SPDX-License-Identifier: Apache-2.0
#include "api/errors.h"

#include "base/percent.h"

namespace mirfa::api {
namespace {

constexpr std::size_t kMaxMessageHeader = 1024;  // proxies refuse answers with a large head

/// For a header. What is longer ends with three dots, behind a whole character; the body has all of it.
std::string one_line(std::string_view text) {
    std::string line(text);
    if (line.size() > kMaxMessageHeader) {
        std::size_t end = kMaxMessageHeader - 3;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
        line.resize(end);
        line += "...";
    }
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return line;
}

/// Who may not see a repository is told just what is told of one that is not there.
int page_status_of(const Error& error) { return error.reason == Reason::kRepoNotFound ? 404 : status_of(error); }

std::string_view heading_of(int status) {
    switch (status) {
        case 400: return "This cannot be done";
        case 401: return "Please sign in";
        case 403: return "This is not open to you";
        case 404: return "There is nothing here";
        case 405: return "This cannot be done";
        case 409: return "This does not fit";
        case 429: return "Too many requests";
        case 503: return "Too busy";
        default: return status < 500 ? "This cannot be done" : "Something went wrong";
    }
}

std::string page_text_of(const Error& error) {
    if (error.reason != Reason::kRepoNotFound) return error.message;
    return "There is no repository at this address, or you may not see it.";
}

/// Where no other room shows pages of its own (HubApp::set_error_page): plain HTML.
std::string page_of(const Error& error, const PageFrame& frame) {
    const std::string root(frame.prefix);
    const int status = page_status_of(error);
    const std::string heading = std::to_string(status) + " · " + std::string(heading_of(status));
    std::string html =
        "<!doctype html><html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><title>" +
        heading + " · Mirfa</title></head><body><main><h1>" + heading + "</h1><p dir=\"auto\">" +
        escape_html(page_text_of(error)) + "</p>";
    if (error.code == Code::kUnauthenticated) {
        const std::string next = frame.here.empty() ? "" : "?next=" + percent_encode(frame.here);
        html += "<p><a href=\"" + root + "/login" + next + "\">Sign in</a></p>";
    }
    return html + "</main></body></html>";
}

/// The stable word for what went wrong, so that programs need not read the sentence: the reason where there is one.
std::string_view word_of(const Error& error) {
    return error.reason == Reason::kNone ? name_of(error.code) : name_of(error.reason);
}

std::string body_of(const Error& error, ErrorStyle style, const PageFrame& frame) {
    if (style == ErrorStyle::kGit) return error.message + "\n";
    if (style == ErrorStyle::kPage) return page_of(error, frame);
    format::JsonWriter json;
    json.object().field("error", error.message).field("reason", word_of(error));
    if (!error.field.empty()) json.field("field", error.field);
    if (style == ErrorStyle::kLfs) json.field("message", error.message);
    return std::move(json).take();
}

std::string_view content_type_of(ErrorStyle style) {
    switch (style) {
        case ErrorStyle::kGit: return "text/plain; charset=utf-8";
        case ErrorStyle::kLfs: return "application/vnd.git-lfs+json; charset=utf-8";
        case ErrorStyle::kPage: return "text/html; charset=utf-8";
        case ErrorStyle::kJson: break;
    }
    return "application/json; charset=utf-8";
}

}  // namespace

int status_of(const Error& error) {
    switch (error.reason) {
        case Reason::kStaleParent: return 412;
        case Reason::kRangeNotSatisfiable: return 416;
        case Reason::kUnprocessable: return 422;
        case Reason::kNotBuilt: return 501;
        default: break;
    }
    switch (error.code) {
        case Code::kInvalidArgument: return 400;
        case Code::kNotFound: return 404;
        case Code::kAlreadyExists: return 409;
        case Code::kConflict: return 409;
        case Code::kUnauthenticated: return 401;
        case Code::kForbidden: return 403;
        case Code::kTooLarge: return 413;
        case Code::kTooManyRequests: return 429;
        case Code::kUnavailable: return 503;
        case Code::kTimedOut: return 408;
        case Code::kUnsupported: return 400;
        case Code::kOutOfSpace: return 507;
        case Code::kCorrupt: return 500;
        case Code::kInternal: return 500;
    }
    return 500;
}

std::string_view client_code_of(const Error& error) {
    switch (error.reason) {
        case Reason::kRepoNotFound: return "RepoNotFound";
        case Reason::kRevisionNotFound: return "RevisionNotFound";
        case Reason::kEntryNotFound: return "EntryNotFound";
        case Reason::kGated: return "GatedRepo";
        case Reason::kNotBuilt: return "NotImplemented";
        case Reason::kNone:
        case Reason::kRepoDisabled:
        case Reason::kBadCredentials:
        case Reason::kMissingCredentials:
        case Reason::kStaleParent:
        case Reason::kContentMissing:
        case Reason::kRangeNotSatisfiable:
        case Reason::kUnprocessable:
        case Reason::kFieldMissing:
        case Reason::kPageOutdated:
        case Reason::kOtherSite:
        case Reason::kSessionNeeded:
        case Reason::kWrongPassword:
        case Reason::kAccountDisabled:
        case Reason::kNameInvalid:
        case Reason::kNameReserved:
        case Reason::kNameTaken:
        case Reason::kEmailInvalid:
        case Reason::kEmailTaken:
        case Reason::kFullnameInvalid:
        case Reason::kBioInvalid:
        case Reason::kHomepageInvalid:
        case Reason::kPasswordTooShort:
        case Reason::kPasswordTooLong:
        case Reason::kPasswordInvalid:
        case Reason::kRoleInvalid:
        case Reason::kScopesInvalid:
        case Reason::kDateInvalid:
        case Reason::kPictureInvalid:
        case Reason::kPictureTooLarge:
        case Reason::kSignUpClosed:
        case Reason::kInvitationInvalid:
        case Reason::kCodeUnknown:
        case Reason::kSetupClosed:
        case Reason::kOwnAccount:
        case Reason::kLastAdministrator:
        case Reason::kOwnsRepositories:
        case Reason::kConfirmationWrong: return "";
    }
    return "";
}

http::Response error_response(const Error& error, ErrorStyle style, const PageFrame& frame) {
    http::Response response;
    response.status = style == ErrorStyle::kPage ? page_status_of(error) : status_of(error);
    response.headers.set("Content-Type", std::string(content_type_of(style)));
    if (const auto code = client_code_of(error); !code.empty()) response.headers.set("X-Error-Code", std::string(code));
    response.headers.set("X-Error-Message", one_line(error.message));
    if (response.status == 401 && (style == ErrorStyle::kGit || style == ErrorStyle::kLfs)) {
        response.headers.set("WWW-Authenticate", "Basic realm=\"Mirfa\", charset=\"UTF-8\"");
        if (style == ErrorStyle::kLfs) response.headers.set("LFS-Authenticate", "Basic realm=\"Mirfa\", charset=\"UTF-8\"");
    }
    if (response.status == 429 || response.status == 503) response.headers.set("Retry-After", "5");
    if (style == ErrorStyle::kPage)
        response.headers.set("Content-Security-Policy",
                             "default-src 'none'; style-src 'self'; img-src 'self'; "
                             "form-action 'none'; frame-ancestors 'none'; base-uri 'none'");
    response.text = body_of(error, style, frame);
    response.log_detail = describe(error);
    return response;
}

}  // namespace mirfa::api
