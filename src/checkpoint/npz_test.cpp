// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/npz.h"

#include <gtest/gtest.h>

#include <tuple>

#include "checkpoint/testing/hand.h"

namespace mirfa::checkpoint {
namespace {

using testing::owned;

using Row = std::tuple<std::string, Dtype, Shape, std::string>;

std::vector<Row> rows_of(const Reader& reader) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < reader.tensors().size(); ++i) {
        const auto stream = reader.open(i);
        const auto octets = stream.has_value() ? testing::all_of(*stream.value()) : Result<Bytes>(stream.error());
        const TensorInfo& info = reader.tensors()[i];
        rows.push_back({info.name, info.dtype, info.shape, octets.has_value() ? to_hex(octets.value()) : octets.error().message});
    }
    return rows;
}

const std::string kGrid = "000000000000803f0000004000004040000080400000a040";

TEST(Npz, ArraysOfRealNumpyAreReadStoredAndDeflated) {
    const std::vector<Row> expected = {
        {"params/Dense_0/kernel", Dtype::kF32, {2, 3}, kGrid},
        {"column_major", Dtype::kF32, {2, 3}, kGrid},
        {"big", Dtype::kI64, {2}, "0100000000000000feffffffffffffff"},
        {"big_complex", Dtype::kC64, {1}, "0000803f00000040"},
        {"bf16", Dtype::kBF16, {2}, "803f20c0"},
        {"half", Dtype::kF16, {1}, "0038"},
        {"truth", Dtype::kBool, {2}, "0100"},
        {"scalar", Dtype::kF64, {}, "0000000000000c40"},
        {"empty", Dtype::kI32, {0, 3}, ""},
    };
    for (const std::string name : {"numpy.npz", "numpy_deflated.npz"}) {
        const auto reader = open_npz(testing::fixture(name));
        ASSERT_TRUE(reader.has_value()) << reader.error().message;
        EXPECT_EQ(rows_of(*reader.value()), expected) << name;
        EXPECT_EQ(reader.value()->tensors()[2].stored_as, ">i8");
    }
}

std::string npy(std::string_view literal, std::string_view data, char version = 1) {
    std::string text = "\x93NUMPY";
    text += version;
    text += '\0';
    for (int shift = 0; shift < (version == 1 ? 16 : 32); shift += 8) text += static_cast<char>(literal.size() >> shift);
    return text + std::string(literal) + std::string(data);
}

std::string refusal(std::string_view literal, std::string_view data, char version = 1) {
    const auto reader = open_npz(owned(npy(literal, data, version)));
    return reader.has_value() ? "taken" : reader.error().message;
}

TEST(Npz, ASingleArrayOfEveryVersionIsRead) {
    const std::string literal = "{'descr': '<u2', 'fortran_order': True, 'shape': (2L, 2L), }   \n";
    for (const char version : {'\1', '\2', '\3'}) {
        const auto reader = open_npz(owned(npy(literal, "aabbccdd", version))).value();
        EXPECT_EQ(rows_of(*reader), (std::vector<Row>{{"array", Dtype::kU16, {2, 2}, "6161636362626464"}}));
    }
}

TEST(Npz, WhatIsNoArrayOfNumbersIsRefused) {
    const std::string rest = ", 'fortran_order': False, 'shape': (1,)}", again = ". Fetch the file again.";
    EXPECT_EQ(refusal("{'descr': '|O'" + rest, "x"),
              "The NumPy array holds Python objects, which are a pickle and are not run. Save it as an array of numbers.");
    EXPECT_EQ(refusal("{'descr': [('a', '<f4')]" + rest, "1234"),
              "The NumPy array is one of structures. Save its fields as arrays of their own.");
    EXPECT_EQ(refusal("{'descr': '<U3'" + rest, "x"),
              "The NumPy array is of type \"<U3\", which is none of tensors. Save it as an array of numbers.");
    EXPECT_EQ(refusal("{'descr': '<f4'" + rest, "123"),
              "The NumPy array is broken: of shape [1] and type <f4 it should have 4 octets and has 3" + again);
    EXPECT_EQ(refusal("{'descr': '<f4'" + rest, "12345"),
              "The NumPy array is broken: of shape [1] and type <f4 it should have 4 octets and has 5" + again);
    EXPECT_EQ(refusal("{'descr': '<f4'" + rest, "1234", 4), "The NumPy array is of version 4; 1 to 3 are known. Save it again.");
    const std::string no_dictionary = "The NumPy array is broken: its header is no dictionary of type, order and shape" + again;
    for (const std::string literal :
         {"", "{", "{}x", "{'descr'}", "{'descr': 1}", "{'other': 1}", "{'shape': (1 2)}", "{'shape': (-1,)}",
          "{'descr': '<f4', 'descr': '<f4'}", "{'descr': eval('x')}", "{'descr': '<f4\\x00'}"})
        EXPECT_EQ(refusal(literal, ""), no_dictionary) << literal;
    EXPECT_EQ(refusal("{}", ""), "The NumPy array is broken: its header does not tell type, order and shape" + again);
    EXPECT_EQ(refusal("{'shape': (9999999999999999999,)}", ""),
              "The NumPy array is broken: an axis is longer than any file" + again);
    std::string axes;
    for (int i = 0; i < 65; ++i) axes += "1,";
    EXPECT_EQ(refusal("{'shape': (" + axes + ")}", ""), "The NumPy array is broken: it has more than 64 axes" + again);
    EXPECT_EQ(refusal("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 999999999999)}", ""),
              "A tensor of shape [999999999999, 999999999999] is larger than any file.");
    EXPECT_EQ(open_npz(owned(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12))).error().message,
              "The header of the NumPy array has 4294967295 octets; at most 65536 are read.");
    EXPECT_EQ(open_npz(owned("\x93NUM")).error().message, "The NumPy array is broken: it ends in its header" + again);
    EXPECT_EQ(open_npz(owned("no array here")).error().message,
              "This is no array of NumPy. Save one with numpy.save or numpy.savez.");
}

TEST(Npz, ArchivesNameTheMemberThatIsWrong) {
    const std::string good = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", "x");
    EXPECT_TRUE(open_npz(owned(testing::hand_zip({{"a.npy", good}, {"b.npy", good, 8}}))).has_value());
    EXPECT_EQ(open_npz(owned(testing::hand_zip({{"a.npy", good}, {"b.npy", good + "x"}}))).error().message,
              "\"b.npy\": The NumPy array is broken: of shape [1] and type |u1 it should have 1 octets and has 2. Fetch the file "
              "again.");
    EXPECT_EQ(open_npz(owned(testing::hand_zip({{"notes.txt", "x"}}))).error().message,
              "\"notes.txt\": this member is no array. Take it out of the archive.");
    EXPECT_EQ(open_npz(owned(testing::hand_zip({}))).error().message, "The archive holds no arrays. Save some with numpy.savez.");
}

}  // namespace
}  // namespace mirfa::checkpoint
