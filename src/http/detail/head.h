// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/detail/refusal.h"
#include "http/request.h"

namespace mirfa::http::detail {

inline constexpr std::size_t kMaxTarget = 16 << 10;
inline constexpr std::size_t kMaxFields = 100;

/// Looks for the end of a head in octets as they arrive, and stops at the first octet that no head may hold.
class HeadScanner {
public:
    enum class State { kMore, kComplete, kBad };

    /// `octets` is everything received so far; what was seen before is not looked at again.
    State feed(std::string_view octets);
    /// Once complete: the head is [begin, end) of the octets. One empty line in front of it is stepped over.
    std::size_t begin() const { return begin_; }
    std::size_t end() const { return at_; }

private:
    bool may_start_line(char c) const;

    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    std::size_t line_ = 0;  ///< where the current line begins
};

/// How the body of a request is delimited (RFC 9112 6.3).
struct Framing {
    bool chunked = false;
    std::uint64_t length = 0;
    bool has_body() const { return chunked || length > 0; }
};

struct Head {
    Request request;
    int minor_version = 1;  ///< of HTTP/1
    Framing framing;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Reads one whole head, from the request line to the empty line, all CRLF. Stricter than RFC 9112 wherever two readers
/// could see two different requests: one Content-Length or one `Transfer-Encoding: chunked` and never both, no folded
/// lines, no blanks before colons, one Host, nothing but visible ASCII in the target.
///
/// Gives: the refusal, or nothing when `head` is filled. After a refusal `head` holds what had been read.
std::optional<Refusal> read_head(std::string_view octets, Head& head);

/// The grammar of the request line and the fields, by Beast. Adds the fields to `headers`. Gives: false when it objects.
bool parse_fields(std::string_view octets, Headers& headers);

/// True for a character of a field name or method (RFC 9110 5.6.2).
bool is_token_char(char c);
/// True when `list` (commas between) has `word`, in any case.
bool list_has(std::string_view list, std::string_view word);

}  // namespace mirfa::http::detail
