// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/stream.h"

namespace mirfa::fetch {

struct Header {
    std::string name;
    std::string value;
    bool operator==(const Header&) const = default;
};

/// kWithinOrigin stops at a redirect to another scheme, host or port and gives it as the answer.
enum class Redirects { kFollow, kWithinOrigin, kNone };

struct Limits {
    std::chrono::seconds connect{10};
    std::chrono::seconds idle{60};          ///< without an octet in either direction
    std::chrono::seconds total{0};          ///< 0: as long as octets move
    std::size_t body_bytes = 64u << 20;     ///< of an answer that is kept in memory
    std::size_t header_bytes = 256u << 10;  ///< of all headers of one answer
};

struct Answer;

struct Request {
    std::string method = "GET";
    std::string url;  ///< http or https
    std::vector<Header> headers;
    /// Value of Authorization. It is sent to the origin of `url` and to no other that a redirect names.
    Secret authorization;
    /// Sent as it stands; borrowed until the answer is there. Or `source`, which is asked anew for each attempt.
    ByteView body;
    std::function<Result<std::unique_ptr<ByteSource>>()> source;
    std::uint64_t source_bytes = 0;
    /// Asked once with status and headers before a body goes to the sink; what it fails with ends the exchange.
    std::function<Result<void>(const Answer&)> before_body;
    Redirects redirects = Redirects::kFollow;
    Limits limits;
    const std::atomic<bool>* stop = nullptr;  ///< ends the transfer when it becomes true
};

struct Answer {
    int status = 0;
    std::vector<Header> headers;  ///< of the last answer, in order
    std::string body;             ///< unless a sink took it
    std::string url;              ///< of the last hop

    /// The first header of that name (any case), without blanks around it.
    std::optional<std::string_view> find(std::string_view name) const;
    bool ok() const { return status >= 200 && status < 300; }
};

/// Sends requests over connections that are kept for the next one. Proxies and certificates are those of the environment
/// (http_proxy, https_proxy, no_proxy; SSL_CERT_FILE, CURL_CA_BUNDLE, REQUESTS_CA_BUNDLE). Threads: any.
class HttpClient {
public:
    explicit HttpClient(std::string user_agent);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// One request and the redirects it may follow. Any status is an answer.
    /// Fails: kUnavailable (no connection, cut off, certificate), kTimedOut, kTooLarge (an answer beyond its limit),
    /// kInvalidArgument (a URL that is none), kInternal when stopped.
    Result<Answer> send(const Request& request);
    /// The body of an answer below 300 goes into `sink`; other bodies stay in the answer. What the sink returns ends it.
    Result<Answer> send(const Request& request, ByteSink& sink);

private:
    class Pool;
    Result<Answer> follow(Request request, ByteSink* sink);
    std::unique_ptr<Pool> pool_;
};

}  // namespace mirfa::fetch
