// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/response.h"

namespace mirfa::http::detail {

/// The status that is sent: 500 for a number that is none of an answer.
int status_of(const Response& response);

/// How the end of an answer is shown to the client.
enum class AnswerFraming { kNoBody, kLength, kChunked, kUntilClose };

struct AnswerShape {
    AnswerFraming framing = AnswerFraming::kLength;
    std::optional<std::uint64_t> length;  ///< what Content-Length says
};

/// The framing of this answer to a request of this kind (RFC 9112 6.3).
AnswerShape shape_of(const Response& response, bool to_head_request, int minor_version);

struct HeadExtras {
    std::string_view request_id;
    bool keep_alive = true;
    int minor_version = 1;  ///< of the request
};

/// Status line, fields and the empty line. Framing and connection fields of the handler are replaced by the server's;
/// values are made single-line ISO-8859-1 here and nowhere else, and fields whose name is no token are dropped.
std::string write_head(const Response& response, const AnswerShape& shape, const HeadExtras& extras);

/// `text` (UTF-8) as a field value: control characters become blanks, what ISO-8859-1 lacks becomes `?`.
std::string clean_value(std::string_view text);

}  // namespace mirfa::http::detail
