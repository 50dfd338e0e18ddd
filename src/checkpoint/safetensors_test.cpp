// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/safetensors.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/little_endian.h"
#include "checkpoint/copy.h"
#include "checkpoint/testing/made.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {
namespace {

using namespace testing;

std::string file_of(std::string head, std::size_t data_bytes) {
    Bytes length;
    append_le(length, std::uint64_t{head.size()});
    return std::string(as_text(length)) + head + std::string(data_bytes, '\1');
}

std::string message_of(std::string_view file) {
    const auto reader = read_safetensors(memory_source(as_bytes(file)));
    if (reader.has_value()) return "accepted";
    EXPECT_EQ(reader.error().code, Code::kInvalidArgument);
    return reader.error().message;
}

TEST(Safetensors, TheCanonicalFormIsExact) {
    const auto folder = TemporaryFolder::create().value();
    const std::vector<OutTensor> tensors = {
        tensor_of("w", Dtype::kF32, {2, 3}, from_hex("000000000000803f0000004000004040000080400000a040").value()),
        tensor_of("b", Dtype::kI64, {2}, from_hex("01000000000000000200000000000000").value()),
        tensor_of("h", Dtype::kBF16, {1}, from_hex("803f").value())};
    const auto written = write_checkpoint(Format::kSafetensors, folder.path(), tensors).value();
    EXPECT_EQ(written.files, std::vector<std::string>{"model.safetensors"});
    EXPECT_EQ(written.tensor_bytes, 42u);
    const Bytes file = file_bytes(folder.path() / "model.safetensors");
    EXPECT_EQ(file.size(), 250u);
    EXPECT_EQ(sha256_of(ByteView(file)).hex(), "4b1b00dc8c5fa45b8cdfcf1276edf148c67430f4c96e189ae482be67b29e9653");
    EXPECT_EQ(file, file_bytes(testdata("vector.safetensors")));  // written by the safetensors library

    const auto reader = open_checkpoint(folder.path()).value();
    EXPECT_EQ(reader->format(), Format::kSafetensors);
    EXPECT_EQ(told(*reader), told(tensors));
    EXPECT_EQ(reader->tensors()[0], (TensorInfo{"b", Dtype::kI64, {2}, 16, "I64"}));
    EXPECT_EQ(reader->metadata(), (std::map<std::string, std::string>{{"format", "pt"}}));
}

TEST(Safetensors, EveryTypeShapeAndTieComesBack) {
    std::vector<OutTensor> tensors;
    for (int i = 0; i < static_cast<int>(Dtype::kBlocks); ++i) {
        const auto dtype = static_cast<Dtype>(i);
        tensors.push_back(made_tensor(fmt::format("a.{}", name_of(dtype)), dtype, {2, 4}));
        tensors.push_back(made_tensor(fmt::format("empty.{}", name_of(dtype)), dtype, {0, 3}));
    }
    tensors.push_back(made_tensor("scalar \"quoted\" \xc3\xa9\n", Dtype::kF32, {}));
    tensors.push_back(tied_to(tensors[0], "lm_head.weight"));
    const auto folder = TemporaryFolder::create().value();
    WriteOptions options;
    options.metadata = {{"format", "tf"}, {"b", "2"}, {"a", "1"}};
    ASSERT_TRUE(write_checkpoint(Format::kSafetensors, folder.path(), tensors, options).has_value());
    const auto reader = open_checkpoint(folder.path()).value();
    EXPECT_EQ(told(*reader), told(tensors));
    options.metadata["lm_head.weight"] = tensors[0].info.name;
    EXPECT_EQ(reader->metadata(), options.metadata);

    const auto again = TemporaryFolder::create().value();
    ASSERT_TRUE(write_checkpoint(Format::kSafetensors, again.path(), same_tensors(*reader), options).has_value());
    EXPECT_TRUE(file_bytes(folder.path() / "model.safetensors") == file_bytes(again.path() / "model.safetensors"));
}

TEST(Safetensors, AFileOfTheLibraryIsRead) {
    const auto reader = open_checkpoint(testdata("small.safetensors")).value();
    EXPECT_EQ(told(*reader), (std::map<std::string, std::string>{
                                 {"bool", "BOOL [3] 010001"},
                                 {"c64", "C64 [1] 0000803f000000c0"},
                                 {"empty", "F16 [0, 4] "},
                                 {"f16", "F16 [2, 1] 003c00c0"},
                                 {"scalar", "I32 [] feffffff"},
                                 {"u8", "U8 [2, 2] 00017fff"},
                             }));
    EXPECT_EQ(reader->metadata(), (std::map<std::string, std::string>{{"format", "pt"}}));
}

TEST(Safetensors, BrokenFilesAreRefusedWithThePlace) {
    const std::string broken = "This safetensors file is broken: ";
    const std::string tensor = R"("dtype":"U8","shape":[4])";
    const std::pair<std::string, std::string> cases[] = {
        {"", "it has 0 octets, which is less than the length of a head."},
        {"1234567", "it has 7 octets, which is less than the length of a head."},
        {std::string("\x01\xe1\xf5\x05\0\0\0\0{}", 10),
         "its head claims 100000001 octets, more than the 100000000 that are read."},
        {std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10),
         "its head claims 18446744073709551615 octets, more than the 100000000 that are read."},
        {std::string("\x09\0\0\0\0\0\0\0{}", 10), "it ends in its head, which claims 9 octets."},
        {file_of("{\"\xff\":1}", 0), "its head is not UTF-8."},
        {file_of(" {}", 0), "its head does not begin with {."},
        {file_of("{\"a\":", 0), "its head is no JSON at octet 5: incomplete JSON."},
        {file_of("{}x", 0), "its head is no JSON at octet 2: extra data."},
        {file_of(R"({"a":1})", 0), "\"a\" is described by something else than an object."},
        {file_of(R"({"a":[]})", 0), "\"a\" is described by something else than an object."},
        {file_of(R"({"a":{"dtype":"U8","shape":[0]}})", 0),
         "the tensor \"a\" lacks its \"dtype\", its \"shape\" or its \"data_offsets\"."},
        {file_of(R"({"a":{"dtype":"U9","shape":[0],"data_offsets":[0,0]}})", 0),
         "the tensor \"a\" is of the unknown type \"U9\"."},
        {file_of(R"({"a":{"dtype":8,"shape":[0],"data_offsets":[0,0]}})", 0),
         "the tensor \"a\" has something else in its \"dtype\" than belongs there."},
        {file_of(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}})", 0),
         "the tensor \"a\" has something else in its \"shape\" than belongs there."},
        {file_of(R"({"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,0]}})", 0),
         "the tensor \"a\" has something else in its \"shape\" than belongs there."},
        {file_of(R"({"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,0]}})", 0),
         "the tensor \"a\" has something else in its \"shape\" than belongs there."},
        {file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", 1),
         "the tensor \"a\" has 1 data_offsets instead of 2."},
        {file_of(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1),
         "the tensor \"a\" has \"dtype\" twice."},
        {file_of("{\"a\":{" + tensor + ",\"data_offsets\":[0,4]},\"a\":{" + tensor + ",\"data_offsets\":[4,8]}}", 8),
         "*This safetensors file has two tensors named \"a\"."},
        {file_of("{\"\":{" + tensor + ",\"data_offsets\":[0,4]}}", 4), "*This safetensors file has a tensor without a name."},
        {file_of(R"({"__metadata__":{"a":1}})", 0), "its metadata \"a\" is no text."},
        {file_of(R"({"__metadata__":{"a":{}}})", 0), "its metadata \"a\" is no text."},
        {file_of(R"({"__metadata__":{"a":"","a":""}})", 0), "its metadata names \"a\" twice."},
        {file_of(R"({"__metadata__":{},"__metadata__":{}})", 0), "\"__metadata__\" is there twice."},
        {file_of("{\"a\":{" + tensor + ",\"data_offsets\":[1,5]}}", 5),
         "the tensor \"a\" lies at [1, 5) where 0 is expected: tensors follow each other without hole or overlap."},
        {file_of("{\"a\":{" + tensor + ",\"data_offsets\":[0,4]},\"b\":{" + tensor + ",\"data_offsets\":[3,7]}}", 7),
         "the tensor \"b\" lies at [3, 7) where 4 is expected: tensors follow each other without hole or overlap."},
        {file_of("{\"a\":{" + tensor + ",\"data_offsets\":[0,18446744073709551615]}}", 4),
         "the tensor \"a\" of shape [4] and type U8 takes 4 octets and lies at [0, 18446744073709551615)."},
        {file_of(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0),
         "the tensor \"a\": A tensor of shape [4294967296, 4294967296] is larger than any file.."},
        {file_of(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})", 2),
         "the tensor \"a\": A tensor of shape [3] and type F4 does not fill whole octets.."},
        {file_of("{\"a\":{" + tensor + ",\"data_offsets\":[0,4]}}", 3), "it ends in the tensor \"a\", 1 octets too early."},
        {file_of("{\"a\":{" + tensor + ",\"data_offsets\":[0,4]}}", 6), "2 octets behind its last tensor belong to none."},
        {file_of("{\"a\":{\"x\":" + std::string(40, '[') + std::string(40, ']') + "," + tensor + ",\"data_offsets\":[0,4]}}", 4),
         "its head is nested too deeply."},
        {file_of(
             "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1],\"shape\":[1" +
                 [] {
                     std::string s;
                     for (int i = 0; i < 64; ++i) s += ",1";
                     return s;
                 }() +
                 "]}}",
             1),
         "the tensor \"a\" has more than 64 axes."},
        {file_of("{\"" + std::string(4097, 'n') + "\":{" + tensor + ",\"data_offsets\":[0,4]}}", 4),
         "*This safetensors file has a tensor with a name of 4097 octets, \"" + std::string(60, 'n') + "…\"; 4096 are read."},
    };
    for (const auto& [file, expected] : cases)
        EXPECT_EQ(message_of(file), expected.starts_with('*') ? expected.substr(1) : broken + expected);
}

TEST(Safetensors, WhatNobodyKnowsInATensorIsPassedOver) {
    EXPECT_EQ(
        message_of(file_of(
            R"({"a":{"x":{"dtype":["q",{"shape":null}]},"dtype":"U8","y":[true],"shape":[4],"z":-1.5,"data_offsets":[0,4]}}  )",
            4)),
        "accepted");
    EXPECT_EQ(message_of(file_of("{}", 0)), "accepted");
}

}  // namespace
}  // namespace mirfa::checkpoint
