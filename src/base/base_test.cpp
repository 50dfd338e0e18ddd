// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/network.h"
#include "base/percent.h"
#include "base/random.h"

namespace mirfa {
namespace {

Result<int> half(int x) {
    if (x % 2 != 0) return Error{Code::kInvalidArgument, "odd"};
    return x / 2;
}
Result<int> quarter(int x) {
    TRY(const int once, half(x));
    TRY(half(once));
    return half(once);
}

TEST(Try, HandsTheErrorOfAnInnerCallToTheCaller) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().code, Code::kInvalidArgument);
}

TEST(Errors, AreAboutTheInnermostFieldThatWasNamed) {
    EXPECT_EQ(in_field("n", half(4)).value(), 2);
    EXPECT_EQ(in_field("n", half(3)).error().field, "n");
    EXPECT_EQ(in_field("outer", in_field("inner", half(3))).error().field, "inner");
}

TEST(Networks, AnAddressOfVersionSixStandsForItsSixtyFour) {
    EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::9"));
    EXPECT_NE(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
    EXPECT_EQ(network_of("2001:db8::5:1"), network_of("2001:db8::6:1")) << "groups of zeros may be left out anywhere";
    EXPECT_EQ(network_of("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(network_of("local"), "local");
    EXPECT_EQ(network_of(std::string(1000, ':')).size(), 64u);
}

TEST(Hex, ReadsWhatItWritesAndRefusesTheRest) {
    EXPECT_EQ(to_hex(from_hex("00ffA5").value()), "00ffa5");
    EXPECT_FALSE(from_hex("abc").has_value());
    EXPECT_FALSE(from_hex("zz").has_value());
}

TEST(Base64, FollowsRfc4648) {
    const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : cases) {
        EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
        EXPECT_EQ(as_text(from_base64(encoded).value()), plain);
    }
    EXPECT_FALSE(from_base64("a").has_value());
    EXPECT_FALSE(from_base64("Zm9*").has_value());
}

TEST(Digests, AgreeWithPublishedValues) {
    EXPECT_EQ(sha256_of("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hmac_sha256(as_bytes("key"), as_bytes("The quick brown fox jumps over the lazy dog")).hex(),
              "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
}

TEST(Percent, DecodesOnceAndKeepsPlus) {
    EXPECT_EQ(percent_encode("a b/ü", "/"), "a%20b/%C3%BC");
    EXPECT_EQ(percent_decode("refs%2Fpr%2F3+x").value(), "refs/pr/3+x");
    EXPECT_FALSE(percent_decode("%").has_value());
    EXPECT_FALSE(percent_decode("%4").has_value());
    EXPECT_FALSE(percent_decode("%zz").has_value());
}

TEST(Query, KeepsOrderAndRepeats) {
    const auto pairs = parse_query("expand=a&expand=b+c&x").value();
    ASSERT_EQ(pairs.size(), 3u);
    EXPECT_EQ(pairs[1].second, "b c");
    EXPECT_EQ(pairs[2].first, "x");
}

TEST(Utf8, RefusesOverlongSurrogateAndCutForms) {
    for (const char* good : {"", "abc", "مرفأ", "\xF4\x8F\xBF\xBF"}) EXPECT_TRUE(is_utf8(good));
    for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "\x80"}) EXPECT_FALSE(is_utf8(bad));
}

TEST(Times, GoThereAndBack) {
    EXPECT_EQ(to_iso8601(1741508127000), "2025-03-09T08:15:27.000Z");
    EXPECT_EQ(parse_iso8601("2025-03-09T08:15:27.000Z").value(), 1741508127000);
    EXPECT_EQ(to_http_date(1741508127000), "Sun, 09 Mar 2025 08:15:27 GMT");
}

TEST(RowIds, SortByTimeAndShowTwentyFourDigits) {
    const auto first = new_row_id();
    EXPECT_GT(first, 0);
    EXPECT_EQ(public_id(first).size(), 24u);
    EXPECT_EQ(row_id_of(public_id(first)), first);
    for (const auto& text : {std::string(), std::string(24, 'g'), std::string(24, '1'), public_id(first) + "0"})
        EXPECT_FALSE(row_id_of(text).has_value()) << text;
}

// Audit lines of one millisecond came back in another order than they were written.
TEST(RowIds, OfOneMillisecondKeepTheirOrder) {
    auto before = new_row_id();
    for (int i = 0; i < 10'000; ++i) {
        const auto next = new_row_id();
        ASSERT_GT(next, before);
        before = next;
    }
}

}  // namespace
}  // namespace mirfa
