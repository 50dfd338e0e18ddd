// SPDX-License-Identifier: Apache-2.0
#include "format/weights.h"

#include <gtest/gtest.h>

#include "base/little_endian.h"

namespace mirfa::format {
namespace {

Bytes safetensors_of(const std::string& json, std::optional<std::uint64_t> length = {}) {
    Bytes file;
    append_le<std::uint64_t>(file, length.value_or(json.size()));
    append(file, as_bytes(json));
    return file;
}
Result<ParameterCounts> safetensors(const Bytes& file) {
    MemorySource source(file);
    return read_safetensors_head(source);
}

TEST(Safetensors, CountsElementsByType) {
    const auto counts = safetensors(safetensors_of(
        R"({"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},)"
        R"("b":{"dtype":"F32","shape":[],"data_offsets":[12,16]},"c":{"dtype":"BF16","shape":[4],"data_offsets":[16,24]}} )"));
    ASSERT_TRUE(counts.has_value()) << describe(counts.error());
    EXPECT_EQ(counts.value(), (ParameterCounts{{"BF16", 10}, {"F32", 1}}));
    EXPECT_EQ(total_of(counts.value()), 11);
}

TEST(Safetensors, RefusesWhatIsNoHead) {
    const struct {
        Bytes file;
        Code code;
    } kCases[] = {
        {{}, Code::kInvalidArgument},
        {safetensors_of("{}", 3), Code::kInvalidArgument},
        {safetensors_of("", 0), Code::kInvalidArgument},
        {safetensors_of("{}", UINT64_MAX), Code::kTooLarge},
        {safetensors_of("{}", kMaxSafetensorsHead + 1), Code::kTooLarge},
        {safetensors_of("[]"), Code::kInvalidArgument},
        {safetensors_of(R"({"a":1})"), Code::kInvalidArgument},
        {safetensors_of(R"({"a":{"dtype":"F32","shape":[-1]}})"), Code::kInvalidArgument},
        {safetensors_of(R"({"a":{"dtype":"F32","shape":[9223372036854775807,3]}})"), Code::kInvalidArgument},
        {safetensors_of(R"({"a":{"dtype":"<b>","shape":[1]}})"), Code::kInvalidArgument},
    };
    for (const auto& [file, code] : kCases) {
        const auto counts = safetensors(file);
        ASSERT_FALSE(counts.has_value()) << as_text(file);
        EXPECT_EQ(counts.error().code, code) << as_text(file);
    }
}

TEST(Safetensors, AnIndexNamesItsShardsOnce) {
    EXPECT_EQ(
        parse_safetensors_index(R"({"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors","c":"m-1.safetensors"}})").value(),
        (std::set<std::string>{"m-1.safetensors", "m-2.safetensors"}));
    EXPECT_FALSE(parse_safetensors_index("{}").has_value());
    EXPECT_FALSE(parse_safetensors_index(R"({"weight_map":{"a":1}})").has_value());
}

void put_text(Bytes& file, std::string_view text) {
    append_le<std::uint64_t>(file, text.size());
    append(file, as_bytes(text));
}
void put_head(Bytes& file, std::uint64_t tensors, std::uint64_t pairs) {
    append(file, as_bytes("GGUF"));
    append_le<std::uint32_t>(file, 3);
    append_le<std::uint64_t>(file, tensors);
    append_le<std::uint64_t>(file, pairs);
}
void put_tensor(Bytes& file, std::string_view name, std::initializer_list<std::uint64_t> shape, std::uint32_t type) {
    put_text(file, name);
    append_le<std::uint32_t>(file, static_cast<std::uint32_t>(shape.size()));
    for (const auto side : shape) append_le<std::uint64_t>(file, side);
    append_le<std::uint32_t>(file, type);
    append_le<std::uint64_t>(file, 0);
}
Bytes small_gguf() {
    Bytes file;
    put_head(file, 2, 3);
    put_text(file, "general.architecture");
    append_le<std::uint32_t>(file, 8);
    put_text(file, "llama");
    put_text(file, "tokenizer.ggml.tokens");
    append_le<std::uint32_t>(file, 9);
    append_le<std::uint32_t>(file, 8);
    append_le<std::uint64_t>(file, 2);
    put_text(file, "<s>");
    put_text(file, std::string(100'000, 'x'));
    put_text(file, "llama.context_length");
    append_le<std::uint32_t>(file, 4);
    append_le<std::uint32_t>(file, 8'192);
    put_tensor(file, "blk.0", {256, 10}, 12);
    put_tensor(file, "norm", {256}, 0);
    return file;
}

TEST(Gguf, TellsArchitectureAndParametersByType) {
    const auto file = small_gguf();
    MemorySource source(file);
    const auto head = read_gguf_head(source);
    ASSERT_TRUE(head.has_value()) << describe(head.error());
    EXPECT_EQ(head.value(), (GgufHead{"llama", 8'192, {{"Q4_K", 2'560}, {"F32", 256}}}));
}

TEST(Gguf, ACutFileIsRefusedWhereverItIsCut) {
    const auto file = small_gguf();
    for (std::size_t size = 0; size < file.size(); size += size < 300 || size + 300 > file.size() ? 1 : 997) {
        MemorySource source(ByteView(file).first(size));
        const auto head = read_gguf_head(source);
        ASSERT_FALSE(head.has_value()) << size;
        EXPECT_EQ(head.error().code, Code::kInvalidArgument);
    }
}

TEST(Gguf, NumbersThatLieAreRefusedBeforeAnythingIsAllocated) {
    const auto refuses = [](const Bytes& file) {
        MemorySource source(file);
        return !read_gguf_head(source).has_value();
    };
    Bytes many;
    put_head(many, UINT64_MAX, 0);
    EXPECT_TRUE(refuses(many));
    Bytes long_key;
    put_head(long_key, 0, 1);
    append_le<std::uint64_t>(long_key, UINT64_MAX);
    EXPECT_TRUE(refuses(long_key));
    Bytes large;
    put_head(large, 1, 0);
    put_tensor(large, "t", {UINT64_MAX, 2}, 0);
    EXPECT_TRUE(refuses(large));
}

}  // namespace
}  // namespace mirfa::format
