// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mirfa::http {

enum class Verb { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
std::string_view name_of(Verb verb);

/// Header fields in order, looked up without regard to case.
class Headers {
public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// Replaces every field of that name.
    void set(std::string_view name, std::string value);
    /// The first field of that name; empty when there is none.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// The head of a request, and its body where the route asked for the whole of it.
struct Request {
    Verb verb = Verb::kGet;
    std::string target;  ///< as sent: path and query, still encoded
    std::string path;    ///< the part before '?', still encoded
    std::string query;   ///< the part after '?', still encoded
    Headers headers;
    std::string body;  ///< filled for BodyMode::kWhole only
    std::optional<std::uint64_t> content_length;
    std::string remote_address;  ///< of the client; taken from X-Forwarded-For only behind a trusted proxy
    bool over_tls = false;       ///< as the client sees it (trusted proxies may say so)
    std::string id;              ///< request id, printed in the log and sent as X-Request-Id
};

}  // namespace mirfa::http
