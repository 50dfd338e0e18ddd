// SPDX-License-Identifier: Apache-2.0
// The files below testdata/ were written by torch itself; torch_expected.json is what torch says is in them.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "checkpoint/detail/pickle_globals.h"
#include "checkpoint/testing/hand.h"
#include "checkpoint/torch_legacy.h"
#include "checkpoint/torch_zip.h"
#include "checkpoint/zip.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace {

using namespace std::string_literals;
using testing::fixture;
using testing::HandMember;
using testing::owned;

struct Content {
    std::string dtype;
    Shape shape;
    std::string octets;
    bool operator==(const Content&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Content& content) {
    return out << content.dtype << describe(content.shape) << content.octets;
}
using Contents = std::map<std::string, Content>;

/// What torch says, in our words for types.
Contents expected(std::string_view file) {
    std::ifstream in(std::filesystem::path(MIRFA_SOURCE_DIR) / "src/checkpoint/testdata/torch_expected.json");
    std::stringstream text;
    text << in.rdbuf();
    const auto json = format::parse_json(text.str()).value();
    Contents contents;
    for (const auto& [name, tensor] : *format::find_object(json, file)) {
        const auto dtype = find_global("torch", format::need_string(tensor, "dtype").value())->dtype.value();
        Content& content = contents[std::string(name)];
        content.dtype = name_of(dtype);
        for (const auto& axis : *format::find_array(tensor, "shape")) content.shape.push_back(axis.to_number<std::uint64_t>());
        content.octets = format::need_string(tensor, "octets").value();
    }
    return contents;
}

/// All tensors, and the ties as if they had octets of their own.
Contents contents_of(const Reader& reader) {
    Contents contents;
    for (std::size_t i = 0; i < reader.tensors().size(); ++i) {
        const TensorInfo& info = reader.tensors()[i];
        const auto stream = reader.open(i).value();
        const auto octets = testing::all_of(*stream);
        const std::string text = octets.has_value() ? to_hex(octets.value()) : octets.error().message;
        EXPECT_EQ(text.size(), 2 * info.size_bytes) << info.name;
        contents[info.name] = {std::string(name_of(info.dtype)), info.shape, text};
    }
    for (const Tie& tie : reader.ties()) contents[tie.name] = contents[tie.same_as];
    return contents;
}

std::string refusal(const Result<ReaderPtr>& reader) { return reader.has_value() ? "taken" : reader.error().message; }

TEST(TorchZip, EveryTypeAndEveryKindOfViewIsRead) {
    const auto reader = open_torch_zip(fixture("torch_types.pt")).value();
    EXPECT_EQ(contents_of(*reader), expected("torch_types.pt"));
    EXPECT_EQ(reader->format(), Format::kTorchZip);
    ASSERT_EQ(reader->ties().size(), 1u);
    EXPECT_EQ(reader->ties()[0], (Tie{"tied", "w"}));
    EXPECT_EQ(reader->tensors()[0].stored_as, "torch.FloatStorage");
}

TEST(TorchZip, FilesOfNewAndOldWritersAreRead) {
    for (const std::string name :
         {"torch_new_types.pt", "torch_module_state.pt", "torch_training.pt", "torch_protocol4.pt", "torch_big_endian.pt"}) {
        const auto reader = open_torch_zip(fixture(name));
        ASSERT_TRUE(reader.has_value()) << name << ": " << reader.error().message;
        EXPECT_EQ(contents_of(*reader.value()), expected(name)) << name;
    }
}

TEST(TorchLegacy, TheStreamFormatGivesTheSame) {
    const auto reader = open_torch_legacy(fixture("torch_types_legacy.pt")).value();
    EXPECT_EQ(contents_of(*reader), expected("torch_types_legacy.pt"));
    EXPECT_EQ(reader->format(), Format::kTorchLegacy);
    EXPECT_EQ(reader->ties().size(), 1u);
}

TEST(TorchZip, WhatIsNoStateDictIsRefusedWithAdvice) {
    EXPECT_EQ(
        refusal(open_torch_zip(fixture("torch_whole_module.pt"))),
        "The pickle holds a whole pickled module (class \"torch.nn.modules.linear.Linear\"), not its weights, at octet 2. Only "
        "tensors and plain containers are read, and nothing is run: save model.state_dict() with torch.save.");
    EXPECT_EQ(refusal(open_torch_zip(fixture("torch_optimizer.pt"))),
              "This is the state of an optimiser, not of a model. Convert the file of the model.");
    EXPECT_EQ(refusal(open_torch_zip(fixture("torch_script.pt"))),
              "This is a TorchScript program, not a checkpoint. Load it with torch.jit.load and save its state_dict() with "
              "torch.save.");
    EXPECT_EQ(
        refusal(open_torch_legacy(owned("\x80\x02K\x01."s))),
        "The pickle is no checkpoint of torch: it does not begin with torch's number. Save model.state_dict() with torch.save.");
    EXPECT_EQ(refusal(open_torch_legacy(owned("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02K\x01."s))),
              "The torch checkpoint is of another protocol than 1001. Save it with a newer torch.");
    EXPECT_EQ(
        refusal(open_torch_legacy(owned(std::string(257, '\0') + "ustar" + std::string(300, '\0')))),
        "This is a tar archive, as torch 0.1 wrote it. Load it with torch up to 2.5 (torch.load) and save its state dict again "
        "with torch.save.");
}

/// A storage of `count` floats with key "0", as `tensor` of shape [count].
std::string tensor_of(char count) {
    return "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
           "0X\x03\0\0\0cpuK"s +
           count + "tQK\0K"s + count + "\x85K\x01\x85\x89}tR"s;
}
std::string text(std::string_view what) { return "X"s + static_cast<char>(what.size()) + "\0\0\0"s + std::string(what); }

Result<ReaderPtr> open_hand(std::vector<HandMember> members) { return open_torch_zip(owned(testing::hand_zip(members))); }
Result<ReaderPtr> open_pickle(std::string_view pickle) {
    return open_hand({{"r/data.pkl", std::string(pickle)}, {"r/data/0", std::string(8, 'x')}});
}

TEST(TorchZip, BrokenArchivesNameTheirStorage) {
    const std::string pickle = "}" + text("a") + tensor_of(2) + "s.", data(8, 'x'), broken = "The torch checkpoint is broken: ";
    const std::string again = ". Fetch the file again.";
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", data}})), "taken");
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", data + "old writers"}})), "taken");
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}})), broken + "the member of storage \"0\" is missing" + again);
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"other/data/0", data}})),
              broken + "the member of storage \"0\" is missing" + again);
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", "short"}})),
              broken + "storage \"0\" should have 8 octets and has 5" + again);
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", data, 8}})),
              "Storage \"0\" of the torch checkpoint is compressed. Save the file again with torch.save.");
    EXPECT_EQ(refusal(open_hand({{"r/weights", data}})),
              "The zip archive is no checkpoint of torch: it has no member named data.pkl.");
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", data}, {"r/byteorder", "middle"}})),
              broken + "its byteorder is neither little nor big" + again);
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", data}, {"r/version", "11\n"}})),
              "The torch checkpoint is of version 11; versions up to 10 are known. Save it with an older torch.");
    EXPECT_EQ(refusal(open_hand({{"r/data.pkl", pickle}, {"r/data/0", data}, {"r/version", "3a"}})),
              broken + "its version is no number" + again);
}

TEST(StateDict, WrappersAreOpenedAndNamesJoined) {
    const auto names = [](std::string_view pickle) {
        const auto reader = open_pickle(pickle);
        if (!reader.has_value()) return reader.error().message;
        std::string all;
        for (const auto& tensor : reader.value()->tensors()) all += tensor.name + " ";
        for (const auto& tie : reader.value()->ties()) all += tie.name + "=" + tie.same_as + " ";
        return all;
    };
    const std::string one = tensor_of(2), a = text("a"), b = text("b");
    EXPECT_EQ(names(one + "."), "tensor ");
    EXPECT_EQ(names("](" + one + one + "e."), "0 1=0 ");
    EXPECT_EQ(names("}(" + a + one + b + one + "u."), "a b=a ");
    EXPECT_EQ(names("}(" + a + "N" + b + one + a + one + "u."), "a b=a ");  // of equal keys the last counts, at the first's place
    EXPECT_EQ(names("}(" + text("model") + "}" + a + one + "s" + text("epoch") + "K\x01u."), "a ");
    EXPECT_EQ(names("}(" + text("model") + "}" + text("state_dict") + "}" + a + one + "ssu."), "a ");
    EXPECT_EQ(names("}(" + text("ema") + "}" + a + one + "s" + text("state_dict") + "}" + b + one + "su."), "b ");
    EXPECT_EQ(names("}(" + text("optimizer") + "}" + a + one + "s" + text("encoder") + "}" + b + one + "su."), "encoder.b ");
    EXPECT_EQ(names("}(" + text("model") + "}" + a + one + "s" + b + one + "u."),
              "model.a b=model.a ");  // b is a tensor: no wrapper
    EXPECT_EQ(names("}(K\x05" + one + "u."), "5 ");
    EXPECT_EQ(names("}(" + text("a.b") + one + a + "}" + b + one + "su."), "There are two tensors named \"a.b\". Rename one.");
    EXPECT_EQ(names("}(" + text("") + one + "u."), "Tensor 1 of the pickle has a name that is none.");
    EXPECT_EQ(names("}(" + text("\xff") + one + "u."), "Tensor 1 of the pickle has a name that is none.");
    EXPECT_EQ(names("}."),
              "The pickle holds no tensors. Convert the file of the model, saved by torch.save(model.state_dict(), file).");
    EXPECT_EQ(names("}(" + a + "cnumpy\nndarray\n)Ru."),
              "\"a\" is an object of \"numpy.ndarray\" among the tensors. Turn it into a tensor, or leave it out.");
}

TEST(StateDict, DictionariesWithinThemselvesAndBombsEnd) {
    const std::string a = text("a");
    EXPECT_EQ(refusal(open_pickle("}q\0"s + a + "h\0s."s)).substr(0, 64),
              "\"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a");
    std::string laughs = "(}q\0"s;
    for (char level = 0; level < 12; ++level) {
        laughs += "}(";
        for (char i = 0; i < 10; ++i) laughs += "K"s + i + "h" + level;
        laughs += "uq"s + static_cast<char>(level + 1);
    }
    EXPECT_EQ(refusal(open_pickle(laughs + "t.")),
              "The pickle holds more than 2000000 members. Save model.state_dict() with torch.save.");
}

TEST(StateDict, ManyLongNamesOfOneTensorAreNotKept) {
    // A prefix of 4,000 octets before a hundred thousand numbers: 400 MB of names from a file of 300 kB.
    std::string pickle = "}X\xa0\x0f\0\0"s + std::string(4'000, 'p') + "}(";
    pickle += "K\0"s + tensor_of(2) + "q\x01"s;
    for (int i = 1; i < 100'000; ++i)
        pickle += "J"s + static_cast<char>(i) + static_cast<char>(i >> 8) + static_cast<char>(i >> 16) + "\0h\x01"s;
    EXPECT_EQ(refusal(open_pickle(pickle + "us.")),
              "The pickle names more than 1000000 tensors, or all their names take more than 268435456 octets.");
}

TEST(TorchZip, ExpandedTensorsDoNotGrowWithoutEnd) {
    const std::string pickle =
        "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
        "0X\x03\0\0\0cpuK\x02tQK\0J\0\0\0\x40\x85K\0\x85\x89}tR."s;
    EXPECT_EQ(refusal(open_pickle(pickle)), "The tensors up to \"tensor\" would grow to more than 64 times their file.");
}

TEST(TorchZip, EveryCutOfRealFilesIsRefused) {
    for (const std::string name : {"torch_types.pt", "torch_types_legacy.pt"}) {
        const auto source = fixture(name);
        Bytes whole(source->size());
        ASSERT_TRUE(source->read_at(0, whole).has_value());
        for (std::size_t size = 0; size < whole.size(); size += 7) {
            const auto cut = owned(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
            EXPECT_FALSE((name.ends_with("legacy.pt") ? open_torch_legacy(cut) : open_torch_zip(cut)).has_value())
                << name << size;
        }
    }
}

TEST(TorchLegacy, ATailThatDoesNotFitIsRefused) {
    const std::string head = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.}."s;
    std::string tensor = tensor_of(2);
    tensor.insert(tensor.find("tQ"), "N");
    const std::string two = "\x02\0\0\0\0\0\0\0"s, data(8, 'x'), keys = "]" + text("0") + "a.";
    const auto open = [&](const std::string& rest) { return refusal(open_torch_legacy(owned(head + tensor + "." + rest))); };
    const std::string broken = "The torch checkpoint is broken: ", again = ". Fetch the file again.";
    EXPECT_EQ(open(keys + two + data), "taken");
    EXPECT_EQ(open(keys + two + "1234567"), broken + "it ends in storage \"0\"" + again);
    EXPECT_EQ(open(keys + "1234567"), broken + "it ends before storage \"0\"" + again);
    EXPECT_EQ(open(keys + "\x03\0\0\0\0\0\0\0"s + data),
              broken + "storage \"0\" has another number of elements than its tensors expect" + again);
    EXPECT_EQ(open("]."), broken + "storage \"0\" is missing" + again);
    EXPECT_EQ(open("]" + text("7") + "a."), broken + "it lists a storage that no tensor names, or one twice" + again);
    EXPECT_EQ(open("](" + text("0") + text("0") + "e." + two + data),
              broken + "it lists a storage that no tensor names, or one twice" + again);
    EXPECT_EQ(open("N."), broken + "the list of its storages is none" + again);
}

TEST(TorchLegacy, APartOfAStorageIsAView) {
    std::string tensor = tensor_of(2);
    tensor.replace(tensor.find("K\x02tQ"), 2, "K\x05(" + text("v") + "K\x03K\x02t");
    std::string floats;
    for (char i = 0; i < 5; ++i) floats += std::string(4, i);
    const auto reader = open_torch_legacy(owned("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.}."s + tensor +
                                                ".]" + text("0") + "a." + "\x05\0\0\0\0\0\0\0"s + floats));
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(contents_of(*reader.value())["tensor"].octets, "0303030304040404");
}

OutTensor out(std::string name, Dtype dtype, Shape shape, std::string octets, std::string same_as = {}) {
    const std::uint64_t size = size_of(dtype, shape).value();
    return {{std::move(name), dtype, std::move(shape), size, {}},
            [octets](ByteSink& sink) { return sink.write(as_bytes(octets)); },
            std::move(same_as)};
}

std::vector<const OutTensor*> row(const std::vector<OutTensor>& tensors) {
    std::vector<const OutTensor*> pointers;
    for (const OutTensor& tensor : tensors) pointers.push_back(&tensor);
    return pointers;
}

TEST(TorchWriter, WhatIsWrittenIsReadAgainWithItsTies) {
    const std::vector<OutTensor> tensors = {
        out("w", Dtype::kF32, {2, 3}, std::string(24, 'w')),
        out("tied", Dtype::kF32, {2, 3}, "", "w"),
        out("scalar", Dtype::kBF16, {}, "sc"),
        out("empty", Dtype::kI64, {0, 3}, ""),
        out("f8", Dtype::kF8E4M3, {300}, std::string(300, 'f')),
        out("u16", Dtype::kU16, {1}, "ab"),
    };
    testing::MemorySink sink;
    ASSERT_TRUE(write_torch_zip(sink, row(tensors)).has_value());
    const auto reader = open_torch_zip(owned(sink.bytes)).value();
    ASSERT_EQ(reader->tensors().size(), 5u);
    EXPECT_EQ(reader->ties()[0], (Tie{"tied", "w"}));
    Contents want;
    for (const OutTensor& tensor : tensors) {
        testing::MemorySink octets;
        ASSERT_TRUE((tensor.same_as.empty() ? tensor : tensors[0]).write(octets).has_value());
        want[tensor.info.name] = {std::string(name_of(tensor.info.dtype)), tensor.info.shape, to_hex(octets.bytes)};
    }
    EXPECT_EQ(contents_of(*reader), want);
    testing::MemorySink again;
    ASSERT_TRUE(write_torch_zip(again, row(tensors)).has_value());
    EXPECT_EQ(again.bytes, sink.bytes);
}

TEST(TorchWriter, WhatTorchCannotHoldIsRefusedBeforeAnythingIsWritten) {
    testing::MemorySink sink;
    EXPECT_EQ(write_torch_zip(sink, row({out("q", Dtype::kF4, {2}, "x")})).error().message,
              "Tensor \"q\" is of type F4, which torch does not have. Convert it to F32, BF16 or F16 first.");
    EXPECT_EQ(write_torch_zip(sink, row({out("a", Dtype::kU8, {1}, "", "b")})).error().message,
              "Tensor \"a\" shares the octets of \"b\", which does not come before it.");
    EXPECT_TRUE(sink.bytes.empty());
}

}  // namespace
}  // namespace mirfa::checkpoint
