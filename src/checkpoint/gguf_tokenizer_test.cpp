// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf_tokenizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "base/file.h"
#include "checkpoint/testing/made.h"

namespace mirfa::checkpoint {
namespace {

using testing::file_bytes;
using testing::put_file;
using testing::testdata;

struct Folder {
    TemporaryFolder folder = TemporaryFolder::create().value();
    ModelConfig config;

    Folder() { config.model_type = "llama"; }
    void put(std::string_view name, std::string_view text) const { put_file(folder.path() / name, text); }
    void put_pieces() const { put("tokenizer.model", as_text(file_bytes(testdata("sentencepiece.model")))); }
    GgufMetadata made() const { return gguf_tokenizer(config, folder.path()).value(); }
    std::string error() const {
        const auto made = gguf_tokenizer(config, folder.path());
        return made.has_value() ? "accepted" : made.error().message;
    }
};

template <class T>
std::optional<T> find(const GgufMetadata& made, std::string_view key) {
    const auto found = std::ranges::find(made.pairs, "tokenizer." + std::string(key), &GgufPair::key);
    if (found == made.pairs.end() || !std::holds_alternative<T>(found->value)) return std::nullopt;
    return std::get<T>(found->value);
}
using Texts = std::vector<std::string>;
using Types = std::vector<std::int32_t>;
using Scores = std::vector<float>;

constexpr std::string_view kOctets = R"({"pre_tokenizer":{"type":"ByteLevel"},
    "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b",["ab","a"]]},
    "added_tokens":[{"id":3,"content":"<end>","special":true},{"id":4,"content":"<tool>","special":false}]})";
constexpr std::string_view kPieces = R"({"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"_"}]},
    "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}]},
    "model":{"type":"BPE","byte_fallback":true,"unk_token":"<unk>",
    "vocab":{"<unk>":0,"<s>":1,"<0x0A>":2,"a":3,"b":4,"ba":5,"ab":6},"merges":["a b","b a"]},
    "added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"<s>","special":true}]})";

TEST(GgufTokenizer, PiecesKeepTheirScoresAndTypes) {
    Folder folder;
    folder.put_pieces();
    folder.put("tokenizer_config.json", R"({"bos_token":{"content":"<s>"},"eos_token":"<over>","add_eos_token":false,
        "chat_template":"{{ messages }}","added_tokens_decoder":{"0":{"content":"<unk>","special":true},
        "320":{"content":"<over>","special":true}}})");
    folder.put("added_tokens.json", R"({"<over>":320,"<extra>":321})");
    folder.config.sizes["vocab_size"] = 323;
    folder.config.sizes["eos_token_id"] = 2;
    const GgufMetadata made = folder.made();
    EXPECT_EQ(made.notes, Texts{});
    EXPECT_EQ(find<std::string>(made, "ggml.model"), "llama");
    EXPECT_EQ(find<std::string>(made, "ggml.pre"), "default");
    const auto tokens = find<Texts>(made, "ggml.tokens").value();
    const auto types = find<Types>(made, "ggml.token_type").value();
    const auto scores = find<Scores>(made, "ggml.scores").value();
    ASSERT_EQ(std::tuple(tokens.size(), types.size(), scores.size()), std::tuple(323u, 323u, 323u));
    EXPECT_EQ(std::tuple(tokens[262], types[262], scores[262]), std::tuple("\xE2\x96\x81the", 1, -2.0f));
    EXPECT_EQ(std::tuple(types[0], types[1], types[3], types[4]), std::tuple(2, 3, 4, 6));
    EXPECT_EQ(std::tuple(tokens[320], types[320], scores[320]), std::tuple("<over>", 3, -1000.0f));
    EXPECT_EQ(std::tuple(tokens[321], types[321]), std::tuple("<extra>", 4));
    EXPECT_EQ(std::tuple(tokens[322], types[322]), std::tuple("[PAD322]", 5));
    EXPECT_EQ(find<std::uint32_t>(made, "ggml.bos_token_id"), 1u);
    EXPECT_EQ(find<std::uint32_t>(made, "ggml.eos_token_id"), 320u);
    EXPECT_EQ(find<std::uint32_t>(made, "ggml.unknown_token_id"), 0u);
    EXPECT_EQ(find<std::uint32_t>(made, "ggml.padding_token_id"), std::nullopt);
    EXPECT_EQ(find<bool>(made, "ggml.add_space_prefix"), true);
    EXPECT_EQ(find<bool>(made, "ggml.add_bos_token"), true);
    EXPECT_EQ(find<bool>(made, "ggml.add_eos_token"), false);
    EXPECT_EQ(find<std::string>(made, "chat_template"), "{{ messages }}");
}

TEST(GgufTokenizer, MergesBecomeScoresWherePiecesHaveNone) {
    Folder folder;
    folder.put("tokenizer.json", kPieces);
    folder.put("chat_template.jinja", "of its own");
    folder.config.sizes["bos_token_id"] = 1;
    const GgufMetadata made = folder.made();
    EXPECT_EQ(find<std::string>(made, "ggml.model"), "llama");
    EXPECT_EQ(find<Texts>(made, "ggml.tokens"), (Texts{"<unk>", "<s>", "<0x0A>", "a", "b", "ba", "ab"}));
    EXPECT_EQ(find<Types>(made, "ggml.token_type"), (Types{2, 3, 6, 1, 1, 1, 1}));
    const auto scores = find<Scores>(made, "ggml.scores").value();
    EXPECT_EQ(std::tuple(scores[6], scores[5]), std::tuple(0.0f, -1.0f));
    EXPECT_EQ(find<bool>(made, "ggml.add_space_prefix"), true);
    EXPECT_EQ(find<bool>(made, "ggml.add_bos_token"), true);
    EXPECT_EQ(find<std::string>(made, "chat_template"), "of its own");
}

TEST(GgufTokenizer, OctetsHaveMergesAndTheirWayOfSplitting) {
    Folder folder;
    folder.put("tokenizer.json", kOctets);
    const GgufMetadata made = folder.made();
    EXPECT_EQ(find<std::string>(made, "ggml.model"), "gpt2");
    EXPECT_EQ(find<std::string>(made, "ggml.pre"), "gpt-2");
    EXPECT_EQ(find<Texts>(made, "ggml.tokens"), (Texts{"a", "b", "ab", "<end>", "<tool>"}));
    EXPECT_EQ(find<Types>(made, "ggml.token_type"), (Types{1, 1, 1, 3, 4}));
    EXPECT_EQ(find<Texts>(made, "ggml.merges"), (Texts{"a b", "ab a"}));
    EXPECT_EQ(find<Scores>(made, "ggml.scores"), std::nullopt);
}

TEST(GgufTokenizer, TheRuleOfSplittingIsToldByItself) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {R"({"type":"ByteLevel"})", "gpt-2"},
        {R"({"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel"}]})", "smollm"},
        {R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},{"type":"ByteLevel"}]})",
         "llama-bpe"},
        {R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},{"type":"ByteLevel"}]})",
         "qwen2"},
        {R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"x+"}},{"type":"ByteLevel"}]})", "default"},
    };
    for (const auto& [splitter, expected] : cases) {
        Folder folder;
        folder.put("tokenizer.json",
                   R"({"pre_tokenizer":)" + std::string(splitter) + R"(,"model":{"vocab":{"a":0},"merges":[]}})");
        const GgufMetadata made = folder.made();
        EXPECT_EQ(find<std::string>(made, "ggml.pre"), expected);
        EXPECT_EQ(made.notes.size(), expected == "default" ? 1u : 0u);
    }
}

TEST(GgufTokenizer, WhatCannotBeWrittenIsNotedAndLeftOut) {
    Folder none;
    EXPECT_EQ(none.made().notes.size(), 1u);
    EXPECT_TRUE(none.made().pairs.empty());
    Folder words;
    words.put("tokenizer.json", R"({"model":{"type":"WordPiece","vocab":{"a":0}}})");
    EXPECT_EQ(
        words.made().notes,
        Texts{"The tokenizer is no BPE of octets or of pieces, so the file has no tokens: a program that runs it needs them "
              "from elsewhere."});
    Folder small;
    small.put("tokenizer.json", kOctets);
    small.config.sizes["vocab_size"] = 3;
    EXPECT_TRUE(small.made().pairs.empty());
    EXPECT_EQ(small.made().notes,
              Texts{"The tokenizer numbers 5 tokens and config.json says vocab_size 3, so the file has no tokens: a program that "
                    "runs it needs them from elsewhere."});
}

TEST(GgufTokenizer, ATokenizerOfAnotherProgramGivesWayToTheOther) {
    Folder folder;
    folder.put("tokenizer.model", "IQ== 0\nIg== 1\n");
    EXPECT_TRUE(folder.error().starts_with("tokenizer.model cannot be read: The tokenizer of SentencePiece is broken: "));
    folder.put("tokenizer.json", kOctets);
    EXPECT_EQ(find<std::string>(folder.made(), "ggml.model"), "gpt2");
}

TEST(GgufTokenizer, BrokenFilesAreRefusedByName) {
    const auto octets = [](std::string_view vocabulary, std::string_view merges, std::string_view added) {
        return R"({"pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":)" + std::string(vocabulary) + R"(,"merges":)" +
               std::string(merges) + R"(},"added_tokens":)" + std::string(added) + "}";
    };
    const std::pair<std::string, std::string> cases[] = {
        {octets(R"({"a":-1})", "[]", "[]"), "a token's number is none"},
        {octets(R"({"a":0})", "[3]", "[]"), "a merge is not a pair of texts"},
        {octets(R"({"a":0})", R"(["ab"])", "[]"), "a merge is not a pair of texts"},
        {octets(R"({"a":0})", "[]", R"([{"id":1}])"), "an added token has no id or content"},
        {octets(R"({"a":9000000000})", "[]", "[]"), "it numbers more tokens than any model has"},
        {octets("{}", "[]", "[]"), "it has no tokens"},
    };
    for (const auto& [json, expected] : cases) {
        Folder folder;
        folder.put("tokenizer.json", json);
        EXPECT_EQ(folder.error(), "tokenizer.json is broken: " + expected + ".");
    }
    Folder folder;
    folder.put_pieces();
    folder.put("tokenizer_config.json", R"({"added_tokens_decoder":{"x":{"content":"a"}}})");
    EXPECT_EQ(folder.error(), "tokenizer_config.json is broken: an added token's number is none.");
    folder.put("tokenizer_config.json", "{");
    EXPECT_TRUE(folder.error().starts_with("tokenizer_config.json cannot be read: "));
}

}  // namespace
}  // namespace mirfa::checkpoint
