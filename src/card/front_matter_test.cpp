// SPDX-License-Identifier: Apache-2.0
#include "card/front_matter.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace mirfa::card {
namespace {

struct SplitCase {
    std::string readme;
    bool has;
    std::string yaml;
    std::string body;
    int line = 2;
};

TEST(SplitCard, FindsTheBlockBetweenTheFences) {
    const SplitCase cases[] = {
        {"---\na: 1\n---\nText\n", true, "a: 1", "Text\n"},
        {"---\r\na: 1\r\nb: 2\r\n---\r\nText", true, "a: 1\r\nb: 2", "Text"},
        {"---\ra: 1\r---\nText", true, "a: 1", "Text"},
        {"\xEF\xBB\xBF---\na: 1\n---\nText", true, "a: 1", "Text"},
        {"\n  \n---\na: 1\n---\nText", true, "a: 1", "Text", 4},
        {"\r\n\r\n---\r\na: 1\r\n---\r\n", true, "a: 1", "", 4},
        {"---\na: 1\n--- \t\nText", true, "a: 1", "Text"},
        {"---\na: 1\n---", true, "a: 1", ""},
        {"---\n\n---\nText", true, "", "Text"},
        {"---\na: 1\n---\nb: 2\n---\n", true, "a: 1", "b: 2\n---\n"},
        {"---\na: |\n ---\n x\n---\n", true, "a: |\n ---\n x", ""},
        {"---\na: 1\n---x\n---\n", true, "a: 1\n---x", ""},
    };
    for (const auto& one : cases) {
        const auto split = split_card(one.readme);
        EXPECT_EQ(split.has_front_matter, one.has) << one.readme;
        EXPECT_EQ(split.yaml, one.yaml) << one.readme;
        EXPECT_EQ(split.body, one.body) << one.readme;
        EXPECT_EQ(split.yaml_line, one.line) << one.readme;
    }
}

TEST(SplitCard, TakesOtherTextAsBody) {
    for (const std::string readme : {"", "Text", "---", "---\n", "---\n---\n", "---\na: 1\n", "--- \na: 1\n---\n",
                                     "----\na: 1\n---\n", "Text\n---\na: 1\n---\n", "# A\n---\nb\n---\n", "---\na: 1\n---x"}) {
        const auto split = split_card(readme);
        EXPECT_FALSE(split.has_front_matter) << readme;
        EXPECT_EQ(split.body, readme);
    }
}

std::string json_of(std::string_view yaml) {
    const auto parsed = parse_yaml(yaml);
    return parsed.has_value() ? boost::json::serialize(parsed.value().value) : "error: " + parsed.error().message;
}

/// The expected text is JSON in any spelling.
void expect_json(std::string_view yaml, std::string_view expected) {
    EXPECT_EQ(json_of(yaml), boost::json::serialize(boost::json::parse(expected))) << yaml;
}

TEST(ParseYaml, GivesScalarsTheTypesOfYaml12) {
    const std::pair<const char*, const char*> cases[] = {
        {"no", R"("no")"},
        {"yes", R"("yes")"},
        {"on", R"("on")"},
        {"true", "true"},
        {"False", "false"},
        {"TRUE", "true"},
        {"tRue", R"("tRue")"},
        {"~", "null"},
        {"Null", "null"},
        {"null", "null"},
        {"12", "12"},
        {"-12", "-12"},
        {"+12", "12"},
        {"012", "12"},
        {"0x1F", "31"},
        {"0o17", "15"},
        {"0b101", "5"},
        {"1_000", "1000"},
        {"1_", R"("1_")"},
        {"_1", R"("_1")"},
        {"0x", R"("0x")"},
        {"9223372036854775807", "9223372036854775807"},
        {"18446744073709551615", "18446744073709551615"},
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"1.", "1.0"},
        {"1e3", "1000.0"},
        {"-1.5E-3", "-0.0015"},
        {"1e", R"("1e")"},
        {".", R"(".")"},
        {"-", R"(error)"},
        {".inf", "null"},
        {"-.Inf", "null"},
        {".nan", "null"},
        {"1e999", "null"},
        {"1.2.3", R"("1.2.3")"},
        {"2024-01-31", R"("2024-01-31")"},
        {"12:30:45", R"("12:30:45")"},
        {"2024-01-31T10:00:00Z", R"("2024-01-31T10:00:00Z")"},
        {"a b", R"("a b")"},
        {"'12'", R"("12")"},
        {"\"true\"", R"("true")"},
        {"''", R"("")"},
        {"!!str 12", R"("12")"},
        {"!!float '3'", "3"},
        {"!mine x", R"("x")"},
        {"infinity", R"("infinity")"},
        {"nan", R"("nan")"},
    };
    for (const auto& [yaml, expected] : cases) {
        if (std::string_view(expected) == "error") continue;
        expect_json(std::string("a: ") + yaml, std::string("{\"a\": ") + expected + "}");
    }
}

TEST(ParseYaml, ReadsTheShapesThatCardsUse) {
    expect_json("language: no\ntags:\n- a\n- b\nwidget:\n- text: Hi\n  n: 1\n",
                R"({"language": "no", "tags": ["a", "b"], "widget": [{"text": "Hi", "n": 1}]})");
    expect_json("a: [x, 'y', 3]\nb: {c: d, e: }\n", R"({"a": ["x", "y", 3], "b": {"c": "d", "e": null}})");
    expect_json("a: >\n  one\n  two\nb: |\n  one\n  two\n", R"({"a": "one two\n", "b": "one\ntwo\n"})");
    expect_json("a: |\n  x", R"({"a": "x\n"})");
    expect_json("a: |+\n  x\n\n", R"({"a": "x\n\n"})");
    expect_json("a:\n", R"({"a": null})");
    expect_json("- 1\n- [2]\n", "[1, [2]]");
    expect_json("[a, b]", R"(["a", "b"])");
    expect_json("{\"a\": 1, 'b': [true]}", R"({"a": 1, "b": [true]})");
    expect_json("# only a remark\n", "null");
    expect_json("", "null");
    expect_json("just text", R"("just text")");
    expect_json("title: Füße 👣\n", R"({"title": "Füße 👣"})");
    expect_json("1: a\ntrue: b\nnull: c\n'x y': d\n", R"({"1": "a", "true": "b", "null": "c", "x y": "d"})");
}

TEST(ParseYaml, ExpandsAliasesAndMerges) {
    expect_json("a: &x [1, 2]\nb: *x\n", R"({"a": [1, 2], "b": [1, 2]})");
    expect_json("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n", R"({"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}})");
    expect_json("a: &x {k: 1}\nc: &y {k: 2, m: 5}\nb:\n  <<: [*x, *y]\n",
                R"({"a": {"k": 1}, "c": {"k": 2, "m": 5}, "b": {"k": 1, "m": 5}})");
    expect_json("'<<': x\n", R"({"<<": "x"})");
    expect_json("&k key: v\nother: *k\n", R"({"key": "v", "other": "key"})");
}

TEST(ParseYaml, TakesTheLaterOfTwoEqualKeysAndSaysSo) {
    const auto yaml = parse_yaml("a: 1\nb: 2\na: 3\n").value();
    EXPECT_EQ(yaml.value.at("a").as_int64(), 3);
    EXPECT_EQ(yaml.repeated_keys, std::vector<std::string>{"a"});
}

TEST(ParseYaml, KnowsTheLinesOfTheOutermostKeys) {
    const auto yaml = parse_yaml("a: 1\nb:\n  c: 2\n\nd: 3\n", 10).value();
    EXPECT_EQ(yaml.lines, (std::map<std::string, int, std::less<>>{{"a", 10}, {"b", 11}, {"d", 14}}));
}

TEST(ParseYaml, SaysWhereTheTextIsWrong) {
    const std::pair<const char*, const char*> cases[] = {
        {"a: b: c\n", "(5:"}, {"a: 1\n b: 2\n", "(6:"},          {"a: [1\n", "("},           {"a: 1\nb: 'x\nc: y\n", "EOF"},
        {"a: \"x", "EOF"},    {"a: 'x\n# end", "EOF"},           {"a: 1\nb: @x\n", "(6:4)"}, {"a: *nobody\n", "(5:4)"},
        {"a: \x01\n", "(5:"}, {"a:\n  ? [x]\n  : y\n", "(6:5)"}, {"a: 1\n<<: 3\n", "(6:5)"},
    };
    for (const auto& [yaml, place] : cases) {
        const auto parsed = parse_yaml(yaml, 5);
        ASSERT_FALSE(parsed.has_value()) << yaml;
        EXPECT_EQ(parsed.error().code, Code::kInvalidArgument) << yaml;
        EXPECT_NE(parsed.error().message.find(place), std::string::npos) << yaml << ": " << parsed.error().message;
    }
}

TEST(ParseYaml, RefusesTextThatIsNotUtf8AndASecondDocument) {
    EXPECT_EQ(parse_yaml("a: \xFF\n").error().code, Code::kInvalidArgument);
    EXPECT_EQ(parse_yaml("a: 1\n...\n---\nb: 2\n").error().code, Code::kInvalidArgument);
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST(ParseYaml, NestsToItsLimitAndNoFurther) {
    const auto nested = [](int depth) { return "a: " + repeated("[", depth - 1) + repeated("]", depth - 1); };
    EXPECT_TRUE(parse_yaml(nested(kMaxYamlDepth)).has_value());
    EXPECT_EQ(parse_yaml(nested(kMaxYamlDepth + 1)).error().code, Code::kInvalidArgument);
    std::string chain = "k0: &k0 [x]\n";  // each alias one deeper than the last
    for (int i = 1; i < 100; ++i)
        chain += "k" + std::to_string(i) + ": &k" + std::to_string(i) + " [*k" + std::to_string(i - 1) + "]\n";
    EXPECT_EQ(parse_yaml(chain).error().code, Code::kInvalidArgument);
}

TEST(ParseYaml, RefusesAliasesThatGrowBeyondMeasure) {
    std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char name = 'b'; name < 'p'; ++name) {
        const std::string last(1, static_cast<char>(name - 1));
        laughs += std::string(1, name) + ": &" + name + " [*" + last + repeated(", *" + last, 8) + "]\n";
    }
    EXPECT_EQ(parse_yaml(laughs).error().code, Code::kTooLarge);
    EXPECT_EQ(parse_yaml("a: &a [*a]\n").error().code, Code::kInvalidArgument);
    const std::string long_text = "a: &a '" + std::string(500'000, 'x') + "'\nb: [*a" + repeated(", *a", 100) + "]\n";
    EXPECT_EQ(parse_yaml(long_text).error().code, Code::kTooLarge);
}

TEST(ParseYaml, RefusesMoreThanAMebibyte) {
    EXPECT_TRUE(parse_yaml("a: '" + std::string(kMaxYamlBytes - 6, 'x') + "'\n").has_value());
    EXPECT_EQ(parse_yaml(std::string(kMaxYamlBytes + 1, 'x')).error().code, Code::kTooLarge);
}

TEST(ReadCardData, IsEmptyForWhatCannotBeRead) {
    for (const char* readme : {"", "Text", "---\n\n---\n", "---\n- a\n---\n", "---\na: [\n---\n", "---\ntext\n---\n"})
        EXPECT_TRUE(read_card_data(readme).empty()) << readme;
    EXPECT_EQ(read_card_data("---\na: 1\n---\n").at("a").as_int64(), 1);
}

TEST(ParseYaml, EscapesOfOneOctetAreText) {
    const auto yaml = parse_yaml("a: \"\\N \\_ \\L \\u0085 é\"\n");
    ASSERT_TRUE(yaml.has_value());
    EXPECT_EQ(yaml.value().value.at("a"), boost::json::value("\xC2\x85 \xC2\xA0 \xE2\x80\xA8 \xC2\x85 \xC3\xA9"));
}

}  // namespace
}  // namespace mirfa::card
