// SPDX-License-Identifier: Apache-2.0
#include "card/edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <random>

#include "card/front_matter.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr std::string_view kCard = R"(---
# who made this
license:   mit   # asked the lawyers
language:
- en
-   "ar"      # and Arabic

odd_key: { b: 1,   a: [ 2,3 ] }
tags:
  - one
  # about two
  - two
version: 1.10
# the end is near

'quoted key': 'it''s'   
co2_eq_emissions:
  emissions: 12.5   # grams
  # where
  source: "by hand"
model-index:
- name: Tiny   # the name
  results:
  - task: {type: text-generation}
    dataset:
      name: D
      type: d
    metrics:
    - type: accuracy
      value: 0.90
# last words
---
# Tiny

---
text   
)";

Edit edit(Edit::Kind kind, std::string_view path, json::value value) {
    return {kind, parse_card_path(path).value(), std::move(value)};
}
Edit set(std::string_view path, json::value value) { return edit(Edit::Kind::kSet, path, std::move(value)); }
Edit add(std::string_view path, json::value value) { return edit(Edit::Kind::kAdd, path, std::move(value)); }
Edit remove(std::string_view path, json::value value = nullptr) { return edit(Edit::Kind::kRemove, path, std::move(value)); }

std::string edited(std::string_view card, std::vector<Edit> edits) {
    const auto result = edit_card(card, edits);
    return result.has_value() ? result.value() : "FAILED: " + result.error().message;
}

/// The card with one stretch of text replaced: everything else must have kept its octets.
std::string swapped(std::string_view old, std::string_view made, std::string_view card = kCard) {
    std::string text(card);
    const auto at = text.find(old);
    EXPECT_NE(at, text.npos) << old;
    EXPECT_EQ(text.find(old, at + 1), text.npos) << old;
    return text.replace(at, old.size(), made);
}

std::string with_ends(std::string_view text, std::string_view line_end) {
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string(line_end) : std::string(1, c);
    return out;
}

struct Change {
    Edit edit;
    std::string_view old;
    std::string_view made;
};

std::vector<Change> changes() {
    return {
        {set("license", "apache-2.0"), "license:   mit   #", "license:   apache-2.0   #"},
        {set("license", {"mit", "isc"}), "license:   mit   # asked the lawyers\n",
         "license:      # asked the lawyers\n- mit\n- isc\n"},
        {set("language", "no"), "language:\n- en\n-   \"ar\"      # and Arabic\n", "language: 'no'\n"},
        {set("language[1]", "fa"), "\"ar\"      #", "\"fa\"      #"},
        {set("language[2]", "fa"), "# and Arabic\n", "# and Arabic\n- fa\n"},
        {add("tags", "three"), "  - two\n", "  - two\n  - three\n"},
        {remove("tags", "one"), "  - one\n", ""},
        {set("tags", {"zero", "one", "two"}), "  - one\n", "  - zero\n  - one\n"},
        {set("tags", {"one", "second"}), "  - two\n", "  - second\n"},
        {remove("tags"), "tags:\n  - one\n  # about two\n  - two\n", ""},
        {set("license", ""), "license:   mit   # asked the lawyers\n", ""},
        {set("quoted key", "that's"), "'it''s'", "'that''s'"},
        {set("version", "1.10"), "version: 1.10", "version: '1.10'"},
        {set("version", json::object{{"a", 1}}), "version: 1.10\n", "version: \n  a: 1\n"},
        {add("odd_key.a", 4), "[ 2,3 ]", "[ 2,3, 4 ]"},
        {add("odd_key.a", "x, y"), "[ 2,3 ]", "[ 2,3, 'x, y' ]"},
        {set("odd_key.b", 2), "{ b: 1,   a: [ 2,3 ] }", "{b: 2, a: [2, 3]}"},
        {set("library_name", "peft"), "# and Arabic\n", "# and Arabic\nlibrary_name: peft\n"},
        {set("pretty_name", "T"), "license:   mit", "pretty_name: T\nlicense:   mit"},
        {set("zzz", 1), "value: 0.90\n", "value: 0.90\nzzz: 1\n"},
        {set("zzz.deep[0].x", true), "value: 0.90\n", "value: 0.90\nzzz:\n  deep:\n  - x: true\n"},
        {set("co2_eq_emissions.emissions", 13), "emissions: 12.5   # grams", "emissions: 13   # grams"},
        {set("co2_eq_emissions.training_type", "fine-tuning"), "source: \"by hand\"\n",
         "source: \"by hand\"\n  training_type: fine-tuning\n"},
        {remove("co2_eq_emissions.source"), "  source: \"by hand\"\n", ""},
        {set("co2_eq_emissions", 0.5), "\n  emissions: 12.5   # grams\n  # where\n  source: \"by hand\"\n", " 0.5\n"},
        {set("model-index[0].name", "Other"), "name: Tiny   #", "name: Other   #"},
        {set("model-index[0].results[0].metrics[0].value", 0.95), "0.90", "0.95"},
        {set("model-index[0].results[0].task.name", "T"), "{type: text-generation}", "{type: text-generation, name: T}"},
        {add("model-index[0].results[0].metrics", json::object{{"type", "f1"}, {"value", 1}}), "value: 0.90\n",
         "value: 0.90\n    - type: f1\n      value: 1\n"},
    };
}

TEST(EditCard, AChangeLeavesEveryOtherOctetAsItWas) {
    for (const auto& [edit, old, made] : changes()) EXPECT_EQ(edited(kCard, {edit}), swapped(old, made)) << path_text(edit.path);
}

TEST(EditCard, LinesKeepTheirEnds) {
    const auto windows = with_ends(kCard, "\r\n");
    for (const auto& [edit, old, made] : changes())
        EXPECT_EQ(edited(windows, {edit}), with_ends(swapped(old, made), "\r\n")) << path_text(edit.path);
    EXPECT_THAT(edited("---\ra: 1\r---\n", {set("a", 2)}), HasSubstr("carriage return"));
}

TEST(EditCard, SettingWhatIsThereChangesNothing) {
    std::vector<Edit> edits;
    for (const auto& [key, value] : read_card_data(kCard)) edits.push_back({Edit::Kind::kSet, {std::string(key)}, value});
    EXPECT_EQ(edits.size(), 8u);
    EXPECT_EQ(edited(kCard, edits), kCard);
    EXPECT_EQ(edited(kCard, {add("tags", {"two", "one"}), add("license", "mit"), set("never there", nullptr)}), kCard);
    EXPECT_EQ(edited(kCard, {set("library_name", "peft"), remove("library_name")}), kCard);
    EXPECT_EQ(edited(edited(kCard, {set("library_name", "peft")}), {remove("library_name")}), kCard);
}

TEST(EditCard, SeveralChangesAreMadeAtOnce) {
    const auto made = edited(kCard, {set("license", "isc"), add("tags", "three"), remove("version"), set("library_name", "peft"),
                                     set("pipeline_tag", "fill-mask")});
    auto expected = swapped("license:   mit", "license:   isc");
    expected = swapped("  - two\n", "  - two\n  - three\n", expected);
    expected = swapped("version: 1.10\n", "", expected);
    EXPECT_EQ(made, swapped("# and Arabic\n", "# and Arabic\nlibrary_name: peft\npipeline_tag: fill-mask\n", expected));
}

TEST(EditCard, AKeyGoesWhereAnotherIsTakenOut) {
    EXPECT_EQ(edited("---\ntags: [a]\nold: 1\n---\n", {remove("old"), set("metrics", "f1"), set("zzz", 1)}),
              "---\ntags: [a]\nmetrics: f1\nzzz: 1\n---\n");
    EXPECT_EQ(edited("---\nold: 1\n---\n", {remove("old"), set("new", 1)}), "---\nnew: 1\n---\n");
    EXPECT_EQ(edited("---\n{old: 1}\n---\n", {remove("old"), set("new", 1)}), "---\n{new: 1}\n---\n");
}

TEST(EditCard, MakesFrontMatterWhereItBelongs) {
    const std::pair<const char*, const char*> cases[] = {
        {"# Only text\n", "---\nlicense: mit\n---\n# Only text\n"},
        {"", "---\nlicense: mit\n---\n"},
        {"# Text\r\n", "---\r\nlicense: mit\r\n---\r\n# Text\r\n"},
        {"---\n---\ntext", "---\nlicense: mit\n---\ntext"},
        {"---\n\n---\ntext", "---\n\nlicense: mit\n---\ntext"},
        {"---\n{}\n---\ntext", "---\n{license: mit}\n---\ntext"},
        {"---\n# a comment\n---\ntext", "---\n# a comment\nlicense: mit\n---\ntext"},
        {"\xEF\xBB\xBF---\ntags: [a]\n---", "\xEF\xBB\xBF---\nlicense: mit\ntags: [a]\n---"},
        {"\xEF\xBB\xBFtext", "\xEF\xBB\xBF---\nlicense: mit\n---\ntext"},
        {"text\n---\na: 1\n---\n", "---\nlicense: mit\n---\ntext\n---\na: 1\n---\n"},
        {"---\n{tags: [a]}\n---\nx", "---\n{tags: [a], license: mit}\n---\nx"},
        {" \n---\n  tags: a\n  x: 1\n---\nx", " \n---\n  license: mit\n  tags: a\n  x: 1\n---\nx"},
    };
    for (const auto& [before, after] : cases) EXPECT_EQ(edited(before, {set("license", "mit")}), after);
    EXPECT_EQ(edited("---\na: 1\n---\ntext", {remove("a")}), "---\n---\ntext");
}

TEST(EditCard, EveryWayOfWritingAValueCanBeReplaced) {
    const std::pair<const char*, const char*> cases[] = {
        {"a:\nb: 1\n", "a: new\nb: 1\n"},
        {"a: # why\nb: 1\n", "a: new # why\nb: 1\n"},
        {"a: ~\nb: 1\n", "a: new\nb: 1\n"},
        {"a: one\n  more\n\n  lines\n# c\nb: 1\n", "a: new\n# c\nb: 1\n"},
        {"a: |\n  one\n\n  two\n\nb: 1\n", "a: new\n\nb: 1\n"},
        {"a: \"x # y\"  # z\nb: 1\n", "a: \"new\"  # z\nb: 1\n"},
        {"a:\n  - x\n\nb: 1\n", "a: new\n\nb: 1\n"},
        {"a:\n  below\nb: 1\n", "a: new\nb: 1\n"},
        {"a: [x,\n  y]  # z\nb: 1\n", "a: new  # z\nb: 1\n"},
        {"a: {x: ']', y: \"}\"}\nb: 1\n", "a: new\nb: 1\n"},
        {"\"a\"  : x\nb: 1\n", "\"a\"  : new\nb: 1\n"},
    };
    for (const auto& [before, after] : cases)
        EXPECT_EQ(edited("---\n" + std::string(before) + "---\n", {set("a", "new")}), "---\n" + std::string(after) + "---\n");
}

TEST(EditCard, WritesTextsThatReadersOfBothVersionsTakeForTexts) {
    const std::pair<const char*, const char*> cases[] = {
        {"no", "'no'"},
        {"Yes", "'Yes'"},
        {"on", "'on'"},
        {"1.10", "'1.10'"},
        {"12:30", "'12:30'"},
        {"0o17", "'0o17'"},
        {"0777", "'0777'"},
        {"null", "'null'"},
        {"~", "'~'"},
        {"", "''"},
        {"2024-01-31", "'2024-01-31'"},
        {"1_000", "'1_000'"},
        {"a: b", "'a: b'"},
        {"a #b", "'a #b'"},
        {"- x", "'- x'"},
        {"@x", "'@x'"},
        {"it's", "it's"},
        {"a, b [c]", "a, b [c]"},
        {"'q", "'''q'"},
        {"\xC2\x85", "\"\\u0085\""},
        {"{", "'{'"},
        {" x ", "' x '"},
        {"a:", "'a:'"},
        {"tab\tx", "\"tab\\tx\""},
        {"\xE2\x80\xA8", "\"\\L\""},
        {"4.36.0", "4.36.0"},
        {"apache-2.0", "apache-2.0"},
        {"عربي", "عربي"},
        {"a b", "a b"},
        {"owner/name", "owner/name"},
        {"two\nlines", "|-\n  two\n  lines"},
        {"two\nlines\n", "|\n  two\n  lines"},
        {" two\nlines", "\" two\\nlines\""},
        {"---", "'---'"},
        {"=", "'='"},
    };
    for (const auto& [text, written] : cases) {
        const auto made =
            edited("---\na: [x]\n---\n",
                   {set("b", json::array{text, 1}), set("c", json::string(text).empty() ? json::value("x") : json::value(text))});
        EXPECT_THAT(made, HasSubstr("b:\n- " + std::string(written) + "\n"));
        EXPECT_EQ(read_card_data(made).at("b").at(0), json::value(text)) << made;
    }
    EXPECT_EQ(edited("---\n---\n", {set("list", {1e-5, 1.0, 1e300, -3, true})}),
              "---\nlist:\n- 1.0e-05\n- 1.0\n- 1.0e+300\n- -3\n- true\n---\n");
}

TEST(EditCard, RefusesWhatCannotBeDoneSafelyAndSaysWhere) {
    struct Case {
        const char* yaml;
        Edit edit;
        Code code;
        const char* message;
    };
    const Case cases[] = {
        {"license: mit\nx: 1\nlicense: isc\n", set("license", "mpl-2.0"), Code::kUnsupported,
         "Line 4 of the metadata cannot be changed without risk: \"license\" is given twice"},
        {"base: &b [x, y]\ndatasets: *b\n", remove("base"), Code::kUnsupported, "Line 2 "},
        {"base: &b [x, y]\ndatasets: *b\n", set("datasets", {"z"}), Code::kUnsupported, "Line 3 "},
        {"a: !!str 5\n", set("a", "6"), Code::kUnsupported, "an anchor, an alias or a tag"},
        {"a: {x: 1, # c\n y: 2}\n", set("a.x", 3), Code::kUnsupported, "a comment inside of its brackets"},
        {"? a\n: b\n", set("a", "c"), Code::kUnsupported, "unusual way"},
        {"d: &d {x: 1}\na:\n  <<: *d\n  y: 2\n", remove("a.x"), Code::kUnsupported, "comes from another mapping"},
        {"a: [1\n", set("b", 1), Code::kInvalidArgument, "(3:"},
        {"- a\n", set("b", 1), Code::kInvalidArgument, "no mapping"},
        {"a: b\n", set("a.x", 1), Code::kInvalidArgument, "\"a.x\" cannot be changed: what stands above \"x\" is no mapping"},
        {"a: [1]\n", set("a[3]", 1), Code::kInvalidArgument, "the list has 1 items"},
        {"a: {b: 1}\n", add("a", 1), Code::kInvalidArgument, "it is a mapping, not a list"},
        {"a: b\n", remove("c"), Code::kNotFound, "The metadata has no \"c\""},
        {"a: [b]\n", remove("a", "c"), Code::kNotFound, "does not hold"},
    };
    for (const auto& one : cases) {
        const auto result = edit_card("---\n" + std::string(one.yaml) + "---\n", std::vector{one.edit});
        ASSERT_FALSE(result.has_value()) << one.yaml << "became\n" << result.value();
        EXPECT_EQ(result.error().code, one.code) << one.yaml << result.error().message;
        EXPECT_THAT(result.error().message, HasSubstr(one.message)) << one.yaml;
    }
}

TEST(EditCard, WhatIsOddElsewhereDoesNotHinder) {
    const std::string card = "---\nbase: &b [x, y]\ndatasets: *b\nd: 1\nd: 2\n? e\n: f\nt: !!str 5\n---\n";
    EXPECT_EQ(edited(card, {set("license", "mit")}), swapped("datasets", "license: mit\ndatasets", card));
}

TEST(EditCard, PathsAreReadAndWritten) {
    for (const char* path : {"license", "model-index[0].name", "a.b[3][4].c", "\"a.b\".c", "extra_gated_fields.First name"})
        EXPECT_EQ(path_text(parse_card_path(path).value()), path);
    for (const char* bad : {"", ".", "a.", "a..b", "[0]", "a[", "a[x]", "a[0]b", "a]\"", "\"a"}) {
        const auto parsed = parse_card_path(bad);
        EXPECT_TRUE(!parsed.has_value() || path_text(parsed.value()) != bad) << bad;
    }
}

// Random cards and random changes: what is read back is what was set, and the lines of other keys are untouched.
class Dice {
public:
    std::size_t upto(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit)(engine_); }
    json::value value(int depth) {
        static constexpr const char* kTexts[] = {"no",          "a: b", "two\nlines", "plain text", " #x",  "1.10",
                                                 "it's \"so\"", "ü",    "-",          "|",          "tab\t"};
        switch (upto(depth > 0 ? 6 : 4)) {
            case 0: return static_cast<std::int64_t>(upto(1000)) - 500;
            case 1: return static_cast<double>(upto(1000)) / 64;
            case 2: return upto(1) == 1;
            case 3:
            case 4: return kTexts[upto(std::size(kTexts) - 1)];
            case 5: {
                json::array list;
                for (auto n = upto(3); n > 0; --n) list.push_back(value(depth - 1));
                return list;
            }
            default: {
                json::object map;
                for (auto n = upto(3); n > 0; --n) map[std::string(1, static_cast<char>('a' + upto(4)))] = value(depth - 1);
                return map;
            }
        }
    }

private:
    std::mt19937 engine_{20240131};
};

TEST(EditCard, RandomChangesAreReadBackAndTouchNothingElse) {
    Dice dice;
    int refused = 0;
    for (int round = 0; round < 1000; ++round) {
        std::string yaml;
        json::object model;
        for (const char* key : {"k0", "k1", "k2", "k3"}) {
            json::object one{{key, dice.value(3)}};
            std::vector<Edit> edits{{Edit::Kind::kSet, {key}, one.at(key)}};
            const auto made = edit_card("", edits);
            ASSERT_TRUE(made.has_value()) << json::serialize(one) << made.error().message;
            if (made.value().empty()) continue;
            yaml += "# about " + std::string(key) + "\n" + std::string(split_card(made.value()).yaml) + "\n";
            model[key] = one.at(key);
        }
        const std::string card = "---\n" + yaml + "---\nbody\n";
        ASSERT_EQ(read_card_data(card), model) << card;
        const std::string key = "k" + std::to_string(dice.upto(4));
        auto wanted = dice.upto(1) == 0 || !model.contains(key) ? dice.value(3) : model.at(key);
        if (wanted.is_object()) wanted.get_object()[std::string(1, static_cast<char>('a' + dice.upto(4)))] = dice.value(1);
        if (wanted.is_array())
            wanted.get_array().insert(
                wanted.get_array().begin() + static_cast<std::ptrdiff_t>(dice.upto(wanted.get_array().size())), dice.value(2));
        const auto made = edit_card(card, std::vector<Edit>{{Edit::Kind::kSet, {key}, wanted}});
        if (!made.has_value()) {
            EXPECT_EQ(made.error().code, Code::kUnsupported);
            ++refused;
            continue;
        }
        if (wanted != json::value(json::array{}))
            model[key] = wanted;
        else
            model.erase(key);
        EXPECT_EQ(read_card_data(made.value()), model) << card << made.value();
        for (const char* other : {"k0", "k1", "k2", "k3"}) {
            if (key == other) continue;
            const auto begin = card.find("# about " + std::string(other));
            const auto end = card.find("# about", begin + 1);
            if (begin == card.npos) continue;
            EXPECT_THAT(made.value(), HasSubstr(card.substr(begin, end == card.npos ? card.npos : end - begin)
                                                    .substr(0, card.substr(begin).find("\n---\nbody"))))
                << card;
        }
    }
    EXPECT_LT(refused, 50);
}

}  // namespace
}  // namespace mirfa::card
