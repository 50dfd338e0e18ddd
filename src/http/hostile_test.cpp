// SPDX-License-Identifier: Apache-2.0
// Requests that two readers could understand differently, and other things that no honest client sends. Each must be
// refused with its status, close the connection, and never reach a handler.
#include <gtest/gtest.h>

#include <atomic>

#include "http/testing/raw_client.h"
#include "http/testing/test_app.h"

namespace mirfa::http::testing {
namespace {

using namespace std::string_literals;

struct Case {
    const char* name;
    std::string request;
    int status;
};

const std::string kHost = "Host: h\r\n";
const std::string kSmuggled = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& fields, const std::string& body = "") {
    return "POST /echo HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}

const Case kCases[] = {
    {"length and chunks", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kSmuggled), 400},
    {"chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + kSmuggled), 400},
    {"two lengths", post("Content-Length: 4\r\nContent-Length: 5\r\n", "abcde"), 400},
    {"the same length twice", post("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"), 400},
    {"a list of lengths", post("Content-Length: 4, 4\r\n", "abcd"), 400},
    {"a signed length", post("Content-Length: +4\r\n", "abcd"), 400},
    {"a negative length", post("Content-Length: -1\r\n"), 400},
    {"a hex length", post("Content-Length: 0x4\r\n", "abcd"), 400},
    {"an empty length", post("Content-Length:\r\n"), 400},
    {"a length of 20 digits", post("Content-Length: 18446744073709551616\r\n"), 400},
    {"a length with a blank inside", post("Content-Length: 1 0\r\n"), 400},
    {"an unknown coding", post("Transfer-Encoding: gzip\r\n"), 501},
    {"chunked behind another coding", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
    {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501},
    {"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400},
    {"a coding with a control character",
     post("Transfer-Encoding: \x0b"
          "chunked\r\n",
          "0\r\n\r\n"),
     400},
    {"a quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501},
    {"chunks in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"a blank before the colon", post("Content-Length : 4\r\n", "abcd"), 400},
    {"a tab before the colon", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"), 400},
    {"no colon", post("Content-Length\r\n"), 400},
    {"no name", post(": x\r\n"), 400},
    {"a name with a bracket", post("X(y): x\r\n"), 400},
    {"a folded line", post("X-A: b\r\n c\r\n"), 400},
    {"a folded length", post("Content-Length:\r\n 4\r\n", "abcd"), 400},
    {"a blank before the first field", "GET /echo HTTP/1.1\r\n Host: h\r\n\r\n", 400},
    {"bare line feeds", "GET /echo HTTP/1.1\nHost: h\n\n", 400},
    {"one bare line feed", "GET /echo HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
    {"a bare carriage return", "GET /echo HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400},
    {"a carriage return too many", "GET /echo HTTP/1.1\r\nHost: h\r\r\n\r\n", 400},
    {"NUL in a value", post("X: a\0b\r\n"s), 400},
    {"NUL in a name", post("X\0: b\r\n"s), 400},
    {"NUL in the target", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, 400},
    {"a fragment", "GET /echo#frag HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"octets above ASCII in the target", "GET /\xd9\x85 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a target without slash", "GET echo HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"an asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"another scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"two blanks", "GET  /echo HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a tab in the request line", "GET\t/echo\tHTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"no version", "GET /echo\r\n\r\n", 400},
    {"a blank behind the version", "GET /echo HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
    {"a small version", "GET /echo http/1.1\r\nHost: h\r\n\r\n", 400},
    {"HTTP/1.2", "GET /echo HTTP/1.2\r\nHost: h\r\n\r\n", 505},
    {"HTTP/0.9", "GET /echo HTTP/0.9\r\nHost: h\r\n\r\n", 505},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
    {"an unknown method", "BREW /echo HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"a method in small letters", "get /echo HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"no Host", "GET /echo HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"a Host that is an address", "GET /echo HTTP/1.1\r\nHost: http://a/b\r\n\r\n", 400},
    {"a Host with a user", "GET /echo HTTP/1.1\r\nHost: user@a\r\n\r\n", 400},
    {"two credentials", post("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
    {"the same credentials twice", post("Authorization: Bearer a\r\nauthorization: Bearer a\r\n"), 400},
    {"credentials and empty ones", post("Authorization: Bearer a\r\nAuthorization:\r\n"), 400},
    {"another expectation", post("Content-Length: 1\r\nExpect: 200-ok\r\n"), 417},
    {"a target of 17 KiB", "GET /" + std::string(17 << 10, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
    {"a head of 65 KiB", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(65 << 10, 'a'), 431},
    {"two empty lines in front", "\r\n\r\n" + kSmuggled, 400},
    // these begin well: the body is what is wrong
    {"a chunk size with a sign", post("Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n"), 400},
    {"a chunk size with 0x", post("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n"), 400},
    {"a chunk size of 17 digits", post("Transfer-Encoding: chunked\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
    {"a chunk line with a bare line feed", post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"), 400},
    {"a chunk that is longer than it says", post("Transfer-Encoding: chunked\r\n", "3\r\nhello\r\n0\r\n\r\n"), 400},
    {"a chunk with a bare line feed at its end", post("Transfer-Encoding: chunked\r\n", "5\r\nhello\n0\r\n\r\n"), 400},
    {"an extension with a bare line feed", post("Transfer-Encoding: chunked\r\n", "5;a\nhello\r\n0\r\n\r\n"), 400},
    {"an empty chunk size", post("Transfer-Encoding: chunked\r\n", "\r\nhello\r\n0\r\n\r\n"), 400},
};

TEST(Hostile, FormsAreRefusedAndTheConnectionEnds) {
    TestApp app;
    std::atomic<int> reached = 0;
    const auto handler = [&](Request&) {
        ++reached;
        return text_answer("reached");
    };
    app.handle("/echo", handler, 1 << 20);
    app.handle("/admin", handler, 1 << 20);
    app.handle("/", handler, 1 << 20);
    RunningServer server({}, app);
    for (const auto& [name, request, status] : kCases) {
        RawClient client(server.port());
        (void)client.try_send(request + kSmuggled);
        const auto reply = client.receive();
        EXPECT_EQ(reply.status(), status) << name;
        EXPECT_EQ(reply.field("Connection"), "close") << name;
        EXPECT_FALSE(reply.field("X-Request-Id").empty()) << name;
        client.end_sending();
        EXPECT_EQ(client.receive_rest(), "") << name;
        EXPECT_EQ(reached, 0) << name;
    }
}

TEST(Hostile, SplittingAnAnswerThroughAHeaderValueFails) {
    TestApp app;
    app.handle("/", [](Request& request) {
        auto response = text_answer("ok");
        response.headers.set("X-Echo", "v\r\nSet-Cookie: evil=" + request.query + "\r\n\r\n<html>");
        return response;
    });
    RunningServer server({}, app);
    RawClient client(server.port());
    const auto reply = client.exchange("GET /?1 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(reply.field("Set-Cookie"), "");
    EXPECT_EQ(reply.body, "ok");
}

}  // namespace
}  // namespace mirfa::http::testing
