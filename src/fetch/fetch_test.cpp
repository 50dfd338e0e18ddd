// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>

#include "fetch/http.h"
#include "fetch/retry.h"
#include "fetch/testing/imposter.h"
#include "fetch/url.h"

namespace mirfa::fetch {
namespace {

using std::chrono::milliseconds;
using testing::Imposter;
using testing::Reply;
using testing::Seen;

struct TextSink final : ByteSink {
    std::string text;
    Result<void> write(ByteView bytes) override {
        text += as_text(bytes);
        return ok();
    }
};

Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    return request;
}

TEST(Url, AnOriginIsSchemeHostAndPortInOneSpelling) {
    EXPECT_EQ(origin_of("HTTP://Hub.Test/x?y").value(), "http://hub.test:80");
    EXPECT_EQ(origin_of("https://hub.test").value(), "https://hub.test:443");
    EXPECT_EQ(origin_of("http://user@[::1]:81/").value(), "http://[::1]:81");
    EXPECT_FALSE(origin_of("file:///etc/passwd").has_value());
    EXPECT_FALSE(origin_of("hub").has_value() && origin_of("hub").value() == "hub");
    EXPECT_EQ(resolve_url("http://a.test/b/c?d", "/e%2Ff").value(), "http://a.test/e%2Ff");
    EXPECT_EQ(resolve_url("http://a.test/b/c", "https://o.test/x").value(), "https://o.test/x");
}

TEST(Url, AnAddressIsKnownByItsScheme) {
    for (const char* good : {"http://localhost:8080", "HTTPS://Hub.Test/", "http://[::1]:81/x", "https://h"})
        EXPECT_TRUE(check_address(good).has_value()) << good;
    for (const char* bad : {"", "hub.test", "localhost:8080", "http://", "https:///x", "file:///etc/passwd", "http://hub test",
                            "http://hub\n", "httpx://hub", " http://hub"})
        EXPECT_EQ(check_address(bad).error().code, Code::kInvalidArgument) << bad;
}

TEST(HttpClient, SendsBodiesAndReadsAnswersOverOneConnection) {
    Imposter server([](const Seen& seen) { return Reply{201, {{"X-One", " 1 "}}, "you said " + seen.body}; });
    HttpClient client("test/1");
    Request request = get(server.url("/put"));
    request.method = "PUT";
    request.body = as_bytes("hello");
    request.headers = {{"Content-Type", "text/plain"}};
    const auto answer = client.send(request).value();
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.find("x-one"), "1");
    EXPECT_EQ(answer.body, "you said hello");
    const auto seen = server.seen().at(0);
    EXPECT_EQ(seen.method, "PUT");
    EXPECT_EQ(seen.header("User-Agent"), "test/1");
    EXPECT_EQ(seen.header("Expect"), "");
}

TEST(HttpClient, NeverShowsAuthorizationToAnotherOrigin) {
    Imposter other([](const Seen&) { return Reply{200, {}, "bytes"}; });
    Imposter hub([&](const Seen& seen) {
        if (seen.target == "/old") return Reply{307, {{"Location", "/new"}}, ""};
        return Reply{302, {{"Location", other.url("/store")}}, ""};
    });
    HttpClient client("test/1");
    Request request = get(hub.url("/old"));
    request.authorization = Secret("Bearer secret");
    EXPECT_EQ(client.send(request).value().body, "bytes");
    ASSERT_EQ(hub.seen().size(), 2u);
    EXPECT_EQ(hub.seen()[1].target, "/new");
    EXPECT_EQ(hub.seen()[1].header("Authorization"), "Bearer secret");
    ASSERT_EQ(other.seen().size(), 1u);
    EXPECT_EQ(other.seen()[0].header("Authorization"), "");

    request.redirects = Redirects::kWithinOrigin;
    const auto stopped = client.send(request).value();
    EXPECT_EQ(stopped.status, 302);
    EXPECT_EQ(stopped.find("location"), other.url("/store"));
}

TEST(HttpClient, GivesUpOnRedirectsInCircles) {
    Imposter hub([](const Seen&) { return Reply{302, {{"Location", "/"}}, ""}; });
    HttpClient client("test/1");
    EXPECT_EQ(client.send(get(hub.url("/"))).error().code, Code::kUnavailable);
    EXPECT_EQ(hub.seen().size(), 20u);
}

TEST(HttpClient, RefusesAnswersBeyondTheirLimitAndHeadersWithLineBreaks) {
    Imposter hub([](const Seen&) { return Reply{200, {}, std::string(1000, 'x')}; });
    HttpClient client("test/1");
    Request request = get(hub.url("/"));
    request.limits.body_bytes = 999;
    EXPECT_EQ(client.send(request).error().code, Code::kTooLarge);
    request.headers = {{"X-Name", "a\r\nX-Other: b"}};
    EXPECT_EQ(client.send(request).error().code, Code::kInvalidArgument);
}

TEST(HttpClient, OnlyGoodAnswersReachTheSink) {
    Imposter hub([](const Seen& seen) { return seen.target == "/good" ? Reply{206, {}, "data"} : Reply{404, {}, "no"}; });
    HttpClient client("test/1");
    TextSink sink;
    EXPECT_EQ(client.send(get(hub.url("/bad")), sink).value().body, "no");
    EXPECT_EQ(sink.text, "");
    EXPECT_EQ(client.send(get(hub.url("/good")), sink).value().status, 206);
    EXPECT_EQ(sink.text, "data");
}

TEST(HttpClient, ABodyThatBreaksOffAndARefusedConnectionAreUnavailable) {
    Imposter hub([](const Seen&) { return Reply{200, {}, std::string(1000, 'x'), 500}; });
    HttpClient client("test/1");
    TextSink sink;
    EXPECT_EQ(client.send(get(hub.url("/")), sink).error().code, Code::kUnavailable);
    EXPECT_EQ(sink.text.size(), 500u);
    EXPECT_EQ(client.send(get("http://127.0.0.1:1/")).error().code, Code::kUnavailable);
}

/// A variable of this process, back to nothing at the end.
struct Variable {
    Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Variable() { ::unsetenv(name_); }
    const char* name_;
};

TEST(HttpClient, GoesThroughTheProxyOfTheEnvironmentInEitherSpelling) {
    Imposter proxy([](const Seen&) { return Reply{200, {}, "by proxy"}; });
    HttpClient client("test/1");
    for (const char* name : {"http_proxy", "HTTP_PROXY"}) {
        const Variable variable(name, proxy.url());
        EXPECT_EQ(client.send(get("http://hub.test/x")).value().body, "by proxy") << name;
        EXPECT_EQ(proxy.seen().back().target, "http://hub.test/x");
        const Variable none("no_proxy", "hub.test");
        EXPECT_FALSE(client.send(get("http://hub.test/x")).has_value()) << name;
    }
}

Result<Answer> answered(int status, std::vector<Header> headers = {}) {
    Answer answer;
    answer.status = status;
    answer.headers = std::move(headers);
    return answer;
}

TEST(Retry, PausesDoubleUpToTheLongestAndEnd) {
    const RetryRules rules;
    const auto later = answered(503);
    std::vector<long> pauses;
    for (int i = 0; i < 5; ++i) pauses.push_back(static_cast<long>(pause_before(i, later, rules)->count()));
    EXPECT_EQ(pauses, (std::vector<long>{1000, 2000, 4000, 8000, 8000}));
    EXPECT_FALSE(pause_before(5, later, rules));
}

TEST(Retry, TheServersWordComesFirst) {
    EXPECT_EQ(pause_before(0, answered(429, {{"Retry-After", "7"}}), {}), milliseconds(7000));
    EXPECT_EQ(pause_before(0, answered(429, {{"Retry-After", "7"}, {"RateLimit", "\"api\";r=0;t=41"}}), {}),
              milliseconds(42'000));
    EXPECT_EQ(pause_before(0, answered(429, {{"Retry-After", "7"}, {"RateLimit", "\"api\";r=5;t=41"}}), {}), milliseconds(7000));
    EXPECT_EQ(pause_before(0, answered(503, {{"Retry-After", "Sun, 09 Mar 2025 08:15:27 GMT"}}), {}), milliseconds(0));
    EXPECT_FALSE(pause_before(0, answered(503, {{"Retry-After", "100000"}}), {}));
}

TEST(Retry, WhatWouldFailAgainIsNotRepeated) {
    for (const int status : {200, 400, 401, 403, 404, 409, 412, 416, 501})
        EXPECT_FALSE(pause_before(0, answered(status), {})) << status;
    EXPECT_FALSE(pause_before(0, Error{Code::kTooLarge, ""}, {}));
    EXPECT_TRUE(pause_before(0, Error{Code::kTimedOut, ""}, {}));
}

TEST(Retry, SendsAgainUntilItWorks) {
    std::atomic<int> count = 0;
    Imposter hub([&](const Seen& seen) { return ++count < 3 ? Reply{503, {}, ""} : Reply{200, {}, seen.body}; });
    HttpClient client("test/1");
    Request request = get(hub.url("/"));
    request.method = "POST";
    request.source_bytes = 5;
    request.source = []() -> Result<std::unique_ptr<ByteSource>> {
        return std::unique_ptr<ByteSource>(std::make_unique<MemorySource>(as_bytes("again")));
    };
    std::vector<milliseconds> waits;
    const auto answer = send_patiently(client, request, {}, [&](milliseconds time, auto) {
        waits.push_back(time);
        return true;
    });
    EXPECT_EQ(answer.value().body, "again");
    EXPECT_EQ(waits, (std::vector<milliseconds>{milliseconds(1000), milliseconds(2000)}));
}

}  // namespace
}  // namespace mirfa::fetch
