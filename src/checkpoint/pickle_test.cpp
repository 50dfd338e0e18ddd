// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/pickle.h"

#include <gtest/gtest.h>

#include "checkpoint/testing/hand.h"

namespace mirfa::checkpoint {
namespace {

using namespace std::string_literals;
using testing::owned;

Result<Pickle> read(std::string_view octets, PickleStorages storages = PickleStorages::kZip, const PickleLimits& limits = {}) {
    return read_pickle(owned(octets), 0, storages, limits);
}

std::string refusal(std::string_view octets, PickleStorages storages = PickleStorages::kZip, const PickleLimits& limits = {}) {
    const auto pickle = read(octets, storages, limits);
    return pickle.has_value() ? "taken" : pickle.error().message;
}

const std::string kSave =
    " Only tensors and plain containers are read, and nothing is run: save model.state_dict() with torch.save.";
const std::string kFetch = " Fetch the file again.";
const std::string kBroken = "The pickle is broken: ";

// Written by torch 1.13: an OrderedDict of w (2, 3), its transpose wt, and b of two integers.
constexpr std::string_view kThreeTensors =
    "800263636f6c6c656374696f6e730a4f726465726564446963740a71002952710128580100000077710263746f7263682e5f7574696c730a5f72656275"
    "696c645f74656e736f725f76320a71032828580700000073746f72616765710463746f7263680a466c6f617453746f726167650a710558010000003071"
    "06580300000063707571074b06747108514b004b024b038671094b034b0186710a8968002952710b74710c52710d58020000007774710e680328286804"
    "6805680668074b0674710f514b004b034b028671104b014b0386711189680029527112747113527114580100000062711568032828680463746f726368"
    "0a4c6f6e6753746f726167650a7116580100000031711768074b02747118514b004b028571194b0185711a8968002952711b74711c52711d752e";

TEST(Pickle, TensorsOfAStateDictAreViewsOfStorages) {
    const auto pickle = read(as_text(from_hex(kThreeTensors).value())).value();
    ASSERT_EQ(pickle.storages().size(), 2u);
    EXPECT_EQ(pickle.storages()[0].key, "0");
    EXPECT_EQ(pickle.storages()[0].size_bytes, 24u);
    EXPECT_EQ(pickle.storages()[1].size_bytes, 16u);
    ASSERT_EQ(pickle.tensors().size(), 3u);
    const auto& [w, wt, b] = std::tie(pickle.tensors()[0], pickle.tensors()[1], pickle.tensors()[2]);
    EXPECT_EQ(w.shape, (Shape{2, 3}));
    EXPECT_EQ(w.strides, (Shape{3, 1}));
    EXPECT_EQ(w.stored_as, "torch.FloatStorage");
    EXPECT_EQ(wt.storage, 0u);
    EXPECT_EQ(wt.shape, (Shape{3, 2}));
    EXPECT_EQ(wt.strides, (Shape{1, 3}));
    EXPECT_EQ(b.storage, 1u);
    EXPECT_EQ(b.dtype, Dtype::kI64);
    const auto& items = pickle.root().items;
    ASSERT_EQ(items.size(), 6u);
    EXPECT_EQ(pickle.at(items[2]).text, "wt");
    EXPECT_EQ(pickle.at(items[3]).kind, PickleKind::kTensor);
    EXPECT_EQ(pickle.at(items[3]).number, 1);
    EXPECT_EQ(pickle.end(), kThreeTensors.size() / 2);
}

TEST(Pickle, PlainValuesOfProtocolsTwoToFive) {
    const auto two =
        read("\x80\x02(K\x01J\xfe\xff\xff\xffM\x01\x02\x8a\x01\xff\x8a\x00G?\xf8\0\0\0\0\0\0\x88NU\x02\xe9ytq\x05."s).value();
    const auto& items = two.root().items;
    ASSERT_EQ(items.size(), 9u);
    EXPECT_EQ(two.at(items[0]).number, 1);
    EXPECT_EQ(two.at(items[1]).number, -2);
    EXPECT_EQ(two.at(items[2]).number, 513);
    EXPECT_EQ(two.at(items[3]).number, -1);
    EXPECT_EQ(two.at(items[4]).number, 0);
    EXPECT_EQ(two.at(items[5]).real, 1.5);
    EXPECT_EQ(two.at(items[6]).number, 1);
    EXPECT_EQ(two.at(items[7]).kind, PickleKind::kNone);
    EXPECT_EQ(two.at(items[8]).text, "\xc3\xa9y");  // latin-1 became UTF-8
    const auto four =
        read("\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94(\x8c\x01"s + "a\x94]\x94(K\x02h\x01"s + "eC\x01x\x94Nu."s).value();
    ASSERT_EQ(four.root().items.size(), 4u);
    const auto& list = four.at(four.root().items[1]);
    ASSERT_EQ(list.items.size(), 2u);
    EXPECT_EQ(list.items[1], four.root().items[0]);  // the memo gives the same value, not another
    EXPECT_EQ(four.at(four.root().items[2]).kind, PickleKind::kBytes);
}

TEST(Pickle, LongIntegersAreKeptAsOctets) {
    const auto magic = read("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19."s).value();
    EXPECT_EQ(magic.root().kind, PickleKind::kBigInt);
    EXPECT_EQ(to_hex(as_bytes(magic.root().text)), "6cfc9c46f9206aa85019");
    EXPECT_EQ(read("\x80\x02\x8a\xff"s + std::string(255, '\x7f') + ".").value().root().text.size(), 255u);
}

TEST(Pickle, NamesOutsideOfTheListAreRefusedInEveryWayOfAskingForThem) {
    const std::string list = "\", which is not in the list of harmless names, at octet ";
    EXPECT_EQ(refusal("\x80\x02"s + "cos\nsystem\nX\x02\0\0\0lstR."s), "The pickle asks for \"os.system" + list + "2." + kSave);
    EXPECT_EQ(refusal("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x30h\x00h\x01\x93."s),
              "The pickle uses the instruction POP at octet 16." + kSave);
    EXPECT_EQ(refusal("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x86h\x00h\x01\x93."s),
              "The pickle asks for \"os.system" + list + "21." + kSave);
    EXPECT_EQ(refusal("\x80\x04K\x01K\x02\x93."s), kBroken + "a name is asked for that is no text at octet 6." + kFetch);
    EXPECT_EQ(refusal("(S'ls'\nios\nsystem\n."s), "The pickle uses the instruction STRING at octet 1." + kSave);
    EXPECT_EQ(refusal("(ios\nsystem\n."s), "The pickle uses the instruction INST at octet 1." + kSave);
    EXPECT_EQ(refusal("\x82\x01."s), "The pickle uses the instruction EXT1 at octet 0." + kSave);
    EXPECT_EQ(refusal("\x83\x01\x02."s), "The pickle uses the instruction EXT2 at octet 0." + kSave);
    EXPECT_EQ(refusal("\x84\x01\x02\x03\x04."s), "The pickle uses the instruction EXT4 at octet 0." + kSave);
    EXPECT_EQ(refusal("cbuiltins\neval\n."), "The pickle asks for \"builtins.eval" + list + "0." + kSave);
    EXPECT_EQ(refusal("c__builtin__\nset\n)R."), "taken");
    EXPECT_EQ(refusal("ctorch.nn.modules.linear\nLinear\n)\x81."),
              "The pickle holds a whole pickled module (class \"torch.nn.modules.linear.Linear\"), not its weights, at octet 0." +
                  kSave);
    EXPECT_EQ(refusal("cos\n\x1b[31m\n."), "The pickle asks for \"os.?[31m" + list + "0." + kSave);
    EXPECT_EQ(refusal("ctorch\nFloatStorage.__reduce__\n."),
              "The pickle asks for \"torch.FloatStorage.__reduce__" + list + "0." + kSave);
}

TEST(Pickle, OnlyWhatIsMeantForItIsCalled) {
    EXPECT_EQ(refusal("X\x01\0\0\0a)R."s), kBroken + "what is no function is called at octet 7." + kFetch);
    EXPECT_EQ(refusal("ctorch\nFloatStorage\n)R."), "The pickle calls \"torch.FloatStorage\" at octet 21." + kSave);
    EXPECT_EQ(refusal("ctorch\nTensor\n)\x81."),
              "The pickle makes an object of \"torch.Tensor\" in a way that is not read at octet 15." + kSave);
    EXPECT_EQ(refusal("ctorch.nn.parameter\nParameter\n(K\x01tR."),
              "The pickle calls \"torch.nn.parameter.Parameter\" at octet 34." + kSave);
    EXPECT_EQ(refusal("]}b."), kBroken + "attributes are set of what takes none at octet 2." + kFetch);
    EXPECT_EQ(refusal("]NNs."), kBroken + "an item is set in what is no dictionary at octet 3." + kFetch);
    EXPECT_EQ(refusal("}Na."), kBroken + "something is appended to what is no list at octet 2." + kFetch);
    EXPECT_EQ(refusal("}(Nu."), kBroken + "a key has no value at octet 3." + kFetch);
    EXPECT_EQ(refusal("ctorch._utils\n_rebuild_qtensor\n)R."),
              "The pickle holds a tensor that is not read (it is quantised; dequantise it (tensor.dequantize()) before saving) "
              "at octet 32." +
                  kSave);
    EXPECT_EQ(refusal("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._tensor\n_rebuild_from_type_v2\nctorch\nTensor\n)NtR."),
              kBroken + "a tensor is wrapped in an unknown way at octet 92." + kFetch);
    EXPECT_EQ(refusal("ccollections\nOrderedDict\n(" + std::string(17, 'N') + "tR."),
              kBroken + "a function is given too many words at octet 44." + kFetch);
}

/// A pickle of one tensor of a storage of `count` floats.
std::string one_tensor(std::string_view rest, std::string_view count = "K\x06") {
    return "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
           "0X\x03\0\0\0cpu"s +
           std::string(count) + "tQ" + std::string(rest) + "\x89}tR.";
}

TEST(Pickle, TensorsLieInsideOfTheirStorage) {
    EXPECT_EQ(refusal(one_tensor("K\0K\x02K\x03\x86K\x03K\x01\x86"s)), "taken");
    EXPECT_EQ(refusal(one_tensor("K\x05))"s)), "taken");
    EXPECT_EQ(refusal(one_tensor("K\x05K\x03\x85K\0\x85"s)), "taken");  // expanded: all three are the last element
    EXPECT_EQ(refusal(one_tensor("K\x09K\0\x85K\x01\x85"s)), "taken");  // empty: nothing is reached
    const auto beyond = [](std::string_view shape) {
        return kBroken + "a tensor of shape " + std::string(shape) + " reaches beyond the 6 elements of storage \"0\" at octet ";
    };
    EXPECT_EQ(refusal(one_tensor("K\x06))"s)), beyond("[]") + "92." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\x01K\x02K\x03\x86K\x03K\x01\x86"s)), beyond("[2, 3]") + "100." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0K\x02\x85\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85"s)), beyond("[2]") + "104." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86K\0K\0\x86"s)).substr(0, 59),
              "The pickle is broken: a tensor of shape [2147483647, 214748");
    EXPECT_EQ(refusal(one_tensor("J\xff\xff\xff\xffK\x01\x85K\x01\x85"s)),
              kBroken + "a tensor begins nowhere at octet 99." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0J\xff\xff\xff\xff\x85K\x01\x85"s)),
              kBroken + "the size of a tensor is no number at octet 99." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0K\x01\x85)"s)),
              kBroken + "a tensor has more sizes than strides or fewer at octet 94." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0("s + std::string(130, 'N') + "tK\x01\x85"s)).substr(0, 44),
              kBroken + "a tensor has 130 axes,");
    EXPECT_EQ(refusal(one_tensor("K\0))"s, "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f")),
              kBroken + "storage \"0\" is larger than any file at octet 92." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0))"s, "J\xff\xff\xff\xff")),
              kBroken + "a storage has fewer than no elements at octet 87." + kFetch);
}

TEST(Pickle, StoragesAreNamedInOneWay) {
    EXPECT_EQ(refusal(one_tensor("K\0))"s), PickleStorages::kNone),
              kBroken + "a storage is named where there is none at octet 84." + kFetch);
    EXPECT_EQ(refusal(one_tensor("K\0))"s), PickleStorages::kLegacy),
              kBroken + "a storage is named with too few or many words at octet 84." + kFetch);
    EXPECT_EQ(refusal("(X\x06\0\0\0moduleNNNNtQ."s),
              "The pickle holds a whole pickled module with its source code, not its weights, at octet 17." + kSave);
    EXPECT_EQ(refusal("NQ."), kBroken + "a storage is named by what is no tuple at octet 1." + kFetch);
    EXPECT_EQ(refusal(")Q."), kBroken + "a storage is named in an unknown way at octet 1." + kFetch);
    EXPECT_EQ(refusal("(X\x07\0\0\0storagecbuiltins\nset\nX\x01\0\0\0a"s + "NK\x01tQ."),
              kBroken + "a storage has a class that is none of a storage at octet 37." + kFetch);
}

TEST(Pickle, TheStackTheMemoAndTheEndAreChecked) {
    EXPECT_EQ(refusal("."), kBroken + "it does not end with one value at octet 0." + kFetch);
    EXPECT_EQ(refusal("NN."), kBroken + "it does not end with one value at octet 2." + kFetch);
    EXPECT_EQ(refusal("N(."), kBroken + "it does not end with one value at octet 2." + kFetch);
    EXPECT_EQ(refusal("t."), kBroken + "TUPLE finds no mark at octet 0." + kFetch);
    EXPECT_EQ(refusal("N(\x85."), kBroken + "TUPLE1 finds no value at octet 2." + kFetch);
    EXPECT_EQ(refusal("h\x07."), kBroken + "place 7 of the memo is empty and asked for at octet 0." + kFetch);
    EXPECT_EQ(refusal("j\xff\xff\xff\xff."),
              kBroken + "place 4294967295 of the memo is empty and asked for at octet 0." + kFetch);
    EXPECT_EQ(refusal("Nr\xff\xff\xff\xff."), "taken");
    EXPECT_EQ(refusal("\x80\x06N."), "The pickle is of protocol 6, which is not known, at octet 0." + kSave);
    EXPECT_EQ(refusal("\xff"), "Octet 0 (hex ff) is no instruction of a pickle." + kFetch);
    EXPECT_EQ(refusal(""), "The pickle has no STOP before its end at octet 0." + kFetch);
    EXPECT_EQ(refusal("N2."), "The pickle uses the instruction DUP at octet 1." + kSave);
    EXPECT_EQ(refusal("I1\n."), "The pickle uses the instruction INT at octet 0." + kSave);
    EXPECT_EQ(refusal("P1\n."), "The pickle uses the instruction PERSID at octet 0." + kSave);
}

TEST(Pickle, LengthsAreNotBelievedBeforeTheOctetsAreThere) {
    EXPECT_EQ(refusal("X\xff\xff\xff\xff"), "The pickle is cut off in the BINUNICODE at octet 0." + kFetch);
    EXPECT_EQ(refusal("\x8d\xff\xff\xff\xff\xff\xff\xff\xff."), "The pickle is cut off in the BINUNICODE8 at octet 0." + kFetch);
    EXPECT_EQ(refusal("\x8a\xff."), "The pickle is cut off in the LONG1 at octet 0." + kFetch);
    EXPECT_EQ(refusal("\x8b\xff\xff\xff\x7f."), "The pickle is cut off in the LONG4 at octet 0." + kFetch);
    EXPECT_EQ(refusal("X\0\0\x20\0"s + std::string(0x200000, 'x') + "."),
              "The pickle holds a text of 2097152 octets at octet 0; at most 1048576 are read. Save model.state_dict() with "
              "torch.save.");
}

TEST(Pickle, BombsMeetTheLimitsOfMemory) {
    // Ten levels of a tuple that holds the one before it ten times: a hundred references, ten thousand million leaves.
    std::string laughs = "Nq\0"s;
    for (char level = 0; level < 10; ++level) {
        laughs += '(';
        for (int i = 0; i < 10; ++i) laughs += "h"s + level;
        laughs += "tq"s + static_cast<char>(level + 1);
    }
    laughs = "(" + laughs + "t.";
    EXPECT_EQ(refusal(laughs), "taken");
    const PickleLimits small{.octets = 1'000'000, .memory = 100'000, .text = 1'000, .depth = 1'000};
    const auto asks = [](std::string_view octet) {
        return "The pickle asks for more than 100000 octets of memory at octet " + std::string(octet) +
               ". A checkpoint of tensors needs far less: save model.state_dict() with torch.save.";
    };
    std::string memo = "N";
    for (int i = 0; i < 3'000; ++i) memo += "r" + std::string{static_cast<char>(i), static_cast<char>(i >> 8), 0, 0};
    EXPECT_EQ(refusal(memo + ".", PickleStorages::kZip, small), asks("10416"));
    EXPECT_EQ(refusal(std::string(2'000, 'N') + ".", PickleStorages::kZip, small),
              "The pickle piles up more than 1000 values at octet 1000. Save model.state_dict() with torch.save.");
    EXPECT_EQ(refusal(std::string(2'000, '(') + ".", PickleStorages::kZip, small),
              kBroken + "there are too many marks at octet 1000." + kFetch);
    std::string copies = "(]q"s + '\0' + "(" + std::string(900, 'N') + "e";
    for (int i = 0; i < 90; ++i) copies += "cbuiltins\nset\nh"s + '\0' + "\x85R";
    EXPECT_EQ(refusal(copies + "t.", PickleStorages::kZip, small).substr(0, 54), asks("1").substr(0, 54));
    PickleLimits short_one;
    short_one.octets = 10;
    EXPECT_EQ(refusal("(" + std::string(50, 'N') + "t.", PickleStorages::kZip, short_one),
              "The pickle is longer than 10 octets, which is the most that is read. Save model.state_dict() with torch.save.");
}

TEST(Pickle, EveryCutOfARealOneIsRefused) {
    const Bytes whole = from_hex(kThreeTensors).value();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read(as_text(ByteView(whole).first(size))).has_value()) << size;
}

}  // namespace
}  // namespace mirfa::checkpoint
