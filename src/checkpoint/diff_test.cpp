// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/diff.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "checkpoint/testing/made.h"
#include "checkpoint/transpose.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace {

using testing::made_tensor;
using testing::tensor_of;
using testing::tied_to;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class T>
Bytes octets(std::initializer_list<T> numbers) {
    Bytes bytes(numbers.size() * sizeof(T));
    std::memcpy(bytes.data(), std::data(numbers), bytes.size());
    return bytes;
}

Bytes as_type(Dtype dtype, std::initializer_list<double> numbers) {
    Bytes bytes(numbers.size() * bits_of(dtype) / 8);
    EXPECT_TRUE(cast(octets(numbers), Dtype::kF64, bytes, dtype).has_value());
    return bytes;
}

OutTensor floats(std::string name, std::initializer_list<double> numbers, Dtype dtype = Dtype::kF32) {
    return tensor_of(std::move(name), dtype, {numbers.size()}, as_type(dtype, numbers));
}

/// A checkpoint on the disk.
struct Made {
    explicit Made(const std::vector<OutTensor>& tensors, Format format = Format::kSafetensors,
                  std::uint64_t shard_bytes = 5'000'000'000) {
        EXPECT_TRUE(write_checkpoint(format, folder.path(), tensors,
                                     {.shard_bytes = shard_bytes, .metadata = {}, .variant = {}, .progress = {}})
                        .has_value());
    }
    TemporaryFolder folder = TemporaryFolder::create().value();
};

CheckpointDiff diff_of(const Made& base, const Made& head, DiffOptions options = {}) {
    auto diff = diff_checkpoint_files(base.folder.path(), head.folder.path(), std::move(options));
    EXPECT_TRUE(diff.has_value()) << (diff.has_value() ? "" : diff.error().message);
    return diff.has_value() ? std::move(diff).value() : CheckpointDiff();
}

CheckpointDiff diff_of(const std::vector<OutTensor>& base, const std::vector<OutTensor>& head, DiffOptions options = {}) {
    return diff_of(Made(base), Made(head), std::move(options));
}

/// `name change`, in order.
std::vector<std::string> told(const CheckpointDiff& diff) {
    std::vector<std::string> all;
    for (const auto& row : diff.tensors) all.push_back(row.name + " " + std::string(name_of(row.change)));
    return all;
}

using Words = std::vector<std::string>;

TEST(Diff, TellsWhatWasAddedRemovedChangedReshapedAndLeft) {
    const auto diff = diff_of({floats("a", {1, 2}), floats("b", {1}), floats("c", {1, 2}), floats("d", {3})},
                              {floats("a", {1, 2}), floats("c", {1, 2, 3}), floats("d", {4}), floats("e", {0})});
    EXPECT_EQ(told(diff), (Words{"b removed", "c reshaped", "d changed", "e added"}));
    EXPECT_EQ(diff.totals.counts, (std::array<std::uint64_t, 5>{1, 1, 1, 1, 1}));
    EXPECT_EQ(diff.totals.numbers.elements, 1u);
    EXPECT_EQ(diff.files[0], "model.safetensors");
    EXPECT_FALSE(diff.tensors[0].head.has_value());
    EXPECT_EQ(diff.tensors[1].head->shape, (Shape{3}));
    EXPECT_FALSE(diff.tensors[1].numbers.has_value());
}

TEST(Diff, ListsTensorsThatAreTheSameWhenAsked) {
    const auto diff = diff_of({floats("a", {1}), floats("b", {1})}, {floats("a", {1}), floats("b", {2})}, {.with_same = true});
    EXPECT_EQ(told(diff), (Words{"a same", "b changed"}));
}

class DiffOfType : public ::testing::TestWithParam<Dtype> {};

TEST_P(DiffOfType, CountsAndMeasuresExactly) {
    const Dtype dtype = GetParam();
    // Differences 0, 1, 0, -2; base has the squares 1 + 4 + 0 + 16.
    const auto numbers = [&](std::initializer_list<int> wanted) {
        Bytes bytes;
        for (const int number : wanted) {
            if (is_floating(dtype)) {
                const auto one = as_type(dtype, {static_cast<double>(number)});
                bytes.insert(bytes.end(), one.begin(), one.end());
            } else {
                const auto wide = static_cast<std::int64_t>(number);
                Bytes one(8);
                std::memcpy(one.data(), &wide, 8);
                bytes.insert(bytes.end(), one.begin(), one.begin() + bits_of(dtype) / 8);
            }
        }
        return tensor_of("t", dtype, {2, 2}, bytes);
    };
    const auto diff = diff_of({numbers({1, 2, 0, 4})}, {numbers({1, 3, 0, 2})});
    ASSERT_EQ(told(diff), (Words{"t changed"}));
    const Difference& found = diff.tensors[0].numbers.value();
    EXPECT_EQ(found.elements, 4u);
    EXPECT_EQ(found.differing, 2u);
    EXPECT_EQ(found.max_abs, 2);
    EXPECT_EQ(found.mean_abs(), 0.75);
    EXPECT_EQ(found.norm(), std::sqrt(5.0));
    EXPECT_EQ(found.relative(), std::sqrt(5.0 / 21.0));
}
INSTANTIATE_TEST_SUITE_P(Types, DiffOfType,
                         ::testing::Values(Dtype::kU8, Dtype::kI8, Dtype::kU16, Dtype::kI16, Dtype::kU32, Dtype::kI32,
                                           Dtype::kU64, Dtype::kI64, Dtype::kF16, Dtype::kBF16, Dtype::kF32, Dtype::kF64),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST(DiffNumbers, IntegersOf64BitsLoseNothing) {
    Difference found;
    constexpr std::int64_t kBig = (std::int64_t{1} << 62) + 1;
    compare_numbers(octets({kBig, std::int64_t{-5}, kBig}), Dtype::kI64, octets({kBig - 1, std::int64_t{-5}, kBig}), Dtype::kI64,
                    found);
    EXPECT_EQ(found.differing, 1u);
    EXPECT_EQ(found.max_abs, 1);
    Difference far;
    compare_numbers(octets({~std::uint64_t{0}}), Dtype::kU64, octets({std::numeric_limits<std::int64_t>::min()}), Dtype::kI64,
                    far);
    EXPECT_EQ(far.max_abs, 0x1.8p64);
}

TEST(DiffNumbers, TruthsAreZeroAndOne) {
    Difference found;
    compare_numbers(Bytes{0, 1, 1}, Dtype::kBool, Bytes{0, 0, 1}, Dtype::kBool, found);
    EXPECT_EQ(found.differing, 1u);
    EXPECT_EQ(found.max_abs, 1);
}

/// What an octet of an eight-bit float stands for.
double number_of(Dtype dtype, Byte octet) {
    Difference found;
    compare_numbers(Bytes{octet}, dtype, as_type(Dtype::kF64, {0}), Dtype::kF64, found);
    return found.nans[0] != 0 ? kNan : found.infinities[0] != 0 ? kInfinity : found.max_abs;
}

TEST(DiffNumbers, KnowsTheEightBitFloats) {
    EXPECT_EQ(number_of(Dtype::kF8E4M3, 0x7e), 448);
    EXPECT_EQ(number_of(Dtype::kF8E4M3, 0x01), 0x1p-9);
    EXPECT_TRUE(std::isnan(number_of(Dtype::kF8E4M3, 0xff)));
    EXPECT_EQ(number_of(Dtype::kF8E5M2, 0x7b), 57344);
    EXPECT_EQ(number_of(Dtype::kF8E5M2, 0x7c), kInfinity);
    EXPECT_TRUE(std::isnan(number_of(Dtype::kF8E5M2, 0x7d)));
    EXPECT_EQ(number_of(Dtype::kF8E4M3Fnuz, 0x7f), 240);
    EXPECT_TRUE(std::isnan(number_of(Dtype::kF8E4M3Fnuz, 0x80)));
    EXPECT_EQ(number_of(Dtype::kF8E5M2Fnuz, 0x7f), 57344);
    EXPECT_EQ(number_of(Dtype::kF8E5M2Fnuz, 0x01), 0x1p-17);
    EXPECT_EQ(number_of(Dtype::kF8E8M0, 0x80), 2);
    EXPECT_TRUE(std::isnan(number_of(Dtype::kF8E8M0, 0xff)));
}

// The upper octet of a half is an E5M2.
TEST(DiffNumbers, EveryE5M2IsTheHalfThatBeginsWithIt) {
    for (unsigned octet = 0; octet < 256; ++octet) {
        Difference found;
        compare_numbers(Bytes{static_cast<Byte>(octet)}, Dtype::kF8E5M2, Bytes{0, static_cast<Byte>(octet)}, Dtype::kF16, found);
        EXPECT_EQ(found.differing, 0u) << octet;
        EXPECT_EQ(found.nans[0], found.nans[1]) << octet;
    }
}

TEST(DiffNumbers, NansAndInfinitiesAreCountedAndKeptOutOfTheNorms) {
    Difference found;
    compare_numbers(as_type(Dtype::kF64, {kNan, kNan, 1, kInfinity, kInfinity, 3}), Dtype::kF64,
                    as_type(Dtype::kF64, {kNan, 1, kNan, kInfinity, -kInfinity, 7}), Dtype::kF64, found);
    EXPECT_EQ(found.nans, (std::array<std::uint64_t, 2>{2, 2}));
    EXPECT_EQ(found.infinities, (std::array<std::uint64_t, 2>{2, 2}));
    EXPECT_EQ(found.differing, 4u);
    EXPECT_EQ(found.finite, 1u);
    EXPECT_EQ(found.max_abs, 4);
    EXPECT_EQ(found.mean_abs(), 4);
    EXPECT_EQ(found.norm(), 4);
    EXPECT_EQ(found.relative(), 4.0 / 3.0);
}

TEST(Diff, ANegativeZeroIsAChangeOfOctetsAndNotOfNumbers) {
    const auto diff = diff_of({floats("z", {0})}, {floats("z", {-0.0})});
    ASSERT_EQ(told(diff), (Words{"z changed"}));
    EXPECT_EQ(diff.tensors[0].numbers->differing, 0u);
    EXPECT_EQ(diff.tensors[0].numbers->relative(), std::nullopt);
}

TEST(Diff, ComparesNumbersOfTwoTypes) {
    const auto diff = diff_of({floats("t", {1, 2.5, 1e-3})}, {floats("t", {1, 2.5, 1e-3}, Dtype::kBF16)});
    ASSERT_EQ(told(diff), (Words{"t changed"}));
    const Difference& found = diff.tensors[0].numbers.value();
    EXPECT_EQ(found.differing, 1u);
    EXPECT_EQ(found.max_abs, std::abs(static_cast<double>(f32_of_bf16(bf16_of_f32(1e-3f))) - static_cast<double>(1e-3f)));
    EXPECT_EQ(diff.tensors[0].head->dtype, Dtype::kBF16);
}

TEST(Diff, EmptyTensorsAndScalarsAreTensors) {
    const auto empty = [](Dtype dtype) { return tensor_of("empty", dtype, {0, 4}, {}); };
    const auto scalar = [](double number) { return tensor_of("scalar", Dtype::kF32, {}, as_type(Dtype::kF32, {number})); };
    const auto same = diff_of({empty(Dtype::kF32), scalar(2)}, {empty(Dtype::kF32), scalar(2)});
    EXPECT_FALSE(same.totals.any());
    const auto diff = diff_of({empty(Dtype::kF32), scalar(2)}, {empty(Dtype::kF16), scalar(5)});
    EXPECT_EQ(diff.totals.count(Change::kChanged), 2u);
    EXPECT_EQ(diff.totals.numbers.elements, 1u);
    EXPECT_EQ(diff.totals.numbers.max_abs, 3);
}

TEST(Diff, TypesThatAreNotComputedWithAreComparedByOctets) {
    const auto complex = [](float part) { return tensor_of("c", Dtype::kC64, {1}, octets({1.0f, part})); };
    EXPECT_FALSE(diff_of({complex(2)}, {complex(2)}).totals.any());
    const auto diff = diff_of({complex(2)}, {complex(3)});
    ASSERT_EQ(told(diff), (Words{"c changed"}));
    EXPECT_FALSE(diff.tensors[0].numbers.has_value());
}

// More than one buffer, the difference in the last element, so that the equal megabytes count in the norm too.
TEST(Diff, ReadsLargeTensorsToTheirEnd) {
    constexpr std::uint64_t kCount = 700'001;
    const auto ones = [](float last) {
        Bytes bytes(kCount * 4);
        for (std::uint64_t i = 0; i < kCount; ++i) {
            const float number = i + 1 == kCount ? last : 1.0f;
            std::memcpy(bytes.data() + 4 * i, &number, 4);
        }
        return tensor_of("t", Dtype::kF32, {kCount}, bytes);
    };
    std::uint64_t last = 0;
    std::uint64_t all = 0;
    DiffOptions options;
    options.progress = [&](std::uint64_t done, std::uint64_t expected) {
        EXPECT_LE(done, expected);
        last = done;
        all = expected;
    };
    const auto diff = diff_of({ones(1)}, {ones(3)}, options);
    ASSERT_EQ(told(diff), (Words{"t changed"}));
    EXPECT_EQ(diff.tensors[0].numbers->differing, 1u);
    EXPECT_EQ(diff.tensors[0].numbers->elements, kCount);
    EXPECT_EQ(diff.tensors[0].numbers->relative(), std::sqrt(4.0 / static_cast<double>(kCount)));
    EXPECT_EQ(last, kCount * 4);
    EXPECT_EQ(all, kCount * 4);
    EXPECT_FALSE(diff_of({ones(3)}, {ones(3)}).totals.any());
}

TEST(Diff, TiedNamesHaveTheOctetsOfTheirOwnerAndCountOnceInTheNumbers) {
    const auto base = floats("embed", {1, 2});
    const auto head = floats("embed", {1, 5});
    const auto diff =
        diff_of(Made({base, tied_to(base, "head")}, Format::kTorchZip), Made({head, tied_to(head, "head")}, Format::kTorchZip));
    EXPECT_EQ(told(diff), (Words{"embed changed", "head changed"}));
    EXPECT_EQ(diff.totals.numbers.elements, 2u);
    EXPECT_EQ(diff.totals.numbers.max_abs, 3);
    const auto untied =
        diff_of(Made({base, tied_to(base, "head")}, Format::kTorchZip), Made({base, floats("head", {1, 2})}, Format::kTorchZip));
    EXPECT_FALSE(untied.totals.any());
}

TEST(Diff, ShardsAndASingleFileOfAnotherFormatAreTheSameCheckpoint) {
    const std::vector<OutTensor> tensors{floats("a", {1, 2, 3}), floats("b", {4, 5, 6}), floats("c", {7})};
    const Made sharded(tensors, Format::kSafetensors, 12);
    ASSERT_GT(testing::files_in(sharded.folder.path()).size(), 2u);
    const auto diff = diff_of(sharded, Made(tensors, Format::kTorchZip));
    EXPECT_FALSE(diff.totals.any());
    EXPECT_EQ(diff.totals.tensors(), 3u);
    EXPECT_EQ(diff.formats, (std::array<std::string, 2>{"safetensors", "torch"}));
}

/// Says what was opened.
class Watched final : public Reader {
public:
    explicit Watched(ReaderPtr inner) : inner_(std::move(inner)) {}
    Format format() const override { return inner_->format(); }
    std::span<const TensorInfo> tensors() const override { return inner_->tensors(); }
    std::span<const Tie> ties() const override { return inner_->ties(); }
    std::string_view file_of(std::size_t index) const override { return inner_->file_of(index); }
    const std::map<std::string, std::string>& metadata() const override { return inner_->metadata(); }
    Result<std::unique_ptr<ByteSource>> open(std::size_t index) const override {
        opened.push_back(tensors()[index].name);
        return inner_->open(index);
    }
    mutable Words opened;

private:
    ReaderPtr inner_;
};

TEST(Diff, FilesThatAreKnownToBeEqualAreNotRead) {
    const Made base({floats("a", {1, 2, 3}), floats("b", {4, 5, 6})}, Format::kSafetensors, 12);
    const Watched left(open_checkpoint(base.folder.path()).value());
    const Watched right(open_checkpoint(base.folder.path()).value());
    DiffOptions options;
    options.equal_files = [](std::string_view one, std::string_view other) {
        return one == other && one.find("00001") != one.npos;
    };
    const auto diff = diff_checkpoints(left, right, options);
    ASSERT_TRUE(diff.has_value());
    EXPECT_FALSE(diff.value().totals.any());
    EXPECT_EQ(left.opened, (Words{"b"}));
}

TEST(Diff, KeepsTheMostChangedInTheirOrder) {
    std::vector<OutTensor> base;
    std::vector<OutTensor> head;
    for (int i = 0; i < 30; ++i) {
        const auto name = "t" + std::to_string(10 + i);
        base.push_back(floats(name, {1}));
        head.push_back(floats(name, {1.0 + (i * 7 % 30) / 8.0}));
    }
    base.push_back(floats("gone", {1}));
    const auto diff = diff_of(base, head, {.max_tensors = 3});
    EXPECT_TRUE(diff.truncated);
    EXPECT_EQ(told(diff), (Words{"gone removed", "t14 changed", "t27 changed"}));
    EXPECT_EQ(diff.totals.tensors(), 31u);
    EXPECT_EQ(diff.totals.count(Change::kChanged), 29u);
}

TEST(Diff, StopsWhenAsked) {
    const Made base({floats("a", {1})});
    const Made head({floats("a", {2})});
    const auto diff = diff_checkpoint_files(base.folder.path(), head.folder.path(), {.stopped = [] { return true; }});
    ASSERT_FALSE(diff.has_value());
    EXPECT_EQ(diff.error().code, Code::kUnavailable);
}

TEST(Diff, AFolderWithoutWeightsIsNotFound) {
    const Made base({floats("a", {1})});
    const auto empty = TemporaryFolder::create().value();
    EXPECT_EQ(diff_checkpoint_files(base.folder.path(), empty.path()).error().code, Code::kNotFound);
}

TEST(DiffReport, IsTheJsonThatTheReferenceTells) {
    const auto diff = diff_of({floats("a", {1, 2}), floats("b", {0}), floats("s", {1})},
                              {floats("a", {1, 4}), floats("s", {1}), floats("c", {kNan})});
    EXPECT_EQ(
        diff_json(diff),
        R"({"base":{"format":"safetensors","file":"model.safetensors"},"head":{"format":"safetensors","file":"model.safetensors"},"tensors":[)"
        R"({"name":"a","change":"changed","dtype":["F32","F32"],"shape":[[2],[2]],"elements":2,"differing":1,"maxAbs":2,"meanAbs":1,"norm":2,)"
        R"("relative":0.8944271909999159,"nan":[0,0],"infinite":[0,0]},)"
        R"({"name":"b","change":"removed","dtype":["F32",null],"shape":[[1],null],"elements":null,"differing":null,"maxAbs":null,"meanAbs":null,)"
        R"("norm":null,"relative":null,"nan":null,"infinite":null},)"
        R"({"name":"c","change":"added","dtype":[null,"F32"],"shape":[null,[1]],"elements":null,"differing":null,"maxAbs":null,"meanAbs":null,)"
        R"("norm":null,"relative":null,"nan":null,"infinite":null}],)"
        R"("totals":{"tensors":4,"same":1,"changed":1,"reshaped":0,"added":1,"removed":1,"elements":2,"differing":1,"maxAbs":2,"norm":2,)"
        R"("relative":0.8944271909999159,"nan":[0,0],"infinite":[0,0],"identical":false,"truncated":false}})");
}

TEST(DiffReport, StaysBelowItsLimit) {
    CheckpointDiff diff;
    for (int i = 0; i < 100; ++i) {
        TensorChange row;
        row.name = "t" + std::to_string(i) + std::string(500, '\x01');
        row.change = Change::kRemoved;
        row.base = TensorSide{Dtype::kF32, "F32", {1}};
        diff.tensors.push_back(row);
    }
    diff.totals.counts[static_cast<std::size_t>(Change::kRemoved)] = 100;
    const auto json = diff_json(diff, 50'000);
    EXPECT_LT(json.size(), 51'000u);
    EXPECT_GT(json.size(), 20'000u);
    EXPECT_NE(json.find(R"("truncated":true)"), json.npos);
    EXPECT_NE(json.find(R"("removed":100)"), json.npos);
    EXPECT_TRUE(format::parse_json(json).has_value());
}

TEST(DiffReport, PeopleGetATable) {
    const auto diff = diff_of({floats("a", {1, 2}), floats("b", {0, 1}, Dtype::kF16)},
                              {floats("a", {1, 4}), tensor_of("b", Dtype::kF16, {2, 1}, Bytes(4))});
    EXPECT_EQ(diff_lines(diff), (Words{
                                    "model.safetensors (safetensors) against model.safetensors (safetensors)",
                                    "2 tensors: 0 same, 1 changed, 1 reshaped, 0 added, 0 removed",
                                    "1 of 2 numbers of the changed tensors differ, by 2 at most; relative norm 0.8944",
                                    "",
                                    "change    tensor  type  shape          differing  max  mean  relative",
                                    "changed   a       F32   [2]            1 of 2     2    1     0.8944",
                                    "reshaped  b       F16   [2] -> [2, 1]",
                                }));
}

}  // namespace
}  // namespace mirfa::checkpoint
