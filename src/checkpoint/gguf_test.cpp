// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/little_endian.h"
#include "checkpoint/copy.h"
#include "checkpoint/q8_0.h"
#include "checkpoint/testing/made.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {
namespace {

using namespace testing;
using Texts = std::map<std::string, std::string>;

constexpr std::string_view kQ8 =
    "602d8185898d9195999da1a5a9adb1b5b9bdc0c4c8ccd0d4d8dce0e4e8ecf0f4f8fc"
    "352d0004080c1014191d2125292d3135393d42464a4e52565a5e62666b6f73777b7f";

std::vector<float> thirds() {
    std::vector<float> numbers;
    for (int i = -32; i < 32; ++i) numbers.push_back(static_cast<float>(i) / 3);
    return numbers;
}

TEST(Gguf, AFileOfTheLibraryIsRead) {
    const auto reader = open_checkpoint(testdata("small.gguf")).value();
    EXPECT_EQ(reader->format(), Format::kGguf);
    EXPECT_EQ(told(*reader), (Texts{{"f32", "F32 [2, 3] 000000000000803f0000004000004040000080400000a040"},
                                    {"f16", "F16 [2] 003c00c0"},
                                    {"i8", "I8 [1] ff"},
                                    {"q8", "BLOCKS [2, 32] " + std::string(kQ8)}}));
    EXPECT_EQ(reader->tensors()[3].stored_as, "Q8_0");
    EXPECT_EQ(reader->metadata(), (Texts{{"general.architecture", "\"llama\""},
                                         {"llama.context_length", "4096"},
                                         {"t.bool", "true"},
                                         {"t.f32", "0.1"},
                                         {"t.f64", "0.1"},
                                         {"t.i16", "-2"},
                                         {"t.i32", "-3"},
                                         {"t.i64", "-9223372036854775808"},
                                         {"t.i8", "-1"},
                                         {"t.scores", "[0.5,-1]"},
                                         {"t.text", "\"a \\\"quoted\\\" word\""},
                                         {"t.tokens", "[\"<s>\",\"</s>\"]"},
                                         {"t.u16", "60000"},
                                         {"t.u64", "18446744073709551615"},
                                         {"t.u8", "200"}}));
}

TEST(Gguf, TheSameKeysAndTensorsGiveTheLibrarysOctets) {
    const auto reader = open_checkpoint(testdata("small.gguf")).value();
    const std::vector<GgufPair> pairs = {{"general.architecture", "llama"},
                                         {"t.u8", std::uint8_t{200}},
                                         {"t.i8", std::int8_t{-1}},
                                         {"t.u16", std::uint16_t{60000}},
                                         {"t.i16", std::int16_t{-2}},
                                         {"llama.context_length", std::uint32_t{4096}},
                                         {"t.i32", std::int32_t{-3}},
                                         {"t.u64", ~std::uint64_t{0}},
                                         {"t.i64", std::numeric_limits<std::int64_t>::min()},
                                         {"t.f32", 0.1f},
                                         {"t.f64", 0.1},
                                         {"t.bool", true},
                                         {"t.text", std::string("a \"quoted\" word")},
                                         {"t.tokens", std::vector<std::string>{"<s>", "</s>"}},
                                         {"t.scores", std::vector<float>{0.5f, -1.0f}}};
    const auto folder = TemporaryFolder::create().value();
    const auto written = write_gguf_checkpoint(folder.path(), same_tensors(*reader), pairs).value();
    EXPECT_EQ(written.files, std::vector<std::string>{"model.gguf"});
    EXPECT_EQ(to_hex(file_bytes(folder.path() / "model.gguf")), to_hex(file_bytes(testdata("small.gguf"))));
}

TEST(Gguf, EveryTypeAndBlocksComeBack) {
    std::vector<OutTensor> tensors;
    for (const Dtype dtype :
         {Dtype::kI8, Dtype::kI16, Dtype::kF16, Dtype::kBF16, Dtype::kI32, Dtype::kF32, Dtype::kF64, Dtype::kI64}) {
        tensors.push_back(made_tensor(fmt::format("a.{}", name_of(dtype)), dtype, {2, 3, 1, 5}));
        tensors.push_back(made_tensor(fmt::format("e.{}", name_of(dtype)), dtype, {0, 2}));
    }
    tensors.push_back(tensor_of("q4", Dtype::kBlocks, {3, 256}, Bytes(3 * 144, 7)));
    tensors.back().info.stored_as = "Q4_K";
    const auto expected = told(tensors);
    tensors.push_back(tied_to(tensors[0], "tied"));
    const auto folder = TemporaryFolder::create().value();
    WriteOptions options;
    options.metadata = {{"general.name", "x"}};
    options.shard_bytes = 1;  // GGUF stays one file
    EXPECT_EQ(write_checkpoint(Format::kGguf, folder.path(), tensors, options).value().files.size(), 1u);
    const auto reader = open_checkpoint(folder.path()).value();
    EXPECT_EQ(told(*reader), expected);
    EXPECT_EQ(reader->metadata(), (Texts{{"general.name", "\"x\""}}));
}

TEST(Gguf, WhatGgmlCannotHoldIsRefused) {
    const auto folder = TemporaryFolder::create().value();
    const auto message = [&](OutTensor tensor) {
        return write_checkpoint(Format::kGguf, folder.path(), std::span(&tensor, 1)).error().message;
    };
    const std::string cannot = "GGUF cannot hold the tensor ";
    EXPECT_EQ(message(made_tensor("a", Dtype::kU8, {1})), cannot + "\"a\": it has no type U8.");
    EXPECT_EQ(message(made_tensor("a", Dtype::kF32, {1, 1, 1, 1, 1})), cannot + "\"a\": it has more than 4 axes.");
    const std::string long_name(64, 'n');
    EXPECT_EQ(message(made_tensor(long_name, Dtype::kF32, {1})),
              cannot + "\"" + long_name + "\": its name is longer than 63 octets.");
    auto blocks = tensor_of("q", Dtype::kBlocks, {2, 48}, Bytes(34 * 3));
    blocks.info.stored_as = "Q8_0";
    EXPECT_EQ(message(blocks), cannot + "\"q\": its rows have 48 elements, and Q8_0 packs 32 together.");
    blocks.info.shape = {2, 32};
    EXPECT_EQ(message(blocks), cannot + "\"q\": as Q8_0 it does not take 102 octets.");
    const GgufPair twice[] = {{"a", 1.0f}, {"a", 2.0f}};
    EXPECT_EQ(write_gguf_checkpoint(folder.path(), {}, twice).error().message,
              "The key \"a\" of GGUF is empty, there twice or not to be chosen.");
    EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{});
}

/// Builds heads by hand.
struct Made {
    Bytes octets;
    Made(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3) {
        append(octets, as_bytes("GGUF"));
        append_le(octets, version);
        append_le(octets, tensors);
        append_le(octets, pairs);
    }
    Made& text(std::string_view value) {
        append_le(octets, std::uint64_t{value.size()});
        append(octets, as_bytes(value));
        return *this;
    }
    template <class T>
    Made& number(T value) {
        append_le(octets, value);
        return *this;
    }
    Made& tensor(std::string_view name, std::vector<std::uint64_t> axes, std::uint32_t type, std::uint64_t offset) {
        text(name).number(static_cast<std::uint32_t>(axes.size()));
        for (const auto axis : axes) number(axis);
        return number(type).number(offset);
    }
    Made& data(std::size_t count) {
        octets.resize((octets.size() + 31) / 32 * 32 + count);
        return *this;
    }
};

std::string message_of(const Made& made) {
    const auto reader = read_gguf(memory_source(made.octets));
    return reader.has_value() ? "accepted" : reader.error().message;
}

TEST(Gguf, BrokenFilesAreRefusedWithThePlace) {
    EXPECT_EQ(message_of(Made(1, 0).tensor("a", {4}, 0, 0).data(16)), "accepted");
    EXPECT_EQ(message_of(Made(1, 0, 2).tensor("a", {4}, 0, 0).data(16)), "accepted");
    EXPECT_EQ(message_of(Made(1, 1).text("general.alignment").number(4u).number(8u).tensor("a", {1}, 0, 8).data(40)), "accepted");
    const Made empty = Made(1, 0).tensor("a", {0}, 0, 1u << 20);
    EXPECT_EQ(told(*read_gguf(memory_source(empty.octets)).value()), (Texts{{"a", "F32 [0] "}}));
    const std::string broken = "This GGUF file is broken: ";
    Made nested(0, 1);
    nested.text("k").number(9u);
    for (int i = 0; i < 4; ++i) nested.number(9u).number(std::uint64_t{1});
    nested.number(0u).number(std::uint64_t{1}).number(std::uint8_t{1});
    const std::pair<Made, std::string> cases[] = {
        {Made(kMaxTensors + 1, 0), "it claims 1000001 tensors, and 1000000 is the most (at octet 24)."},
        {Made(0, 100'001), "it claims 100001 keys, and 100000 is the most (at octet 24)."},
        {Made(0, 1), "8 octets should follow, and it ends after 0 (at octet 24)."},
        {Made(0, 1).number(~std::uint64_t{0}), "a text has 18446744073709551615 octets, and 65535 is the most (at octet 32)."},
        {Made(0, 1).number(std::uint64_t{9}), "9 octets should follow, and it ends after 0 (at octet 32)."},
        {Made(0, 1).text("k").number(13u), "a value has the unknown type 13 (at octet 37)."},
        {Made(0, 1).text("k").number(9u).number(0u).number(~std::uint64_t{0}),
         "a list claims 18446744073709551615 values, and the file ends after 0 octets (at octet 49)."},
        {nested, "a list is nested more than 4 deep (at octet 85)."},
        {Made(0, 2).text("k").number(7u).number(std::uint8_t{1}).text("k").number(7u).number(std::uint8_t{1}),
         "the key \"k\" is there twice (at octet 52)."},
        {Made(0, 1).text("general.alignment").number(4u).number(3u), "tensors cannot be aligned to 3 (at octet 57)."},
        {Made(0, 1).text("general.alignment").number(8u).text("32"), "tensors cannot be aligned to \"32\" (at octet 63)."},
        {Made(1, 0).text("a").number(9u), "the tensor \"a\" claims 9 axes, and 8 is the most."},
        {Made(1, 0).tensor("a", {~std::uint64_t{0}, 2}, 0, 0), "the tensor \"a\" is larger than any file."},
        {Made(1, 0).tensor("a", {std::uint64_t{1} << 62}, 0, 0), "the tensor \"a\" is larger than any file."},
        {Made(1, 0).tensor("a", {33}, 8, 0), "the tensor \"a\" has rows of 33 elements, and Q8_0 packs 32 together."},
        {Made(1, 0).tensor("a", {4}, 0, 4).data(32), "the tensor \"a\" lies at 4, which 32 does not divide."},
        {Made(1, 0).tensor("a", {4}, 0, 0).data(15), "the tensor \"a\" takes 16 octets at 0, and the file ends before."},
        {Made(1, 0).tensor("a", {4}, 0, ~std::uint64_t{31}).data(15),
         "the tensor \"a\" takes 16 octets at 18446744073709551584, and the file ends before."},
        {Made(2, 0).tensor("a", {9}, 0, 0).tensor("b", {1}, 0, 32).data(64), "the tensor \"b\" overlaps \"a\"."},
        {Made(2, 0).tensor("a", {1}, 0, 0).tensor("a", {1}, 0, 32).data(64), "*This GGUF file has two tensors named \"a\"."},
        {Made(1, 0).tensor("a", {1}, 4, 0), "*The tensor \"a\" of this GGUF file is of type 4, which is retired or not known."},
        {Made(0, 0, 1), "*This GGUF file is of version 1; 2 and 3 are read."},
        {Made(0, 0, 0x03000000), "*This GGUF file is big-endian, which is not read. Convert it with the tools of llama.cpp."},
    };
    for (const auto& [made, expected] : cases)
        EXPECT_EQ(message_of(made), expected.starts_with('*') ? expected.substr(1) : broken + expected);
}

TEST(Q8, BlocksAreTheLibrarysOctets) {
    Bytes blocks(2 * kQ8Bytes);
    ASSERT_TRUE(quantize_q8_0(thirds(), blocks).has_value());
    EXPECT_EQ(to_hex(blocks), kQ8);
    std::vector<float> back(64);
    ASSERT_TRUE(dequantize_q8_0(blocks, back).has_value());
    for (std::size_t i = 0; i < back.size(); ++i) EXPECT_NEAR(back[i], thirds()[i], 32 / 3.0 / 127 * 0.51) << i;
}

TEST(Q8, TinyAndLargeScalesAreKept) {
    std::vector<float> numbers(64, 0.5f);
    std::fill_n(numbers.begin(), 16, 3e-8f);
    std::fill_n(numbers.begin() + 16, 8, -6e-6f);
    std::fill_n(numbers.begin() + 24, 8, 0.0f);
    numbers[32] = 100000.5f;
    Bytes blocks(2 * kQ8Bytes);
    ASSERT_TRUE(quantize_q8_0(numbers, blocks).has_value());
    EXPECT_EQ(to_hex(blocks),
              "0100010101010101010101010101010101018181818181818181000000000000000027627f0000000000000000000000000000000000000000"
              "0000000000000000000000");
    numbers.assign(32, 0.0f);
    ASSERT_TRUE(quantize_q8_0(std::span(numbers).first(32), ByteSpan(blocks).first(kQ8Bytes)).has_value());
    EXPECT_EQ(Bytes(blocks.begin(), blocks.begin() + kQ8Bytes), Bytes(kQ8Bytes, 0));
}

TEST(Q8, WhatItCannotHoldIsRefused) {
    std::vector<float> numbers(32, 1.0f);
    Bytes blocks(kQ8Bytes);
    EXPECT_FALSE(quantize_q8_0(std::span(numbers).first(31), blocks).has_value());
    EXPECT_FALSE(quantize_q8_0(numbers, ByteSpan(blocks).first(33)).has_value());
    EXPECT_FALSE(dequantize_q8_0(ByteView(blocks).first(33), numbers).has_value());
    for (const float bad : {std::numeric_limits<float>::infinity(), std::nanf(""), 8.4e6f}) {
        numbers[7] = bad;
        EXPECT_FALSE(quantize_q8_0(numbers, blocks).has_value()) << bad;
    }
}

TEST(Half, EveryHalfComesBackAndTheNearestIsTaken) {
    for (std::uint32_t half = 0; half < 0x10000; ++half) {
        const float number = float_of_half(static_cast<std::uint16_t>(half));
        const std::uint16_t back = half_of(number);
        if (std::isnan(number))
            EXPECT_EQ(back, half | 0x200);  // quiet
        else
            EXPECT_EQ(back, half);
        const float next = float_of_half(static_cast<std::uint16_t>(half + 1));
        if ((half & 0x7fff) >= 0x7bff) continue;
        const float middle = (number + next) / 2;
        EXPECT_EQ(half_of(middle), half + (half & 1)) << half;  // ties to even
        EXPECT_EQ(half_of(std::nextafterf(middle, number)), half) << half;
        EXPECT_EQ(half_of(std::nextafterf(middle, next)), half + 1) << half;
    }
    EXPECT_EQ(half_of(65519.0f), 0x7bff);
    EXPECT_EQ(half_of(65520.0f), 0x7c00);
    EXPECT_EQ(half_of(-1e30f), 0xfc00);
}

}  // namespace
}  // namespace mirfa::checkpoint
