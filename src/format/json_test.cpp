// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/ascii.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::format {
namespace {

TEST(JsonWriter, NestsWithTheRightCommas) {
    JsonWriter json;
    json.object().field("id", "acme/m").field("private", true).field("likes", 3u).field("score", 0.5);
    json.array("tags").value("a").value(std::string("b")).object().end().array().end().end();
    json.object("empty").end();
    json.field("sha", std::optional<std::string>()).field("size", std::optional<int>(-7)).null("gated").raw("card", "{\"x\":1}");
    EXPECT_EQ(std::move(json).take(), R"({"id":"acme/m","private":true,"likes":3,"score":0.5,"tags":["a","b",{},[]],"empty":{},)"
                                      R"("size":-7,"gated":null,"card":{"x":1}})");
}

TEST(JsonWriter, WritesAnyValueAtTheTop) {
    EXPECT_EQ(JsonWriter().value("x").text(), "\"x\"");
    EXPECT_EQ(JsonWriter().value(std::nan("")).text(), "null");
    EXPECT_EQ(JsonWriter().value(std::numeric_limits<std::uint64_t>::max()).text(), "18446744073709551615");
    EXPECT_EQ(JsonWriter().value(std::numeric_limits<std::int64_t>::min()).text(), "-9223372036854775808");
    EXPECT_EQ(JsonWriter().array().value(1).value(2).end().text(), "[1,2]");
}

TEST(JsonWriter, EscapesWhatMustBeAndNothingElse) {
    EXPECT_EQ(json_quoted(std::string_view("a\"b\\c\n\t\r\b\f\x01\x1f\0/é漢😀", 23)),
              "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f\\u0000/é漢😀\"");
    EXPECT_EQ(json_quoted(""), "\"\"");
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(json_quoted("a\xff"
                          "b\xc3"),
              "\"a\xEF\xBF\xBD"
              "b\xEF\xBF\xBD\"");
    EXPECT_EQ(json_quoted("\xed\xa0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b), 'x'};
            EXPECT_TRUE(is_utf8(json_quoted(text)));
            EXPECT_TRUE(parse_json(json_quoted(text)).has_value());
        }
}

TEST(JsonReader, FindsMembersOfTheRightType) {
    const auto value = parse_json(R"({"s":"x","n":5,"b":true,"a":[1],"o":{"k":null},"d":1.5,"n":7})").value();
    EXPECT_EQ(find_string(value, "s"), "x");
    EXPECT_EQ(find_int(value, "n"), 7);  // the last of two
    EXPECT_EQ(find_bool(value, "b"), true);
    EXPECT_EQ(find_array(value, "a")->size(), 1u);
    EXPECT_TRUE(find_object(value, "o")->contains("k"));
    EXPECT_FALSE(find_string(value, "n").has_value());
    EXPECT_FALSE(find_int(value, "d").has_value());
    EXPECT_FALSE(find_bool(value, "none").has_value());
    EXPECT_EQ(find_array(value, "o"), nullptr);
    EXPECT_EQ(find_member(boost::json::value("text"), "k"), nullptr);
}

TEST(JsonReader, NamesTheFieldThatIsMissing) {
    const auto value = parse_json(R"({"n":"5"})").value();
    EXPECT_EQ(need_int(value, "n").error().message, "The field \"n\" is missing or is not a whole number.");
    EXPECT_EQ(need_string(value, "n").value(), "5");
    EXPECT_FALSE(need_array(value, "n").has_value());
}

TEST(JsonReader, RefusesWhatIsNotOneStrictValue) {
    for (const std::string text : {"", "{", "[1,]", "{'a':1}", "01", "1 2", "\"\xff\"", "nul", "\"\x01\"", "{} x", "//c\n1"})
        EXPECT_EQ(parse_json(text).error().code, Code::kInvalidArgument) << text;
    EXPECT_EQ(parse_json("[1, x]").error().message, "The JSON text is not valid at octet 4: syntax error.");
    EXPECT_EQ(parse_json("[1,2]", 4).error().code, Code::kTooLarge);
}

TEST(JsonReader, RefusesWhatIsNestedTooDeep) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_json(nested(32)).has_value());
    EXPECT_FALSE(parse_json(nested(33)).has_value());
    EXPECT_FALSE(parse_json(nested(100'000)).has_value());
}

}  // namespace
}  // namespace mirfa::format
