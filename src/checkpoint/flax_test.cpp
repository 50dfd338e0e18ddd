// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/flax.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/little_endian.h"
#include "checkpoint/copy.h"
#include "checkpoint/testing/made.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {
namespace {

using namespace testing;

std::string message_of(const Bytes& file) {
    const auto reader = read_flax(memory_source(file));
    if (reader.has_value()) return "accepted";
    return reader.error().message;
}
std::string message_of(std::string_view hex) {
    std::string digits;
    for (const char c : hex)
        if (c != ' ') digits += c;
    return message_of(from_hex(digits).value());
}

TEST(Flax, TheVectorIsReadAndWrittenExactly) {
    const auto reader = open_checkpoint(testdata("vector.msgpack")).value();
    EXPECT_EQ(reader->format(), Format::kFlax);
    EXPECT_EQ(reader->tensors().front(), (TensorInfo{"params/k", Dtype::kF32, {2, 3}, 24, "float32"}));
    const auto folder = TemporaryFolder::create().value();
    ASSERT_TRUE(write_checkpoint(Format::kFlax, folder.path(), same_tensors(*reader)).has_value());
    const Bytes file = file_bytes(folder.path() / "flax_model.msgpack");
    EXPECT_EQ(file, file_bytes(testdata("vector.msgpack")));
    EXPECT_EQ(to_hex(ByteView(file).first(36)),
              "81a6706172616d7381a16bc7260193920203a7666c6f61743332c41800000000000080"
              "3f");
}

TEST(Flax, AFileOfMsgpackIsReadWithChunksScalarsAndNotes) {
    const auto reader = open_checkpoint(testdata("small.msgpack")).value();
    EXPECT_EQ(told(*reader),
              (std::map<std::string, std::string>{
                  {"params/big", "U32 [2, 5] 00000000010000000200000003000000040000000500000006000000070000000800000009000000"},
                  {"params/empty", "U8 [3, 0] "},
                  {"params/flags", "BOOL [2] 0100"},
                  {"params/half", "BF16 [1] 803f"},
                  {"params/layer/0/kernel", "I16 [2, 2] 0100020003000400"},
                  {"params/layer/1/b.ias", "I8 [1] ff"},
                  {"params/scalar", "F64 [] 000000000000f83f"},
                  {"rows/0", "U8 [1] 07"},
                  {"rows/1/x", "U8 [1] 08"},
              }));
    EXPECT_EQ(reader->metadata(),
              (std::map<std::string, std::string>{
                  {"complex", "[1,-2]"}, {"none", "null"}, {"note", "\"text\""}, {"rate", "0.5"}, {"step", "300"}}));
}

std::vector<OutTensor> some_tensors() {
    std::vector<OutTensor> tensors;
    for (const Dtype dtype :
         {Dtype::kBool,       Dtype::kU8,  Dtype::kI8,  Dtype::kF8E5M2, Dtype::kF8E4M3, Dtype::kF8E8M0, Dtype::kF8E4M3Fnuz,
          Dtype::kF8E5M2Fnuz, Dtype::kI16, Dtype::kU16, Dtype::kF16,    Dtype::kBF16,   Dtype::kI32,    Dtype::kU32,
          Dtype::kF32,        Dtype::kC64, Dtype::kF64, Dtype::kI64,    Dtype::kU64,    Dtype::kC128}) {
        tensors.push_back(made_tensor(fmt::format("params/a/{}", name_of(dtype)), dtype, {2, 3}));
        tensors.push_back(made_tensor(fmt::format("params/empty/{}", name_of(dtype)), dtype, {0, 70'000}));
        tensors.push_back(made_tensor(fmt::format("{}", name_of(dtype)), dtype, {}));
    }
    tensors.push_back(made_tensor("params/long", Dtype::kU8, {300, 1, 220}));
    return tensors;
}

TEST(Flax, EveryTypeComesBackAndTiedNamesAreLeftOut) {
    const auto folder = TemporaryFolder::create().value();
    auto tensors = some_tensors();
    const auto expected = told(tensors);
    tensors.push_back(tied_to(tensors[0], "tied"));
    ASSERT_TRUE(write_checkpoint(Format::kFlax, folder.path(), tensors).has_value());
    EXPECT_EQ(told(*open_checkpoint(folder.path()).value()), expected);

    WriteOptions options;
    options.shard_bytes = 100;
    const auto written = write_checkpoint(Format::kFlax, folder.path(), tensors, options).value();
    EXPECT_EQ(written.files.back(), "flax_model.msgpack.index.json");
    EXPECT_GT(written.files.size(), 3u);
    EXPECT_EQ(told(*open_checkpoint(folder.path()).value()), expected);
}

TEST(Flax, LargeArraysAreCutIntoChunks) {
    const auto folder = TemporaryFolder::create().value();
    const auto tensors = some_tensors();
    std::vector<const OutTensor*> row;
    for (const auto& tensor : tensors) row.push_back(&tensor);
    for (const std::uint64_t chunk_bytes : {3u, 8u, 1000u}) {
        const auto path = folder.path() / std::to_string(chunk_bytes);
        auto sink = FileSink::create(path).value();
        ASSERT_TRUE(write_flax_in_chunks(sink, row, chunk_bytes).has_value());
        ASSERT_TRUE(sink.finish().has_value());
        EXPECT_EQ(told(*open_checkpoint(path).value()), told(tensors)) << chunk_bytes;
    }
    const auto big = open_checkpoint(testdata("small.msgpack")).value();
    auto sink = FileSink::create(folder.path() / "again").value();
    std::vector<const OutTensor*> one;
    const auto all = same_tensors(*big);
    for (const auto& tensor : all)
        if (tensor.info.name == "params/big") one.push_back(&tensor);
    ASSERT_TRUE(write_flax_in_chunks(sink, one, 16).has_value());
    ASSERT_TRUE(sink.finish().has_value());
    // The same octets as the library's, which stand in the middle of that file.
    const auto library = read_small_file(testdata("small.msgpack")).value();
    const auto ours = read_small_file(folder.path() / "again").value();
    EXPECT_NE(library.find(ours.substr(ours.find("\xa3"
                                                 "big"))),
              std::string::npos);
}

TEST(Flax, NamesThatAreNoPathsAreRefused) {
    const auto folder = TemporaryFolder::create().value();
    const auto message = [&](std::vector<OutTensor> tensors) {
        return write_checkpoint(Format::kFlax, folder.path(), tensors).error().message;
    };
    const auto a = made_tensor("a/b", Dtype::kU8, {1});
    const std::string no_path = "is no path that a flax file can hold:";
    EXPECT_EQ(message({a, made_tensor("a/b/c", Dtype::kU8, {1})}),
              "\"a/b/c\" " + no_path + " a part of it is the name of a tensor too.");
    EXPECT_EQ(message({a, made_tensor("a", Dtype::kU8, {1})}),
              "\"a\" " + no_path + " others have it as the beginning of their path.");
    EXPECT_EQ(message({made_tensor("a//b", Dtype::kU8, {1})}), "\"a//b\" " + no_path + " one of its keys is empty.");
    EXPECT_EQ(message({made_tensor("a", Dtype::kF4, {2})}), "The tensor \"a\" is of the type F4, which flax files do not have.");
    std::string deep = "a";
    for (int i = 0; i < 61; ++i) deep += "/a";
    EXPECT_EQ(message({made_tensor(deep, Dtype::kU8, {1})}), "\"" + deep + "\" " + no_path + " it is nested too deeply.");
    EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{});
}

TEST(Flax, BrokenFilesAreRefusedWithThePlace) {
    const std::string broken = "This flax file is broken: ";
    const std::string u8 = "a5 75696e7438";
    const std::pair<std::string, std::string> cases[] = {
        {"", "1 octets should follow, and it ends after 0 (at octet 0)."},
        {"91 80", "it is no map of names to arrays (at octet 1)."},
        {"c1", "c1 begins no value (at octet 1)."},
        {"80 00", "1 octets follow its end (at octet 1)."},
        {"81", "1 octets should follow, and it ends after 0 (at octet 1)."},
        {"81 01 c0", "\"\" has a key that is no text (at octet 2)."},
        {"81 a2 61", "2 octets should follow, and it ends after 1 (at octet 2)."},
        {"81 db ffffffff", "a text has 4294967295 octets, and 4096 is the most (at octet 6)."},
        {"81 a1 ff c0", "\"\" has a key that is no UTF-8 (at octet 3)."},
        {"df ffffffff a161 c0", "1 octets should follow, and it ends after 0 (at octet 8)."},
        {"81 a161 c4 01 00", "\"a\" is plain octets, which are no array (at octet 5)."},
        {"81 a161 d4 05 00", "\"a\" is no array (at octet 5)."},
        {"81 a161 c7 ff 01 93", "\"a\" has 255 octets, and the file ends after 1 (at octet 6)."},
        {"81 a161 c7 02 01 92 00", "\"a\" is not made of a shape, a type and octets (at octet 7)."},
        {"81 a161 c7 0c 01 93 91 02 " + u8 + " c4 01 00", "\"a\" of shape [2] and type uint8 has 1 octets (at octet 18)."},
        {"81 a161 c7 0c 01 93 91 ff " + u8 + " c4 01 00", "\"a\" has an axis that is no length (at octet 9)."},
        {"81 a161 c7 0d 01 93 91 01 " + u8 + " c4 01 00 00", "\"a\" does not end where its length says (at octet 18)."},
        {"81 a161 c7 0c 01 93 91 01 " + u8 + " c4 09 00", "9 octets should follow, and it ends after 1 (at octet 17)."},
        {"81 a161 c7 0b 01 93 dd ffffffff a5", "\"a\" has 11 octets, and the file ends after 7 (at octet 6)."},
        {"81 a161 c7 07 01 93 dd ffffffff a5", "\"a\" has more than 64 axes (at octet 12)."},
        {"82 a161 c7 0c 01 93 91 01 " + u8 + " c4 01 00 a161 c7 0c 01 93 91 01 " + u8 + " c4 01 00",
         "*This flax file has two tensors named \"a\"."},
        {"81 a161 d4 02 90", "1 octets should follow, and it ends after 0 (at octet 6)."},
        {"81 a161 d6 02 92 00 00 c0", "\"a\" is no complex number, which its type says (at octet 8)."},
    };
    for (const auto& [hex, expected] : cases)
        EXPECT_EQ(message_of(std::string_view(hex)), expected.starts_with('*') ? expected.substr(1) : broken + expected) << hex;
    EXPECT_EQ(message_of("81 a161 c7 0c 01 93 91 01 a5 75696e7439 c4 01 00"),
              "\"a\" of this flax file is of the type \"uint9\", which cannot be read.");
    Bytes deep;
    for (int i = 0; i < 70; ++i) append(deep, Bytes{0x81, 0xa1, 'k'});
    EXPECT_TRUE(message_of(deep).ends_with("/k\" is nested more than 64 deep (at octet 196).")) << message_of(deep);
}

TEST(Flax, BrokenChunksAreRefused) {
    const std::string mark = "81 a161 83 b9 5f5f6d73677061636b5f6368756e6b65645f61727261795f5f c3 ";
    const std::string shape = "a5 7368617065 81 a130 02 ";
    const std::string chunks = "a6 6368756e6b73 ";
    const std::string chunk = "c7 0c 01 93 91 01 a5 75696e7438 c4 01 00 ";
    const auto message = [&](const std::string& hex) {
        const auto text = message_of(std::string_view(hex));
        return text.substr(0, text.find(" (at"));
    };
    const std::string broken = "This flax file is broken: \"a\" ";
    EXPECT_EQ(message(mark + shape + chunks + "82 a130 " + chunk + "a131 " + chunk), "accepted");
    EXPECT_EQ(message(mark + chunks + "82 a130 " + chunk + "a131 " + chunk + shape), "accepted");
    EXPECT_EQ(message(mark + shape + chunks + "81 a130 " + chunk), broken + "of shape [2] has chunks with 1 octets");
    EXPECT_EQ(message(mark + shape + chunks + "82 a131 " + chunk + "a130 " + chunk), broken + "has its chunks out of order");
    EXPECT_EQ(message(mark + shape + shape), broken + "is cut into chunks and is not made of \"shape\" and \"chunks\"");
    EXPECT_EQ(message(mark + shape + chunks + "81 a130 c0"), broken + "is no array");
    EXPECT_EQ(message("81 a161 81 b9 5f5f6d73677061636b5f6368756e6b65645f61727261795f5f c3"),
              broken + "is cut into chunks and is not made of \"shape\" and \"chunks\"");
}

}  // namespace
}  // namespace mirfa::checkpoint
