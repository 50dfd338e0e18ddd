// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/byteranges.h"
#include "http/conditional.h"
#include "http/cookies.h"
#include "http/detail/chunked.h"
#include "http/detail/head.h"
#include "http/detail/head_writer.h"
#include "http/detail/proxies.h"
#include "http/detail/request_id.h"

namespace mirfa::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// ---- Range

std::string shown(const Result<std::vector<ByteRange>>& ranges) {
    if (!ranges.has_value()) return ranges.error().reason == Reason::kRangeNotSatisfiable ? "416" : "error";
    std::string text;
    for (const auto& range : ranges.value()) text += "[" + std::to_string(range.first) + "," + std::to_string(range.last) + ")";
    return text.empty() ? "whole" : text;
}

std::string shown(const Result<std::optional<ByteRange>>& range) {
    if (!range.has_value()) return shown(Result<std::vector<ByteRange>>(range.error()));
    if (!range.value()) return "whole";
    return shown(Result<std::vector<ByteRange>>(std::vector{*range.value()}));
}

TEST(Range, IsReadAsTheClientsWriteIt) {
    const std::pair<const char*, const char*> cases[] = {{"bytes=0-0", "[0,1)"},
                                                         {"bytes=0-99", "[0,100)"},
                                                         {"bytes=5-", "[5,100)"},
                                                         {"bytes=-7", "[93,100)"},
                                                         {"bytes=90-100", "[90,100)"},
                                                         {"bytes=90-18446744073709551615", "[90,100)"},
                                                         {"BYTES=1-2", "[1,3)"},
                                                         {"bytes= 1-2 ", "[1,3)"},
                                                         {"bytes=-1000", "[0,100)"},
                                                         {"bytes=99-99999999999999999999999", "[99,100)"},
                                                         {"bytes=100-", "416"},
                                                         {"bytes=100-200", "416"},
                                                         {"bytes=-0", "416"},
                                                         {"bytes=99999999999999999999999-", "416"},
                                                         {"", "whole"},
                                                         {"bytes", "whole"},
                                                         {"bytes=", "whole"},
                                                         {"bytes=-", "whole"},
                                                         {"bytes=2-1", "whole"},
                                                         {"bytes=a-b", "whole"},
                                                         {"bytes=1 -2", "whole"},
                                                         {"bytes=1-2-3", "whole"},
                                                         {"bytes=+1-2", "whole"},
                                                         {"items=0-1", "whole"},
                                                         {"bytes=0-1,5-6", "whole"},
                                                         {"bytes=0-1,", "whole"}};
    for (const auto& [header, expected] : cases) EXPECT_EQ(shown(parse_range(header, 100)), expected) << header;
}

TEST(Range, OfAnEmptyEntityIsNeverSatisfied) {
    EXPECT_EQ(shown(parse_range("bytes=0-0", 0)), "416");
    EXPECT_EQ(shown(parse_range("bytes=-1", 0)), "416");
    EXPECT_EQ(shown(parse_range("", 0)), "whole");
}

TEST(Range, ManyStayInTheOrderAskedAndThoseBehindTheEndAreLeftOut) {
    EXPECT_EQ(shown(parse_ranges("bytes=50-59, 0-9,200-", 100, 5)), "[50,60)[0,10)");
    EXPECT_EQ(shown(parse_ranges("bytes=0-1,2-3,4-5", 100, 2)), "whole");
    EXPECT_EQ(shown(parse_ranges("bytes=200-,300-", 100, 5)), "416");
    EXPECT_EQ(shown(parse_ranges("bytes=0-1,x", 100, 5)), "whole");
}

// ---- multipart/byteranges

class TextSource final : public SegmentSource {
public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    Result<Segment> next() override {
        if (text_.empty()) return Segment{};
        const auto text = std::exchange(text_, {});
        return Segment(Bytes(text.begin(), text.end()));
    }

private:
    std::string text_;
};

std::string drained(SegmentSource& source) {
    std::string all;
    for (;;) {
        const auto segment = source.next();
        const auto* bytes = std::get_if<Bytes>(&segment.value());
        if (bytes == nullptr) return all;
        all.append(bytes->begin(), bytes->end());
    }
}

TEST(ByteRanges, WrapEveryRangeInAPartAndAnnounceTheExactLength) {
    const std::string entity = "0123456789";
    Response response;
    answer_with_ranges(response, {{7, 10}, {0, 2}}, 10, "application/octet-stream", [&](const ByteRange& range) {
        return Result<std::unique_ptr<SegmentSource>>(std::make_unique<TextSource>(entity.substr(range.first, range.length())));
    });
    const std::string type(response.headers.get("Content-Type"));
    ASSERT_TRUE(type.starts_with("multipart/byteranges; boundary=")) << type;
    const auto boundary = type.substr(type.find('=') + 1);
    EXPECT_GE(boundary.size(), 40U);
    const auto body = drained(*response.stream);
    EXPECT_EQ(body, "--" + boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 7-9/10\r\n\r\n789" +
                        "\r\n--" + boundary +
                        "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-1/10\r\n\r\n01" + "\r\n--" +
                        boundary + "--\r\n");
    EXPECT_EQ(response.length, body.size());
    EXPECT_EQ(response.status, 206);
}

TEST(ByteRanges, PassOnTheFailureOfTheirOpener) {
    Response response;
    answer_with_ranges(response, {{0, 1}}, 10, "text/plain", [](const ByteRange&) {
        return Result<std::unique_ptr<SegmentSource>>(Error{Code::kNotFound, "gone"});
    });
    EXPECT_EQ(response.stream->next().error().code, Code::kNotFound);
}

// ---- headers, cookies, conditions

TEST(Headers, AreFoundWithoutRegardToCase) {
    Headers headers;
    headers.add("Accept", "a");
    headers.add("ACCEPT", "b");
    EXPECT_EQ(headers.get("accept"), "a");
    EXPECT_TRUE(headers.has("aCCept"));
    EXPECT_FALSE(headers.has("Accep"));
    headers.set("accept", "c");
    EXPECT_EQ(headers.fields().size(), 1U);
    EXPECT_EQ(headers.get("Accept"), "c");
}

TEST(Cookies, AreFoundByTheirExactName) {
    Headers headers;
    headers.add("Cookie", "a=1; session=x=y==;quoted=\"q q\" ;empty=");
    headers.add("cookie", "later=2; a=3");
    EXPECT_EQ(find_cookie(headers, "a"), "1");
    EXPECT_EQ(find_cookie(headers, "session"), "x=y==");
    EXPECT_EQ(find_cookie(headers, "quoted"), "q q");
    EXPECT_EQ(find_cookie(headers, "empty"), "");
    EXPECT_EQ(find_cookie(headers, "later"), "2");
    EXPECT_EQ(find_cookie(headers, "Session"), std::nullopt);
    EXPECT_EQ(find_cookie(headers, "ession"), std::nullopt);
}

TEST(Conditions, IfNoneMatchIsAListInWhichWeaknessDoesNotCount) {
    EXPECT_TRUE(none_match_names("\"a\"", "\"a\""));
    EXPECT_TRUE(none_match_names("W/\"a\"", "\"a\""));
    EXPECT_TRUE(none_match_names("\"x\", W/\"y,z\" ,\"a\"", "W/\"a\""));
    EXPECT_TRUE(none_match_names(" * ", "\"a\""));
    EXPECT_FALSE(none_match_names("", "\"a\""));
    EXPECT_FALSE(none_match_names("\"b\", \"a", "\"a\""));
    EXPECT_FALSE(none_match_names("a", "\"a\""));
}

TEST(Conditions, IfRangeNeedsTheSameStrongTag) {
    const auto applies = [](const char* value, const char* etag) {
        Headers headers;
        headers.add("If-Range", value);
        return range_applies(headers, etag);
    };
    EXPECT_TRUE(range_applies(Headers{}, "\"a\""));
    EXPECT_TRUE(applies("\"a\"", "\"a\""));
    EXPECT_FALSE(applies("\"b\"", "\"a\""));
    EXPECT_FALSE(applies("W/\"a\"", "W/\"a\""));
    EXPECT_FALSE(applies("Sun, 09 Mar 2025 08:15:27 GMT", "\"a\""));
}

}  // namespace
}  // namespace mirfa::http

namespace mirfa::http::detail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// ---- proxies and ids

Request described(const std::vector<std::string>& trusted, const char* peer, std::initializer_list<const char*> forwarded,
                  const char* scheme = nullptr) {
    Request request;
    for (const char* value : forwarded) request.headers.add("X-Forwarded-For", value);
    if (scheme != nullptr) request.headers.add("X-Forwarded-Proto", scheme);
    TrustedProxies::parse(trusted).value().describe_client(*parse_address(peer), false, request);
    return request;
}

TEST(Proxies, NetworksOfBothFamiliesAreReadAndMatched) {
    const auto proxies = TrustedProxies::parse({"10.1.0.0/16", "192.168.7.9", "fd00::/9", "::1"}).value();
    for (const char* inside : {"10.1.255.1", "192.168.7.9", "fd7f::1", "::1", "::ffff:10.1.0.3"})
        EXPECT_TRUE(proxies.contains(*parse_address(inside))) << inside;
    for (const char* outside : {"10.2.0.1", "192.168.7.8", "fd80::1", "::2", "127.0.0.1"})
        EXPECT_FALSE(proxies.contains(*parse_address(outside))) << outside;
    EXPECT_TRUE(TrustedProxies::parse({"0.0.0.0/0"}).value().contains(*parse_address("8.8.8.8")));
    for (const char* bad : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "fd00::/129", "proxy.test", "10.0.0/8"})
        EXPECT_EQ(TrustedProxies::parse({bad}).error().code, Code::kInvalidArgument) << bad;
}

TEST(Proxies, TheClientIsTheNearestAddressThatIsNoTrustedProxy) {
    EXPECT_EQ(described({"127.0.0.1"}, "127.0.0.1", {"6.6.6.6, 1.2.3.4"}).remote_address, "1.2.3.4");
    EXPECT_EQ(described({"127.0.0.1", "10.0.0.0/8"}, "127.0.0.1", {"6.6.6.6", "1.2.3.4, 10.0.0.2"}).remote_address, "1.2.3.4");
    EXPECT_EQ(described({"10.0.0.0/8"}, "10.0.0.1", {"10.0.0.3"}).remote_address, "10.0.0.3");
    EXPECT_EQ(described({"127.0.0.1"}, "127.0.0.1", {"1.2.3.4, nonsense"}).remote_address, "127.0.0.1");
    EXPECT_EQ(described({"127.0.0.1"}, "127.0.0.1", {"[2001:db8::5]:443"}).remote_address, "2001:db8::5");
    EXPECT_EQ(described({"127.0.0.1"}, "127.0.0.1", {}).remote_address, "127.0.0.1");
}

TEST(Proxies, StrangersAreNotBelieved) {
    const auto request = described({"10.0.0.0/8"}, "9.9.9.9", {"1.2.3.4"}, "https");
    EXPECT_EQ(request.remote_address, "9.9.9.9");
    EXPECT_FALSE(request.over_tls);
    EXPECT_EQ(described({}, "127.0.0.1", {"1.2.3.4"}).remote_address, "127.0.0.1");
    EXPECT_TRUE(described({"127.0.0.1"}, "127.0.0.1", {}, "https").over_tls);
    EXPECT_FALSE(described({"127.0.0.1"}, "127.0.0.1", {}, "https, http").over_tls);
}

std::string id_for(std::initializer_list<std::pair<const char*, std::string>> fields) {
    Headers headers;
    for (const auto& [name, value] : fields) headers.add(name, value);
    return choose_request_id(headers);
}

TEST(RequestId, IsTheClientsOwnWhenSaneElseOneThatHoldsItsTraceElseFresh) {
    EXPECT_EQ(id_for({{"X-Request-Id", "mine"}, {"X-Amzn-Trace-Id", "trace"}}), "mine");
    EXPECT_THAT(id_for({{"X-Amzn-Trace-Id", "trace-7"}}), HasSubstr("trace-7"));
    EXPECT_THAT(id_for({{"X-Request-Id", "two words"}, {"X-Amzn-Trace-Id", "trace"}}), HasSubstr("trace"));
    EXPECT_EQ(id_for({{"X-Request-Id", std::string(128, 'a')}}), std::string(128, 'a'));
    EXPECT_THAT(id_for({{"X-Request-Id", std::string(129, 'a')}}), Not(HasSubstr("aaaaa")));
    EXPECT_NE(id_for({}), id_for({}));
}

// ---- heads

using State = HeadScanner::State;

TEST(HeadScanner, FindsTheEndHoweverTheOctetsArrive) {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
    HeadScanner scanner;
    for (std::size_t size = 1; size < text.size() - 4; ++size)
        ASSERT_EQ(scanner.feed(std::string_view(text).substr(0, size)), State::kMore) << size;
    EXPECT_EQ(scanner.feed(text), State::kComplete);
    EXPECT_EQ(text.substr(scanner.end()), "rest");
}

TEST(HeadScanner, StepsOverOneEmptyLine) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.feed("\r\nGET / HTTP/1.1\r\n\r\n"), State::kComplete);
    EXPECT_EQ(scanner.begin(), 2U);
    EXPECT_EQ(HeadScanner().feed("\r\n\r\nGET"), State::kBad);
}

TEST(HeadScanner, StopsAtTheFirstOctetThatNoHeadHolds) {
    using namespace std::string_view_literals;
    for (const auto bad : {"GET / HTTP/1.1\n"sv, "GET / HTTP/1.1\r\nA: b\n"sv, "GET / HTTP/1.1\r\rX"sv, "G\0"sv, "GET /\x7f"sv,
                           "GET / HTTP/1.1\r\n folded"sv, "GET / HTTP/1.1\r\nA: b\r\n\tc"sv, "\x16\x03\x01\x02\x00"sv,
                           "GET / HTTP/1.1\r\nA: b\r\r\n"sv, " GET"sv, "\nGET"sv, "GET / HTTP/1.1\rHost"sv, "GET \x01"sv})
        EXPECT_EQ(HeadScanner().feed(bad), State::kBad) << bad;
}

int refusal_of(std::string_view octets) {
    Head head;
    const auto refusal = read_head(octets, head);
    return refusal ? refusal->status : 0;
}

TEST(Head, GivesWhatARequestIs) {
    Head head;
    ASSERT_FALSE(
        read_head("PUT /a%2Fb?x=1&y HTTP/1.1\r\nHost: h:80\r\nContent-Length: 12\r\nX-Thing:  v w \t\r\n"
                  "Expect: 100-Continue\r\n\r\n",
                  head));
    EXPECT_EQ(head.request.verb, Verb::kPut);
    EXPECT_EQ(head.request.target, "/a%2Fb?x=1&y");
    EXPECT_EQ(head.request.path, "/a%2Fb");
    EXPECT_EQ(head.request.query, "x=1&y");
    EXPECT_EQ(head.request.headers.get("x-thing"), "v w");
    EXPECT_EQ(head.request.content_length, 12U);
    EXPECT_EQ(head.framing.length, 12U);
    EXPECT_TRUE(head.keep_alive);
    EXPECT_TRUE(head.expects_continue);
}

TEST(Head, TheAuthorityOfAnAbsoluteTargetIsDropped) {
    const std::pair<const char*, const char*> cases[] = {
        {"http://evil.test/a?b", "/a?b"}, {"HTTPS://x", "/"}, {"http://x?q", "/?q"}, {"/http://x", "/http://x"}};
    for (const auto& [target, expected] : cases) {
        Head head;
        ASSERT_FALSE(read_head(std::string("GET ") + target + " HTTP/1.1\r\nHost: h\r\n\r\n", head)) << target;
        EXPECT_EQ(head.request.target, expected);
    }
}

TEST(Head, ConnectionsPersistByVersionAndWish) {
    const auto keeps = [](const char* version, const char* field) {
        Head head;
        EXPECT_FALSE(read_head(std::string("GET / HTTP/") + version + "\r\nHost: h\r\n" + field + "\r\n", head));
        return head.keep_alive;
    };
    EXPECT_TRUE(keeps("1.1", ""));
    EXPECT_FALSE(keeps("1.1", "Connection: Close\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: x, close\r\n"));
    EXPECT_FALSE(keeps("1.0", ""));
    EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
    EXPECT_FALSE(keeps("1.0", "Connection: keep-alive\r\nConnection: close\r\n"));
}

TEST(Head, APathOf4096EncodedOctetsFits) {
    std::string path = "/";
    for (int i = 0; i < 4096; ++i) path += "%D8";
    EXPECT_EQ(refusal_of("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"), 0);
    EXPECT_EQ(refusal_of("GET /" + std::string(kMaxTarget, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
}

TEST(Head, AHundredFieldsFitAndOneMoreDoesNot) {
    std::string fields = "Host: h\r\n";
    for (int i = 0; i < 99; ++i) fields += "A: b\r\n";
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n" + fields + "\r\n"), 0);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n" + fields + "A: b\r\n\r\n"), 431);
}

TEST(Head, NonAsciiMayStandInValuesButNotInTargets) {
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: h\r\nX-A: \xd9\x85\r\n\r\n"), 0);
    EXPECT_EQ(refusal_of("GET /\xd9\x85 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

// ---- chunks

std::string decoded(std::string_view text, std::size_t step, std::string* behind = nullptr) {
    ChunkDecoder decoder;
    std::string body;
    for (std::size_t at = 0; at < text.size() && !decoder.done();) {
        Bytes piece(text.begin() + at, text.begin() + std::min(text.size(), at + step));
        const auto got = decoder.decode(piece);
        if (!got.has_value()) return "<refused>";
        body.append(piece.begin(), piece.begin() + got.value().produced);
        at += got.value().consumed;
        if (behind != nullptr) *behind = text.substr(at);
    }
    return decoder.done() ? body : body + "<more>";
}

TEST(Chunks, AreTakenApartWhateverThePieces) {
    const std::string text = "5\r\nhello\r\n00A;name=\"v\"\r\n, chunked \r\n5\r\nworld\r\n0\r\nTrailer: t\r\n\r\nNEXT";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        std::string behind;
        ASSERT_EQ(decoded(text, step, &behind), "hello, chunked world") << step;
        ASSERT_TRUE(step < text.size() || behind == "NEXT") << behind;
    }
    EXPECT_EQ(decoded("0\r\n\r\n", 99), "");
    EXPECT_EQ(decoded("3\r\nabc\r\n", 99), "abc<more>");
}

TEST(Chunks, MalformedOnesAreRefused) {
    for (const std::string bad : {"\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\na\r\n", " 1\r\na", "1 \r\na", "1\na",
                                  "1\r\nab\r\n", "1\r\na\n", "1\r\na\rX", ";\r\n", "1;a\nb\r\n", "1;a\rb\r\n",
                                  "10000000000000000\r\n", "0\r\n\n", "0\r\nA: b\n", "0\r\n x: y\r\n\r\n", "1\r\r\na"})
        EXPECT_EQ(decoded(bad, 1), "<refused>") << bad;
    EXPECT_EQ(decoded("1;" + std::string(20 << 10, 'x') + "\r\na\r\n0\r\n\r\n", 4096), "<refused>");
    EXPECT_EQ(decoded("0\r\nT: " + std::string(20 << 10, 'x') + "\r\n\r\n", 4096), "<refused>");
}

// ---- answers

TEST(HeadWriter, MakesValuesSingleLineLatinText) {
    EXPECT_EQ(clean_value("plain"), "plain");
    EXPECT_EQ(clean_value("a\r\nSet-Cookie: x\t\x7f!"), "a  Set-Cookie: x  !");
    EXPECT_EQ(clean_value("caf\xc3\xa9"), "caf\xe9");
    EXPECT_EQ(clean_value("\xd9\x85\xd8\xb1\xd9\x81\xd8\xa3 \xe2\x82\xac \xf0\x9f\x98\x80"), "???? ? ?");
    EXPECT_EQ(clean_value("\xc2\x85 x\xff"), "x?");
}

TEST(HeadWriter, DropsFieldsThatAreItsOwnOrNoFields) {
    Response response;
    response.headers.add("Content-Length", "9999");
    response.headers.add("transfer-encoding", "chunked");
    response.headers.add("Bad Name", "x");
    response.headers.add("Bad\r\nName", "x");
    response.headers.add("", "x");
    response.headers.add("X-Good", "y\r\nX-Evil: z");
    response.text = "four";
    const auto head = write_head(response, shape_of(response, false, 1), {"id-1", true, 1});
    EXPECT_THAT(head, HasSubstr("HTTP/1.1 200 OK\r\nX-Good: y  X-Evil: z\r\nDate: "));
    EXPECT_THAT(head, HasSubstr("X-Request-Id: id-1\r\nContent-Length: 4\r\n\r\n"));
    EXPECT_THAT(head, Not(HasSubstr("9999")));
    EXPECT_THAT(head, Not(HasSubstr("Bad")));
    EXPECT_THAT(head, Not(HasSubstr("chunked")));
}

}  // namespace
}  // namespace mirfa::http::detail
