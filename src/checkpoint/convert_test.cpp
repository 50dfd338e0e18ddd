// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/convert.h"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/file.h"
#include "checkpoint/gguf.h"
#include "checkpoint/q8_0.h"
#include "checkpoint/report.h"
#include "checkpoint/testing/hand.h"
#include "checkpoint/testing/made.h"
#include "checkpoint/transpose.h"

namespace mirfa::checkpoint {
namespace {

using testing::file_bytes;
using testing::files_in;
using testing::made_tensor;
using testing::octets_of;
using testing::put_file;
using testing::tensor_of;
using testing::told;

Bytes floats(std::initializer_list<float> numbers) {
    Bytes octets(numbers.size() * 4);
    std::memcpy(octets.data(), std::data(numbers), octets.size());
    return octets;
}

// Numbers that are all different, and tell which tensor they are of.
OutTensor numbers(const std::string& name, Shape shape, Dtype dtype = Dtype::kF32) {
    const std::uint64_t count = count_elements(shape).value();
    Bytes octets(count * 4);
    for (std::uint64_t i = 0; i < count; ++i) {
        const float number = static_cast<float>(i) * 0.25f - static_cast<float>(name.size());
        std::memcpy(octets.data() + 4 * i, &number, 4);
    }
    if (dtype != Dtype::kF32) {
        Bytes narrow(count * bits_of(dtype) / 8);
        EXPECT_TRUE(cast(octets, Dtype::kF32, narrow, dtype).has_value());
        octets = std::move(narrow);
    }
    return tensor_of(name, dtype, std::move(shape), std::move(octets));
}

struct Model {
    TemporaryFolder folder = TemporaryFolder::create().value();
    TemporaryFolder there = TemporaryFolder::create().value();
    TemporaryFolder back = TemporaryFolder::create().value();

    void write(const std::vector<OutTensor>& tensors, std::string_view config) const {
        ASSERT_TRUE(write_checkpoint(Format::kSafetensors, folder.path(), tensors, {}).has_value());
        put_file(folder.path() / "config.json", config);
    }
};

std::vector<OutTensor> bert_tensors() {
    std::vector<OutTensor> tensors{numbers("bert.embeddings.word_embeddings.weight", {9, 4}),
                                   numbers("bert.embeddings.LayerNorm.weight", {4}),
                                   numbers("bert.embeddings.LayerNorm.bias", {4})};
    for (const char* layer : {"0", "1"}) {
        const std::string at = std::string("bert.encoder.layer.") + layer;
        tensors.push_back(numbers(at + ".attention.self.query.weight", {4, 4}));
        tensors.push_back(numbers(at + ".attention.self.query.bias", {4}));
        tensors.push_back(numbers(at + ".intermediate.dense.weight", {8, 4}));
        tensors.push_back(numbers(at + ".intermediate.dense.bias", {8}));
    }
    tensors.push_back(numbers("cls.predictions.bias", {9}));
    return tensors;
}
constexpr std::string_view kBertConfig =
    R"({"model_type":"bert","architectures":["BertForMaskedLM"],"hidden_size":4,"intermediate_size":8,"vocab_size":9,"num_hidden_layers":2})";

std::map<std::string, std::string> told_by(const std::filesystem::path& folder) {
    const auto reader = open_checkpoint(folder);
    EXPECT_TRUE(reader.has_value());
    return reader.has_value() ? told(*reader.value()) : std::map<std::string, std::string>{};
}

ConvertOptions to(Target target) {
    ConvertOptions options;
    options.target = target;
    return options;
}

class ThereAndBack : public ::testing::TestWithParam<Target> {};

TEST_P(ThereAndBack, GivesTheSameOctets) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    const auto there = convert_checkpoint(model.folder.path(), model.there.path(), to(GetParam()));
    ASSERT_TRUE(there.has_value()) << describe(there.error());
    EXPECT_EQ(there.value().round_trip_max_abs, 0.0);
    EXPECT_EQ(there.value().copied, (std::vector<std::string>{"config.json"}));
    const auto back = convert_checkpoint(model.there.path(), model.back.path(), to(Target::kSafetensors));
    ASSERT_TRUE(back.has_value()) << describe(back.error());
    EXPECT_EQ(told_by(model.back.path()), told_by(model.folder.path()));
}

TEST_P(ThereAndBack, InShardsToo) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    ConvertOptions options = to(GetParam());
    options.shard_bytes = 200;
    const auto there = convert_checkpoint(model.folder.path(), model.there.path(), options);
    ASSERT_TRUE(there.has_value()) << describe(there.error());
    EXPECT_GT(there.value().files.size(), 2u);
    const auto back = convert_checkpoint(model.there.path(), model.back.path(), to(Target::kSafetensors));
    ASSERT_TRUE(back.has_value()) << describe(back.error());
    EXPECT_EQ(told_by(model.back.path()), told_by(model.folder.path()));
}

INSTANTIATE_TEST_SUITE_P(Convert, ThereAndBack,
                         ::testing::Values(Target::kSafetensors, Target::kTorch, Target::kTensorFlow, Target::kFlax),
                         [](const auto& made) { return std::string(name_of(made.param)); });

TEST(Convert, ASquareMatrixIsTurnedAlthoughNobodyCouldSeeIt) {
    Model model;
    model.write({tensor_of("bert.pooler.dense.weight", Dtype::kF32, {2, 2}, floats({1, 2, 3, 4})),
                 numbers("bert.pooler.dense.bias", {2})},
                R"({"model_type":"bert","architectures":["BertModel"]})");
    ASSERT_TRUE(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kTensorFlow)).has_value());
    const auto reader = open_checkpoint(model.there.path()).value();
    for (std::size_t i = 0; i < reader->tensors().size(); ++i) {
        if (!reader->tensors()[i].name.ends_with("kernel:0")) continue;
        EXPECT_EQ(reader->tensors()[i].name, "tf_bert_model/bert/pooler/dense/kernel:0");
        EXPECT_EQ(octets_of(*reader, i), floats({1, 3, 2, 4}));
    }
}

// Wide and high enough to be made in several pieces, and with ends that fill no block.
TEST(Convert, ALargeMatrixIsTurnedPieceByPiece) {
    constexpr std::size_t kRows = 1'003, kColumns = 517;
    for (const Dtype dtype : {Dtype::kF32, Dtype::kF16}) {
        Model model;
        const OutTensor weight = made_tensor("pooler.dense.weight", dtype, {kRows, kColumns});
        model.write({weight, made_tensor("pooler.dense.bias", dtype, {kRows})},
                    R"({"model_type":"bert","architectures":["BertModel"]})");
        ASSERT_TRUE(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kFlax)).has_value());
        const auto reader = open_checkpoint(model.there.path()).value();
        const auto kernel = std::ranges::find(reader->tensors(), Shape{kColumns, kRows}, &TensorInfo::shape);
        ASSERT_NE(kernel, reader->tensors().end());
        const Bytes from = octets_of(weight);
        const Bytes made = octets_of(*reader, static_cast<std::size_t>(kernel - reader->tensors().begin()));
        ASSERT_EQ(made.size(), from.size());
        const std::size_t element = bits_of(dtype) / 8;
        std::size_t wrong = 0;
        for (std::size_t r = 0; r < kRows; ++r)
            for (std::size_t c = 0; c < kColumns; ++c)
                wrong += std::memcmp(&from[(r * kColumns + c) * element], &made[(c * kRows + r) * element], element) != 0;
        EXPECT_EQ(wrong, 0u);
        ASSERT_TRUE(convert_checkpoint(model.there.path(), model.back.path(), to(Target::kSafetensors)).has_value());
        EXPECT_TRUE(told_by(model.back.path()) == told_by(model.folder.path()));
    }
}

TEST(Convert, ADryRunSaysTheSameAndWritesNothing) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    const Conversion dry = plan_conversion(model.folder.path(), to(Target::kFlax)).value();
    EXPECT_TRUE(dry.files.empty());
    EXPECT_EQ(dry.source_files.size(), 1u);
    EXPECT_EQ(dry.source_files[0].name, "model.safetensors");
    EXPECT_EQ(files_in(model.folder.path()), (std::vector<std::string>{"config.json", "model.safetensors"}));
    const Conversion real = convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kFlax)).value();
    EXPECT_EQ(real.plan.rows, dry.plan.rows);
    EXPECT_EQ(real.files, (std::vector<std::string>{"flax_model.msgpack"}));
}

TEST(Convert, StoppedInTheMiddleItLeavesTheFolderAsItWas) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    ConvertOptions options = to(Target::kTensorFlow);
    int asked = 0;
    options.stopped = [&] { return ++asked == 4; };
    const auto stopped = convert_checkpoint(model.folder.path(), model.there.path(), options);
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, Code::kUnavailable);
    EXPECT_TRUE(files_in(model.there.path()).empty());
}

TEST(Convert, InItsOwnFolderNothingIsCopied) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    const Conversion done = convert_checkpoint(model.folder.path(), model.folder.path(), to(Target::kTensorFlow)).value();
    EXPECT_TRUE(done.copied.empty());
    EXPECT_EQ(files_in(model.folder.path()), (std::vector<std::string>{"config.json", "model.safetensors", "tf_model.h5"}));
}

TEST(Convert, FilesThatAreThereAlreadyStay) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    put_file(model.folder.path() / "vocab.txt", "new");
    put_file(model.there.path() / "vocab.txt", "own");
    const Conversion done = convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kFlax)).value();
    EXPECT_EQ(done.copied, (std::vector<std::string>{"config.json"}));
    EXPECT_EQ(read_small_file(model.there.path() / "vocab.txt").value(), "own");
}

TEST(Convert, TiedTensorsThatDifferAreRefusedAndEqualOnesLeftOut) {
    Model model;
    std::vector<OutTensor> tensors = bert_tensors();
    tensors.push_back(tensor_of("cls.predictions.decoder.weight", Dtype::kF32, {9, 4}, octets_of(tensors[0])));
    model.write(tensors, kBertConfig);
    const auto equal = convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kTensorFlow));
    ASSERT_TRUE(equal.has_value()) << describe(equal.error());
    EXPECT_EQ(equal.value().plan.tied.size(), 1u);
    tensors.back() = numbers("cls.predictions.decoder.weight", {9, 4}, Dtype::kF32);
    model.write(tensors, kBertConfig);
    EXPECT_EQ(convert_checkpoint(model.folder.path(), model.back.path(), to(Target::kTensorFlow)).error().message,
              "The tensors cls.predictions.decoder.weight and bert.embeddings.word_embeddings.weight differ, but this model ties "
              "them: only "
              "one of them can be written. Set tie_word_embeddings to false in config.json if they are meant to differ.");
    EXPECT_TRUE(files_in(model.back.path()).empty());
}

TEST(Convert, NumbersBecomeNarrowerWithTheirDifferenceReported) {
    Model model;
    model.write({tensor_of("a.weight", Dtype::kF32, {3}, floats({1.0f, 1.0f + 0x1p-10f, -2.0f}))}, "{}");
    ConvertOptions options = to(Target::kSafetensors);
    options.plan.dtype = FloatType::kBF16;
    const Conversion done = convert_checkpoint(model.folder.path(), model.there.path(), options).value();
    EXPECT_EQ(done.round_trip_max_abs, 0x1p-10);
    EXPECT_EQ(done.plan.dtype_changes(), (std::map<std::string, std::size_t>{{"F32->BF16", 1}}));
    EXPECT_EQ(done.results[0].statistics.max, 1.0);
    EXPECT_EQ(done.results[0].statistics.min, -2.0);
}

TEST(Convert, ANumberThatWouldBecomeInfiniteStopsTheConversion) {
    Model model;
    model.write({tensor_of("a.weight", Dtype::kF32, {3}, floats({1.0f, 70000.0f, 1e30f}))}, "{}");
    ConvertOptions options = to(Target::kSafetensors);
    options.plan.dtype = FloatType::kF16;
    EXPECT_EQ(convert_checkpoint(model.folder.path(), model.there.path(), options).error().message,
              "2 numbers of the tensor a.weight are too large for F16. Choose another type (--dtype bf16 or f32).");
    EXPECT_TRUE(files_in(model.there.path()).empty());
}

TEST(Convert, BrainFloatsAreWidenedForTensorFlow) {
    Model model;
    model.write({numbers("bert.pooler.dense.weight", {4, 3}, Dtype::kBF16), numbers("bert.pooler.dense.bias", {4}, Dtype::kBF16)},
                R"({"model_type":"bert","architectures":["BertModel"]})");
    const Conversion done = convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kTensorFlow)).value();
    EXPECT_EQ(done.round_trip_max_abs, 0.0);
    EXPECT_EQ(done.plan.dtype_changes(), (std::map<std::string, std::size_t>{{"BF16->F32", 2}}));
}

TEST(Convert, RunningStatisticsComeBackWithACounter) {
    Model model;
    const std::string at = "resnet.embedder.embedder.";
    model.write({numbers(at + "convolution.weight", {5, 3, 2, 4}), numbers(at + "normalization.weight", {5}),
                 numbers(at + "normalization.bias", {5}), numbers(at + "normalization.running_mean", {5}),
                 numbers(at + "normalization.running_var", {5}),
                 tensor_of(at + "normalization.num_batches_tracked", Dtype::kI64, {}, Bytes(8))},
                R"({"model_type":"resnet","architectures":["ResNetForImageClassification"]})");
    for (const Target target : {Target::kTensorFlow, Target::kFlax}) {
        Model other;
        ASSERT_TRUE(convert_checkpoint(model.folder.path(), other.there.path(), to(target)).has_value());
        ASSERT_TRUE(convert_checkpoint(other.there.path(), other.back.path(), to(Target::kSafetensors)).has_value());
        EXPECT_EQ(told_by(other.back.path()), told_by(model.folder.path()));
    }
}

/// The rows of bert_tensors() for TensorFlow, in the order in which safetensors keeps them.
std::string tf_rows() {
    const std::string to = "tf_bert_for_masked_lm/";
    std::string rows;
    const auto add = [&](const std::string& from, const std::string& target, std::string_view rest) {
        rows += "| `" + from + "` | `" + to + target + ":0` | " + std::string(rest) + " |\n";
    };
    add("bert.embeddings.LayerNorm.bias", "bert/embeddings/LayerNorm/beta", "[4] | none");
    add("bert.embeddings.LayerNorm.weight", "bert/embeddings/LayerNorm/gamma", "[4] | none");
    add("bert.embeddings.word_embeddings.weight", "bert/embeddings/word_embeddings/weight", "[9, 4] | none");
    for (const char* layer : {"0", "1"}) {
        const std::string at = std::string("bert.encoder.layer.") + layer;
        const std::string there = std::string("bert/encoder/layer_._") + layer;
        add(at + ".attention.self.query.bias", there + "/attention/self/query/bias", "[4] | none");
        add(at + ".attention.self.query.weight", there + "/attention/self/query/kernel", "[4, 4] | axes 1, 0");
        add(at + ".intermediate.dense.bias", there + "/intermediate/dense/bias", "[8] | none");
        add(at + ".intermediate.dense.weight", there + "/intermediate/dense/kernel", "[8, 4] to [4, 8] | axes 1, 0");
    }
    add("cls.predictions.bias", "mlm___cls/predictions/bias", "[9] | none");
    return rows;
}

TEST(Convert, TheReportHasEveryRowAndTheProofs) {
    Model model;
    std::vector<OutTensor> tensors = bert_tensors();
    tensors.push_back(tensor_of("bert.embeddings.position_ids", Dtype::kI64, {1, 1}, Bytes(8)));
    model.write(tensors, kBertConfig);
    ConvertOptions options = to(Target::kTensorFlow);
    options.hash_source = true;
    const Conversion done = convert_checkpoint(model.folder.path(), model.there.path(), options).value();
    const auto json = boost::json::parse(report_json(done));
    EXPECT_EQ(json.at("source").at("format"), "pt");
    EXPECT_EQ(json.at("source").at("files").at(0), "model.safetensors");
    EXPECT_EQ(json.at("source").at("sha256").as_string().size(), 64u);
    EXPECT_EQ(json.at("target").at("files").at(0), "tf_model.h5");
    EXPECT_EQ(json.at("mapped").as_int64(), 12);
    EXPECT_EQ(json.at("dropped").at(0).at("reason"), "a buffer: the row of positions");
    EXPECT_EQ(json.at("rows").as_array().size(), 12u);
    EXPECT_EQ(json.at("round_trip_max_abs").to_number<double>(), 0.0);
    const std::string summary =
        "## TensorFlow weights from PyTorch\n\n12 tensors, 4 of them with their axes in another order.\n\n"
        "- every tensor of the source is written, tied, or dropped for the reason below\n"
        "- shapes fit the model's templates and `config.json`, and names lead back to their source\n"
        "- every element is at its place, and minimum, maximum, norm and counts of NaN and infinity agree\n"
        "- largest difference after the way back: 0 (every number came back exactly)\n"
        "\n### Files (1)\n\n- `tf_model.h5`\n"
        "\n### Dropped (1)\n\n- `bert.embeddings.position_ids`: a buffer: the row of positions\n";
    EXPECT_EQ(report_markdown(done, TensorTable::kLeftOut), summary);
    EXPECT_EQ(report_markdown(done, TensorTable::kFolded),
              summary +
                  "\n<details>\n<summary>All 12 tensors</summary>\n\n| source | target | shape | change |\n"
                  "| --- | --- | --- | --- |\n" +
                  tf_rows() + "\n</details>\n");
}

TEST(Convert, TheReportMarksWhatWasGuessedTurnedNarrowedSharedAndMade) {
    Conversion done;
    done.plan.target = Target::kTensorFlow;
    PlanRow row{0,      "a|b`c\n", "a",       "a/kernel:0", Dtype::kBF16,   Dtype::kF32,
                {4, 3}, {2, 2, 3}, {2, 0, 1}, {3, 4},       "general rules"};
    PlanRow plain{1, "b", "b", "b", Dtype::kF32, Dtype::kF32, {2}, {2}, {}, {2}, ""};
    PlanRow shared = plain;
    shared.target_name = "c";
    shared.same_as = "b";
    PlanRow counter{std::nullopt, "", "n", "n", Dtype::kI64, Dtype::kI64, {}, {}, {}, {}, ""};
    row.guessed = true;
    done.plan.rows = {plain, shared, counter, row};
    const std::string text = report_markdown(done, TensorTable::kFolded);
    EXPECT_EQ(text.substr(text.find("| --- |")),
              "| --- | --- | --- | --- |\n"
              "| `a\\|b'c ` | `a/kernel:0` | [4, 3] to [3, 4] | **guessed**; seen as [2, 2, 3]; axes 2, 0, 1; BF16 to F32 |\n"
              "| `b` | the same | [2] | none |\n"
              "| `b` | `c` | [2] | shares `b` |\n"
              "|  | `n` | [] | made of zeros |\n"
              "\n</details>\n");
}

TEST(Convert, AReportThatWouldBeTooLongCountsWhatItLeavesOut) {
    Conversion done;
    done.plan.target = Target::kFlax;
    for (int i = 0; i < 3000; ++i) {
        PlanRow row{0,           fmt::format("layer.{}.weight", i),
                    "",          fmt::format("layer/{}/kernel", i),
                    Dtype::kF32, Dtype::kF32,
                    {2},         {2},
                    {},          {2},
                    ""};
        row.guessed = i % 10 == 1;
        done.plan.rows.push_back(row);
        done.plan.dropped.push_back({row.source_name, "a buffer"});
    }
    const std::string text = report_markdown(done, TensorTable::kFolded);
    EXPECT_LE(text.size(), kMaxMarkdown);
    EXPECT_GT(text.size(), kMaxMarkdown - 1000);
    // Every guess is told, and the tables say how many lines they lack.
    EXPECT_NE(text.find("\n| `layer.2991.weight` | `layer/2991/kernel` | [2] | **guessed** |\n"), std::string::npos);
    const auto number_before = [&](std::string_view words) {
        const std::size_t end = text.find(words);
        return end == std::string::npos ? 0u : std::stoul(text.substr(text.rfind("and ", end) + 4));
    };
    const auto lines_like = [&](std::string_view begin) {
        std::size_t count = 0;
        for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) ++count;
        return count;
    };
    EXPECT_EQ(lines_like("\n| `") + number_before(" more: the report as JSON"), 3000u);
    EXPECT_EQ(lines_like(" as `layer/"), 300u);
    const std::size_t dropped = lines_like(": a buffer\n");
    EXPECT_GE(dropped, 20u);
    EXPECT_EQ(number_before(" more\n\n</details>\n\n<details>"), 3000u - dropped);
}

TEST(Convert, LlamaBecomesGgufWithItsSizesAndNeighboursThatRotate) {
    Model model;
    std::vector<OutTensor> tensors{
        numbers("model.embed_tokens.weight", {3, 4}, Dtype::kBF16), numbers("model.norm.weight", {4}, Dtype::kBF16),
        numbers("model.layers.0.self_attn.q_proj.weight", {8, 4}), numbers("model.layers.0.mlp.up_proj.weight", {6, 4})};
    model.write(
        tensors,
        R"({"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":4,"num_hidden_layers":1,"num_attention_heads":2,
        "intermediate_size":6,"max_position_embeddings":16,"vocab_size":3,"rms_norm_eps":1e-05,"eos_token_id":2})");
    put_file(
        model.folder.path() / "tokenizer.json",
        R"({"pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]},"added_tokens":[{"id":2,"content":"</s>","special":true}]})");
    const auto done = convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kGguf));
    ASSERT_TRUE(done.has_value()) << describe(done.error());
    EXPECT_TRUE(done.value().plan.notes.empty());
    const auto reader = open_checkpoint(model.there.path()).value();
    const auto& metadata = reader->metadata();
    EXPECT_EQ(metadata.at("general.architecture"), "\"llama\"");
    EXPECT_EQ(metadata.at("llama.block_count"), "1");
    EXPECT_EQ(metadata.at("llama.rope.dimension_count"), "2");
    EXPECT_EQ(metadata.at("tokenizer.ggml.tokens"), R"(["a","b","</s>"])");
    EXPECT_EQ(metadata.at("tokenizer.ggml.token_type"), "[1,1,3]");
    EXPECT_EQ(metadata.at("tokenizer.ggml.eos_token_id"), "2");
    const auto query = std::ranges::find(reader->tensors(), "blk.0.attn_q.weight", &TensorInfo::name);
    ASSERT_NE(query, reader->tensors().end());
    const Bytes before = octets_of(tensors[2]);
    const Bytes after = octets_of(*reader, static_cast<std::size_t>(query - reader->tensors().begin()));
    // Of each head's four rows 0 1 | 2 3 the halves alternate: 0 2 1 3.
    for (const auto& [here, there] : {std::pair{0, 0}, {1, 2}, {2, 1}, {3, 3}, {4, 4}, {5, 6}, {6, 5}, {7, 7}})
        EXPECT_TRUE(std::equal(before.begin() + 16 * there, before.begin() + 16 * there + 16, after.begin() + 16 * here));
}

constexpr std::string_view kLlamaConfig =
    R"({"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":64,"num_hidden_layers":1,"num_attention_heads":4,
        "num_key_value_heads":2,"intermediate_size":96,"max_position_embeddings":16,"vocab_size":6,"rms_norm_eps":1e-05,
        "tie_word_embeddings":false)";

std::vector<OutTensor> llama_tensors(Dtype dtype) {
    std::vector<OutTensor> tensors{numbers("model.embed_tokens.weight", {6, 64}, dtype),
                                   numbers("model.norm.weight", {64}, dtype), numbers("lm_head.weight", {6, 64}, dtype)};
    const std::string at = "model.layers.0.";
    for (const auto& [name, shape] : {std::pair<std::string, Shape>{"self_attn.q_proj.weight", {64, 64}},
                                      {"self_attn.k_proj.weight", {32, 64}},
                                      {"self_attn.v_proj.weight", {32, 64}},
                                      {"self_attn.o_proj.weight", {64, 64}},
                                      {"mlp.gate_proj.weight", {96, 64}},
                                      {"mlp.up_proj.weight", {96, 64}},
                                      {"mlp.down_proj.weight", {64, 96}},
                                      {"input_layernorm.weight", {64}},
                                      {"post_attention_layernorm.weight", {64}}})
        tensors.push_back(numbers(at + name, shape, dtype));
    return tensors;
}

std::size_t index_of(const Reader& reader, std::string_view name) {
    const auto found = std::ranges::find(reader.tensors(), name, &TensorInfo::name);
    EXPECT_NE(found, reader.tensors().end()) << name;
    return static_cast<std::size_t>(found - reader.tensors().begin());
}

TEST(Convert, MatricesBecomeBlocksWithinHalfAStep) {
    for (const Dtype dtype : {Dtype::kF32, Dtype::kBF16}) {
        Model model;
        model.write(llama_tensors(dtype), std::string(kLlamaConfig) + "}");
        ConvertOptions options = to(Target::kGguf);
        options.plan.dtype = FloatType::kQ8;
        const auto done = convert_checkpoint(model.folder.path(), model.there.path(), options);
        ASSERT_TRUE(done.has_value()) << describe(done.error());
        const auto reader = open_checkpoint(model.there.path()).value();
        EXPECT_EQ(reader->metadata().at("general.file_type"), "7");
        EXPECT_EQ(reader->metadata().at("general.quantization_version"), "2");
        const auto down = index_of(*reader, "blk.0.ffn_down.weight");
        EXPECT_EQ(reader->tensors()[down].stored_as, "Q8_0");
        EXPECT_EQ(reader->tensors()[index_of(*reader, "output_norm.weight")].dtype, Dtype::kF32);
        std::vector<float> expected(64 * 96), got(expected.size());
        const auto source = open_checkpoint(model.folder.path()).value();
        const Bytes octets = octets_of(*source, index_of(*source, "model.layers.0.mlp.down_proj.weight"));
        ASSERT_TRUE(cast(octets, dtype, ByteSpan(reinterpret_cast<Byte*>(expected.data()), expected.size() * 4), Dtype::kF32)
                        .has_value());
        ASSERT_TRUE(dequantize_q8_0(octets_of(*reader, down), got).has_value());
        double largest = 0, apart = 0;
        for (std::size_t i = 0; i < got.size(); ++i) {
            largest = std::max(largest, std::abs(double{expected[i]}));
            apart = std::max(apart, std::abs(double{expected[i]} - double{got[i]}));
        }
        EXPECT_LE(apart, largest / 127 * 0.6);
        EXPECT_GE(done.value().round_trip_max_abs, apart);
    }
}

TEST(Convert, RotaryPositionsAreScaledAsTheConfigurationSays) {
    const auto written = [](std::string_view scaling) {
        Model model;
        model.write(llama_tensors(Dtype::kF32),
                    std::string(kLlamaConfig) + R"(,"rope_theta":500000.0,"rope_scaling":)" + std::string(scaling) + "}");
        const auto done = convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kGguf));
        EXPECT_TRUE(done.has_value()) << describe(done.error());
        return open_checkpoint(model.there.path()).value();
    };
    const auto linear = written(R"({"type":"linear","factor":2.0})");
    EXPECT_EQ(linear->metadata().at("llama.rope.freq_base"), "500000");
    EXPECT_EQ(linear->metadata().at("llama.rope.scaling.type"), "\"linear\"");
    EXPECT_EQ(linear->metadata().at("llama.rope.scaling.factor"), "2");
    // Of transformers 4.46's _compute_llama3_parameters: what the plain frequencies are divided by.
    const auto stretched = written(R"({"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,
                                       "original_max_position_embeddings":8192})");
    EXPECT_FALSE(stretched->metadata().contains("llama.rope.scaling.type"));
    std::vector<float> factors(8);
    const Bytes octets = octets_of(*stretched, index_of(*stretched, "rope_freqs.weight"));
    ASSERT_EQ(octets.size(), 32u);
    std::memcpy(factors.data(), octets.data(), octets.size());
    const float expected[] = {1, 1, 1, 1, 2.69453f, 8, 8, 8};
    for (std::size_t i = 0; i < factors.size(); ++i) EXPECT_NEAR(factors[i], expected[i], 1e-5 * expected[i]) << i;
    Model model;
    model.write(llama_tensors(Dtype::kF32),
                std::string(kLlamaConfig) + R"(,"rope_parameters":{"rope_type":"dynamic","factor":2}})");
    EXPECT_EQ(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kGguf)).error().message,
              "config.json scales its rotary positions by \"dynamic\"; linear, yarn and llama3 are known for GGUF.");
}

std::vector<OutTensor> gpt2_tensors() {
    std::vector<OutTensor> tensors{numbers("transformer.wte.weight", {6, 4}), numbers("transformer.wpe.weight", {8, 4}),
                                   numbers("transformer.ln_f.weight", {4}), numbers("transformer.ln_f.bias", {4})};
    const std::string at = "transformer.h.0.";
    for (const auto& [name, shape] : {std::pair<std::string, Shape>{"attn.c_attn", {4, 12}},
                                      {"attn.c_proj", {4, 4}},
                                      {"mlp.c_fc", {4, 16}},
                                      {"mlp.c_proj", {16, 4}},
                                      {"ln_1", {4}},
                                      {"ln_2", {4}}}) {
        tensors.push_back(numbers(at + name + ".weight", shape));
        tensors.push_back(numbers(at + name + ".bias", {shape.back()}));
    }
    return tensors;
}

std::string config_of_type(std::string_view type, std::string_view class_name) {
    std::string config = std::string(kLlamaConfig) + "}";
    config.replace(config.find("llama"), 5, type);
    config.replace(config.find("LlamaForCausalLM"), 16, class_name);
    return config;
}

TEST(Convert, GgufThereAndBackGivesTheSameOctets) {
    auto biased = llama_tensors(Dtype::kF32);
    biased.push_back(numbers("model.layers.0.self_attn.q_proj.bias", {64}));
    biased.push_back(numbers("model.layers.0.self_attn.k_proj.bias", {32}));
    auto normed = llama_tensors(Dtype::kF32);
    normed.push_back(numbers("model.layers.0.self_attn.q_norm.weight", {16}));
    const std::tuple<std::string, std::string, std::vector<OutTensor>> cases[] = {
        {"llama", config_of_type("llama", "LlamaForCausalLM"), biased},
        {"llama", config_of_type("mistral", "MistralForCausalLM"), llama_tensors(Dtype::kF32)},
        {"qwen2", config_of_type("qwen2", "Qwen2ForCausalLM"), biased},
        {"qwen3", config_of_type("qwen3", "Qwen3ForCausalLM"), normed},
        {"gpt2",
         R"({"model_type":"gpt2","architectures":["GPT2LMHeadModel"],"n_embd":4,"n_layer":1,"n_head":2,"n_positions":8,"vocab_size":6})",
         gpt2_tensors()},
    };
    for (const auto& [type, config, tensors] : cases) {
        SCOPED_TRACE(type);
        Model model;
        model.write(tensors, config);
        ASSERT_TRUE(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kGguf)).has_value());
        for (const bool with_config : {true, false}) {
            if (!with_config) std::filesystem::remove(model.there.path() / "config.json");
            Model other;
            const auto back = convert_checkpoint(model.there.path() / "model.gguf", other.back.path(), to(Target::kSafetensors));
            ASSERT_TRUE(back.has_value()) << describe(back.error());
            EXPECT_EQ(told_by(other.back.path()), told_by(model.folder.path()));
            EXPECT_EQ(back.value().round_trip_max_abs, 0);
            EXPECT_EQ(load_model_config(other.back.path()).value().model_type,
                      with_config ? load_model_config(model.folder.path()).value().model_type : type);
        }
    }
}

TEST(Convert, AGgufFileWithoutConfigurationTellsItsOwn) {
    Model model;
    model.write(llama_tensors(Dtype::kF32), std::string(kLlamaConfig) + R"(,"rope_theta":500000.0,"eos_token_id":[2,3],
        "rope_scaling":{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":4}})");
    put_file(model.folder.path() / "tokenizer.json",
             R"({"pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"a":0,"b":5},"merges":[]}})");
    ASSERT_TRUE(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kGguf)).has_value());
    std::filesystem::remove(model.there.path() / "config.json");
    const auto done = convert_checkpoint(model.there.path(), model.back.path(), to(Target::kTorch));
    ASSERT_TRUE(done.has_value()) << describe(done.error());
    EXPECT_EQ(done.value().files, (std::vector<std::string>{"pytorch_model.bin", "config.json"}));
    EXPECT_EQ(done.value().plan.notes.size(), 2u);
    EXPECT_EQ(boost::json::parse(read_small_file(model.back.path() / "config.json").value()), boost::json::parse(R"({
        "architectures":["LlamaForCausalLM"],"model_type":"llama","num_hidden_layers":1,"max_position_embeddings":16,"hidden_size":64,
        "intermediate_size":96,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,"rms_norm_eps":1e-05,
        "rope_theta":5e+05,"hidden_act":"silu","attention_bias":false,"mlp_bias":false,
        "rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":4},
        "vocab_size":6,"tie_word_embeddings":false,"eos_token_id":2})"));
}

TEST(Convert, BlocksOfGgufBecomeTheNumbersThatTheyStandFor) {
    Model model;
    model.write(llama_tensors(Dtype::kF32), std::string(kLlamaConfig) + "}");
    ConvertOptions options = to(Target::kGguf);
    options.plan.dtype = FloatType::kQ8;
    ASSERT_TRUE(convert_checkpoint(model.folder.path(), model.there.path(), options).has_value());
    const auto blocks = open_checkpoint(model.there.path()).value();
    for (const auto& [type, dtype] : {std::pair{FloatType::kKeep, Dtype::kF32}, {FloatType::kF16, Dtype::kF16}}) {
        Model other;
        options = to(Target::kSafetensors);
        options.plan.dtype = type;
        const auto done = convert_checkpoint(model.there.path(), other.back.path(), options);
        ASSERT_TRUE(done.has_value()) << describe(done.error());
        EXPECT_EQ(done.value().plan.dtype_changes().at("Q8_0->" + std::string(name_of(dtype))), 9u);
        const auto back = open_checkpoint(other.back.path()).value();
        std::vector<float> numbers(64 * 96);
        ASSERT_TRUE(dequantize_q8_0(octets_of(*blocks, index_of(*blocks, "blk.0.ffn_down.weight")), numbers).has_value());
        Bytes expected(numbers.size() * bits_of(dtype) / 8);
        ASSERT_TRUE(
            cast(ByteView(reinterpret_cast<const Byte*>(numbers.data()), numbers.size() * 4), Dtype::kF32, expected, dtype)
                .has_value());
        const auto down = index_of(*back, "model.layers.0.mlp.down_proj.weight");
        EXPECT_EQ(back->tensors()[down].dtype, dtype);
        EXPECT_EQ(octets_of(*back, down), expected);
    }
}

TEST(Convert, WhatAGgufFileCannotBecomeIsRefusedWithTheReason) {
    const auto folder = TemporaryFolder::create().value();
    const auto there = TemporaryFolder::create().value();
    const auto refused = [&](std::vector<OutTensor> tensors, std::vector<GgufPair> pairs, std::string_view config,
                             Target target) {
        EXPECT_TRUE(write_gguf_checkpoint(folder.path(), tensors, pairs).has_value());
        put_file(folder.path() / "config.json", config);
        const auto done = convert_checkpoint(folder.path(), there.path(), to(target));
        EXPECT_TRUE(files_in(there.path()).empty());
        return done.has_value() ? "accepted" : done.error().message;
    };
    const std::vector<GgufPair> llama{{"general.architecture", std::string("llama")}};
    OutTensor blocks = tensor_of("blk.0.ffn_up.weight", Dtype::kBlocks, {3, 256}, Bytes(3 * 144));
    blocks.info.stored_as = "Q4_K";
    EXPECT_EQ(
        refused({blocks}, llama, R"({"model_type":"llama"})", Target::kSafetensors),
        "The tensor blk.0.ffn_up.weight is quantised as Q4_K, and only Q8_0 is turned into floating numbers. Make it F16 or "
        "F32 with the tools of llama.cpp.");
    const std::vector<OutTensor> norm{numbers("output_norm.weight", {4})};
    EXPECT_EQ(refused(norm, llama, R"({"model_type":"llama"})", Target::kFlax),
              "GGUF is converted to safetensors or pt. From there it is one more step to Flax.");
    EXPECT_EQ(refused(norm, llama, R"({"model_type":"llama"})", Target::kGguf),
              "This is a GGUF file already, and its tokens would be lost on the way. llama-quantize changes its types.");
    EXPECT_EQ(refused(norm, llama, R"({"model_type":"qwen2"})", Target::kTorch),
              "This GGUF file is of the architecture \"llama\", and config.json beside it of a \"qwen2\" model.");
    EXPECT_EQ(refused(norm, {{"general.architecture", std::string("rwkv6")}}, "{}", Target::kTorch),
              "The architecture \"rwkv6\" of this GGUF file is not known; gpt2, llama, qwen2 and qwen3 are.");
    EXPECT_EQ(refused(norm, llama, "{}", Target::kTorch),
              "This GGUF file has no key llama.block_count, so its model cannot be told.");
    EXPECT_EQ(refused(norm, {llama[0], {"split.count", std::uint16_t{3}}}, R"({"model_type":"llama"})", Target::kTorch),
              "This GGUF file is one of 3, and only whole ones are converted. Join them with llama-gguf-split.");
    EXPECT_EQ(refused({numbers("rope_freqs.weight", {2})}, llama, R"({"model_type":"llama"})", Target::kTorch),
              "This model scales its rotary positions by factors, and config.json beside it says nothing of them.");
    EXPECT_EQ(refused({numbers("strange.weight", {2})}, llama, R"({"model_type":"llama"})", Target::kTorch),
              "PyTorch has no place for 1 tensors of this checkpoint: strange.weight. Convert them by general rules "
              "(--general-rules) to keep them under guessed names.");
}

std::string npy(const OutTensor& tensor) {
    std::string shape;
    for (const std::uint64_t axis : tensor.info.shape) shape += std::to_string(axis) + ", ";
    const std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    std::string text = std::string("\x93NUMPY\x01", 7) + '\0';
    text += static_cast<char>(head.size());
    return text + '\0' + head + std::string(as_text(octets_of(tensor)));
}

/// They were read by `mirfa diff` only: each conversion was refused, because an archive of arrays names no framework.
TEST(Convert, ArchivesOfNumpyAreConvertedByTheSpellingOfTheirNames) {
    Model model;
    model.write(bert_tensors(), kBertConfig);
    for (const Target target : {Target::kSafetensors, Target::kTensorFlow, Target::kFlax}) {
        Model other;
        ASSERT_TRUE(convert_checkpoint(model.folder.path(), other.there.path(), to(target)).has_value());
        const auto reader = open_checkpoint(other.there.path()).value();
        std::vector<testing::HandMember> arrays;
        for (std::size_t i = 0; i < reader->tensors().size(); ++i) {
            const TensorInfo& info = reader->tensors()[i];
            arrays.push_back({info.name + ".npy", npy(tensor_of(info.name, info.dtype, info.shape, octets_of(*reader, i)))});
        }
        put_file(other.folder.path() / "m.npz", as_text(testing::hand_zip(arrays)));
        put_file(other.folder.path() / "config.json", kBertConfig);
        const auto back = convert_checkpoint(other.folder.path() / "m.npz", other.back.path(), to(Target::kSafetensors));
        ASSERT_TRUE(back.has_value()) << describe(back.error());
        EXPECT_EQ(back.value().source_format, "npz");
        EXPECT_EQ(told_by(other.back.path()), told_by(model.folder.path())) << name_of(target);
    }
}

TEST(Convert, AFolderWithoutConfigurationChangesItsFormatOnly) {
    Model model;
    ASSERT_TRUE(write_checkpoint(Format::kSafetensors, model.folder.path(), bert_tensors(), {}).has_value());
    EXPECT_EQ(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kFlax)).error().code, Code::kUnsupported);
    EXPECT_TRUE(convert_checkpoint(model.folder.path(), model.there.path(), to(Target::kSafetensors)).has_value());
    EXPECT_EQ(plan_conversion(model.folder.path() / "nothing", to(Target::kFlax)).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mirfa::checkpoint
