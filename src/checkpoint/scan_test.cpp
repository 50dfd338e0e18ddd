// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/scan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <lzma.h>

#include "checkpoint/testing/hand.h"

namespace mirfa::checkpoint {
namespace {

using namespace std::string_literals;
using testing::deflated;
using testing::fixture;
using testing::HandMember;
using testing::owned;

ScanReport scan(std::string_view octets, std::string_view name = "a.pkl", const ScanLimits& limits = {}) {
    return scan_file(owned(octets), name, limits).value();
}
ScanReport scan(Bytes octets, std::string_view name) { return scan_file(owned(std::move(octets)), name).value(); }

std::string name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::kSafe: return "safe";
        case Verdict::kCaution: return "caution";
        case Verdict::kSuspicious: return "suspicious";
        case Verdict::kDangerous: return "dangerous";
        case Verdict::kUnreadable: return "unreadable";
    }
    return "";
}

/// `dangerous: os.system!2` — the verdict, imports with their places, findings.
std::string told(const ScanReport& report) {
    std::string text = name_of(report.verdict) + ":";
    for (const auto& found : report.imports) {
        text += " " + (found.member.empty() ? "" : found.member + ">") + found.module + "." + found.name;
        text += (found.safety == Safety::kDangerous    ? "!"
                 : found.safety == Safety::kSuspicious ? "?"
                                                       : "=") +
                std::to_string(found.offset);
    }
    for (const auto& finding : report.findings)
        text += " [" + (finding.member.empty() ? "" : finding.member + ": ") + finding.text + "]";
    return text;
}

const std::string kSystem = "cos\nsystem\nX\x02\0\0\0ls\x85R."s;

TEST(Scan, EveryWayOfAskingForANameIsSeen) {
    EXPECT_EQ(told(scan(kSystem)), "dangerous: os.system!0");
    EXPECT_EQ(told(scan("\x80\x02" + kSystem)), "dangerous: os.system!2");
    EXPECT_EQ(told(scan("(S'ls'\nios\nsystem\n.")), "dangerous: os.system!7");
    EXPECT_EQ(told(scan("\x80\x04\x8c\x02os\x8c\x06system\x93."s)), "dangerous: os.system!14");
    EXPECT_EQ(told(scan("S'os'\nS\"system\"\n\x93.")), "dangerous: os.system!16");
    EXPECT_EQ(told(scan("Vos\nVsystem\n\x93.")), "dangerous: os.system!12");
    EXPECT_EQ(told(scan("\x82\x05.")), "dangerous: unknown.extension 5!0");
    EXPECT_EQ(told(scan("\x84\x05\0\0\0."s)), "dangerous: unknown.extension 5!0");
}

TEST(Scan, NamesThatAreHiddenInTheMemoAreFollowed) {
    // collections and OrderedDict are put last; what is taken back is os and system.
    EXPECT_EQ(told(scan("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x8c\x0b"
                        "collections\x94\x8c\x0bOrderedDict\x94"
                        "00h\x00h\x01\x93."s)),
              "dangerous: os.system!50");
    EXPECT_EQ(told(scan("\x8c\x02osq\x07\x30\x8c\x06systemr\x09\0\0\0"
                        "0h\x07j\x09\0\0\0\x93."s)),
              "dangerous: os.system!28");
    EXPECT_EQ(told(scan("\x8c\x02osp7\n0\x8c\x06system2\x30g7\nr\x01\0\0\0"
                        "0g7\nj\x01\0\0\0\x93."s)),
              "dangerous: os.os!35");
    // A place that Python reads as 7 too, written so that a scanner reads nothing there.
    EXPECT_EQ(told(scan("\x8c\x0b"
                        "collectionsq\x07\x30\x8c\x02osp+7\n0h\x07\x8c\x06system\x93."s)),
              "dangerous: unknown.system!35");
    EXPECT_EQ(told(scan("Vo\\u0073\nVsystem\n\x93.")), "dangerous: unknown.system!17");
    EXPECT_EQ(told(scan("K\x01K\x02\x93.")), "dangerous: unknown.unknown!4");
    EXPECT_EQ(told(scan("h\x05h\x06\x93.")), "dangerous: unknown.unknown!4");
}

TEST(Scan, NamesAreClassifiedByModuleParentAndAttribute) {
    EXPECT_EQ(classify_import("collections", "OrderedDict"), Safety::kInnocuous);
    EXPECT_EQ(classify_import("torch", "FloatStorage"), Safety::kInnocuous);
    EXPECT_EQ(classify_import("torch._utils", "_rebuild_tensor_v2"), Safety::kInnocuous);
    EXPECT_EQ(classify_import("numpy.core.multiarray", "_reconstruct"), Safety::kInnocuous);
    EXPECT_EQ(classify_import("sklearn.linear_model", "Ridge"), Safety::kSuspicious);
    EXPECT_EQ(classify_import("builtins", "print"), Safety::kSuspicious);
    EXPECT_EQ(classify_import("builtins", "eval"), Safety::kDangerous);
    EXPECT_EQ(classify_import("__builtin__", "getattr"), Safety::kDangerous);
    EXPECT_EQ(classify_import("os", "anything"), Safety::kDangerous);
    EXPECT_EQ(classify_import("os.path", "join"), Safety::kDangerous);
    EXPECT_EQ(classify_import("osmnx", "graph"), Safety::kSuspicious);
    EXPECT_EQ(classify_import("numpy.f2py.crackfortran", "getlincoef"), Safety::kDangerous);
    EXPECT_EQ(classify_import("torch", "os.system"), Safety::kDangerous);
    EXPECT_EQ(classify_import("torch", "serialization.os.system"), Safety::kDangerous);
    EXPECT_EQ(classify_import("collections", "OrderedDict.__init__.__globals__"), Safety::kDangerous);
}

TEST(Scan, PicklesBehindEachOtherAndBrokenOnesAreSeen) {
    const std::string harmless = "\x80\x02}.";
    EXPECT_EQ(told(scan(harmless)), "safe:");
    EXPECT_EQ(told(scan(harmless + harmless + "\x80\x02" + kSystem)), "dangerous: os.system!10");
    EXPECT_EQ(told(scan("\x80\x02"
                        "cos\nsystem\nX\x02")),
              "dangerous: os.system!2 [The pickle is cut off in the BINUNICODE at octet 13. Fetch the file again.]");
    EXPECT_EQ(told(scan("\x80\x02\xff")), "unreadable: [Octet 2 (hex ff) is no instruction of a pickle. Fetch the file again.]");
    EXPECT_EQ(told(scan("\x80\x02"
                        "csklearn.svm\nSVC\n.")),
              "suspicious: sklearn.svm.SVC?2");
    EXPECT_EQ(told(scan("\x80\x02"
                        "cos\nsystem\ncos\nsystem\n.")),
              "dangerous: os.system!2");
}

TEST(Scan, OddNamesCountWhereTheRestIsAPickle) {
    EXPECT_EQ(told(scan("cmy-module\nrun\n)R.")), "suspicious: my-module.run?0");
    EXPECT_EQ(told(scan("c\xff\x1b[31m\nrun\n\xff")), "safe:");
    EXPECT_EQ(told(scan("\x80\x02"
                        "c\x1b[31m\nrun\n.")),
              "suspicious: ?[31m.run?2");
}

TEST(Scan, FilesOfOtherKindsAreNoPickles) {
    EXPECT_EQ(told(scan("plain text, cut off", "notes.bin")), "safe:");
    EXPECT_EQ(told(scan("", "empty.bin")), "safe:");
    EXPECT_EQ(told(scan("\x1f\x8b\x08\0\0\0"s, "model.joblib")),
              "unreadable: [What it is packed with is broken or cut off. Fetch the file again.]");
    EXPECT_EQ(told(scan("\x1f\x8b\x08\0\0\0"s, "model.tgz")), "safe:");
    EXPECT_FALSE(scan("plain", "notes.bin").has_pickles);
}

TEST(Scan, FilesOfTorchShowTheirImports) {
    const auto zip = scan_file(fixture("torch_module_state.pt"), "pytorch_model.bin").value();
    EXPECT_EQ(name_of(zip.verdict), "safe");
    EXPECT_TRUE(zip.findings.empty());
    ASSERT_EQ(zip.imports.size(), 4u);
    EXPECT_EQ(zip.imports[0],
              (ScannedImport{"collections", "OrderedDict", Safety::kInnocuous, "torch_module_state/data.pkl", 2}));
    const auto legacy = scan_file(fixture("torch_types_legacy.pt"), "a.pt").value();
    EXPECT_EQ(name_of(legacy.verdict), "safe") << told(legacy);
    EXPECT_EQ(legacy.imports.size(), 14u);
    EXPECT_EQ(name_of(scan_file(fixture("torch_whole_module.pt"), "a.pt").value().verdict), "suspicious");
    EXPECT_EQ(name_of(scan_file(fixture("torch_new_types.pt"), "a.pt").value().verdict), "safe");
}

TEST(Scan, AProgramWhereTorchsNumberShouldBeIsDangerous) {
    EXPECT_EQ(told(scan("cmine\nnumber\n)R.\x80\x02M\xe9\x03.", "a.pt")),
              "dangerous: mine.number?0 [Its first pickle is a program where torch's number should be.]");
    EXPECT_EQ(told(scan("cmine\nnumber\n)R.\x80\x02M\xe9\x03.", "a.pkl")), "suspicious: mine.number?0");
}

TEST(Scan, MembersOfArchivesAreLookedAtWhateverTheyAreCalled) {
    const std::string evil = "\x80\x02" + kSystem;
    EXPECT_EQ(told(scan(testing::hand_zip({{"a/data.pkl", evil}}), "m.pt")), "dangerous: a/data.pkl>os.system!2");
    EXPECT_EQ(told(scan(testing::hand_zip({{"a/image.png", evil, 8}}), "m.zip")), "dangerous: a/image.png>os.system!2");
    EXPECT_EQ(told(scan(testing::hand_zip({{"a/data.pkl", kSystem}}), "m.pt")), "dangerous: a/data.pkl>os.system!0");
    const std::string inner = std::string(as_text(testing::hand_zip({{"b.pkl", evil}})));
    EXPECT_EQ(told(scan(testing::hand_zip({{"inner", inner, 8}}), "m.zip")), "dangerous: inner/b.pkl>os.system!2");
    EXPECT_EQ(told(scan(testing::hand_zip({{"data/0", "\x80\x02\xff\xff"}}), "m.pt")), "safe:");
}

TEST(Scan, OddArchivesAreScannedAndTold) {
    const std::string evil = "\x80\x02" + kSystem;
    EXPECT_EQ(told(scan(testing::hand_zip({{.name = "a.pkl", .content = evil, .flags = 1}}), "m.pt")),
              "dangerous: a.pkl>os.system!2 [In the archive, \"a.pkl\" is marked as encrypted.]");
    EXPECT_EQ(
        told(scan(testing::hand_zip({{.name = "a.pkl", .content = evil, .local_name = "b.pkl"}}), "m.pt")),
        "dangerous: a.pkl>os.system!2 [In the archive, \"a.pkl\" has another name at its own place than in the directory.]");
    Bytes hidden;
    const HandMember first{"a.txt", "text"}, second{"evil.pkl", evil}, third{"c.txt", "text"};
    const auto a = testing::append_local(hidden, first);
    testing::append_local(hidden, second);
    const auto c = testing::append_local(hidden, third);
    testing::append_directory(hidden, {a, c});
    EXPECT_EQ(told(scan(hidden, "m.pt")),
              "dangerous: evil.pkl>os.system!2 [evil.pkl: It is in the archive and not in its directory.]");
    Bytes cut = testing::hand_zip({{"a.pkl", evil}});
    cut.resize(cut.size() - 10);
    EXPECT_EQ(told(scan(cut, "m.pt")),
              "dangerous: a.pkl>os.system!2 [The zip archive is broken: its end record is missing. Fetch the file again.] "
              "[a.pkl: It is in the archive and not in its directory.] "
              "[a.pkl: The pickle is cut off in the PERSID at octet 23. Fetch the file again.]");
}

TEST(Scan, APickleBeforeAnArchiveIsSeen) {
    Bytes both = testing::hand_zip({{"a.txt", "text"}});
    const std::string evil = "\x80\x02" + kSystem;
    both.insert(both.begin(), evil.begin(), evil.end());
    const auto report = scan(both, "m.pt");
    EXPECT_EQ(name_of(report.verdict), "dangerous");
    EXPECT_EQ(report.imports.at(0).name, "system");
}

TEST(Scan, PicklesWithinTextsOfOthersAreSeenToALimit) {
    const std::string evil = "\x80\x02" + kSystem;
    std::string nested = evil;
    for (int i = 0; i < 3; ++i)
        nested =
            "\x80\x04"
            "C" +
            std::string{static_cast<char>(nested.size())} + nested + ".";
    EXPECT_EQ(told(scan(nested)), "dangerous: octets at 4/octets at 4/octets at 4>os.system!2");
    for (int i = 0; i < 3; ++i)
        nested =
            "\x80\x04"
            "C" +
            std::string{static_cast<char>(nested.size())} + nested + ".";
    EXPECT_EQ(name_of(scan(nested).verdict), "unreadable");
}

TEST(Scan, ArraysOfObjectsAreTheirPickle) {
    std::string text = "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}";
    const std::string npy = "\x93NUMPY\1\0"s + static_cast<char>(text.size()) + "\0"s + text + "\x80\x02" + kSystem;
    EXPECT_EQ(told(scan(npy, "a.npy")), "dangerous: os.system!66");
    EXPECT_EQ(told(scan(testing::hand_zip({{"k.npy", npy, 8}}), "a.npz")), "dangerous: k.npy>os.system!66");
    EXPECT_EQ(name_of(scan_file(fixture("numpy.npz"), "a.npz").value().verdict), "safe");
    text = "{'descr': [('a', '<f4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,)}";
    EXPECT_EQ(
        name_of(scan("\x93NUMPY\1\0"s + static_cast<char>(text.size()) + "\0"s + text + "\x80\x02" + kSystem, "a.npy").verdict),
        "dangerous");
}

std::string tar_member(std::string_view name, std::string_view content, char kind = '0') {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    const std::string digits = "00000000000";
    std::string size = digits;
    for (std::size_t i = size.size(), left = content.size(); i-- > 0; left /= 8) size[i] = static_cast<char>('0' + left % 8);
    block.replace(124, 11, size);
    block[156] = kind;
    block.replace(257, 5, "ustar");
    std::string body(content);
    body.resize((body.size() + 511) / 512 * 512);
    return block + body;
}

TEST(Scan, TarArchivesAreLookedInto) {
    EXPECT_EQ(told(scan(tar_member("pickle", kSystem) + std::string(1024, '\0'), "old.pt")), "dangerous: pickle>os.system!0");
    EXPECT_EQ(told(scan(tar_member("../x", "a") + tar_member("link", "", '2'), "m.nemo")),
              "dangerous: [../x: Its path leaves the folder that it is unpacked into.] [link: It is a link.]");
    EXPECT_EQ(told(scan(tar_member("w.ckpt", "\x80\x02" + kSystem), "m.nemo")), "dangerous: w.ckpt>os.system!2");
}

std::string gzipped(std::string_view content) { return deflated(content, 16 + MAX_WBITS); }
std::string zlibbed(std::string_view content) { return deflated(content, MAX_WBITS); }
std::string xzipped(std::string_view content) {
    std::string out(lzma_stream_buffer_bound(content.size()), '\0');
    std::size_t size = 0;
    EXPECT_EQ(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(content.data()),
                                      content.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
              LZMA_OK);
    out.resize(size);
    return out;
}

TEST(Scan, PackedPicklesAreLookedInto) {
    const std::string evil = "\x80\x02" + kSystem, told_so = "dangerous: os.system!2";
    for (const auto pack : {gzipped, zlibbed, xzipped}) {
        EXPECT_EQ(told(scan(pack(evil), "m.pkl.gz")), told_so);
        EXPECT_EQ(told(scan(pack(evil), "m.joblib")), told_so);
        EXPECT_EQ(told(scan(pack("\x80\x02}."), "m.joblib")), "safe:");
        EXPECT_EQ(told(scan(pack(kSystem), "M.PKL.XZ")), "dangerous: os.system!0");
        // The second of two streams, and what is none behind them.
        EXPECT_EQ(told(scan(pack("\x80\x02N") + pack("0" + kSystem), "m.pkl")), "dangerous: os.system!4");
        EXPECT_EQ(scan(pack(evil) + "what no reader looks at", "m.pkl").verdict, Verdict::kDangerous);
        EXPECT_EQ(told(scan(pack(pack(evil)), "m.pkl")), told_so);
        EXPECT_EQ(told(scan(pack(tar_member("w.ckpt", evil) + std::string(1024, '\0')), "m.pt")),
                  "dangerous: w.ckpt>os.system!2");
        const std::string far = pack("\x80\x02" + std::string(300'000, 'N') + kSystem);
        EXPECT_EQ(told(scan(far, "m.pkl")), "dangerous: os.system!300002");
        EXPECT_EQ(scan(far.substr(0, far.size() - 9), "m.pkl").verdict, Verdict::kDangerous) << "Python runs what stands before";
        const std::string whole = pack("\x80\x02}.");
        EXPECT_EQ(scan(whole.substr(0, whole.size() - 5), "m.pkl").verdict, Verdict::kUnreadable);
        EXPECT_EQ(told(scan(pack(evil), "m.txt")), "safe:");
    }
    EXPECT_EQ(told(scan(gzipped(evil) + std::string(512, '\0'), "m.pkl")), told_so) << "padding is nothing";
    EXPECT_EQ(told(scan("7z\xbc\xaf\x27\x1c", "m.pkl")), "unreadable: [It is packed with 7z, and was not looked into.]");
    EXPECT_EQ(told(scan("BZh9", "m.pkl")), "unreadable: [It is packed with bzip2, and was not looked into.]");
    EXPECT_EQ(told(scan("x\x9cno zlib", "m.dat")), "safe:");
}

TEST(Scan, PackedBombsMeetTheLimits) {
    const std::string bomb = gzipped("\x80\x02" + std::string(5'000'000, 'N') + kSystem);
    EXPECT_EQ(told(scan(bomb, "m.pkl", {.octets = 100'000})).substr(0, 10), "unreadable");
    const auto report = scan(bomb, "m.pkl", {.octets = 2'000'000});
    EXPECT_EQ(report.verdict, Verdict::kUnreadable);
    EXPECT_EQ(report.findings.back().kind, "too_large");
    EXPECT_EQ(scan(bomb, "m.pkl").verdict, Verdict::kDangerous);
    std::string within = "\x80\x02}.";
    for (int i = 0; i < 10; ++i) within = gzipped(within);
    EXPECT_EQ(told(scan(within, "m.pkl")), "unreadable: [It lies too deep within other files to be looked at.]");
}

TEST(Scan, BombsMeetTheLimits) {
    const ScanLimits small{.octets = 100'000, .imports = 3, .findings = 2, .depth = 2};
    const std::string zeros(5'000'000, 'N');
    const Bytes bomb = testing::hand_zip({{"a.pkl", "\x80\x02" + zeros + kSystem, 8}});
    EXPECT_EQ(told(scan(as_text(bomb), "m.pt", small)),
              "unreadable: [Only the first 100000 octets of its content were looked at.]");
    std::string many = "\x80\x02";
    for (int i = 0; i < 9; ++i) many += "cm\nn" + std::to_string(i) + "\n";
    EXPECT_EQ(told(scan(many + kSystem, "a.pkl", small)),
              "dangerous: m.n0?2 m.n1?8 m.n2?14 [It imports more than 3 names.] [It imports \"os.system\" at octet 56.]");
    for (int i = 10; i < 60; ++i) many += "cm\nn" + std::to_string(i) + "\n";
    EXPECT_EQ(name_of(scan(many + ".", "a.pkl", small).verdict), "dangerous");
    EXPECT_EQ(scan(many + ".", "a.pkl", small).findings.back().text, "It imports more than 30 names, which no checkpoint does.");
    EXPECT_EQ(told(scan("\x80\x02" + std::string(4'200'000, '(') + kSystem)), "dangerous: os.system!4200002");
}

TEST(Scan, EveryCutOfARealFileIsScannedWithoutHarm) {
    const auto source = fixture("torch_training.pt");
    Bytes whole(source->size());
    ASSERT_TRUE(source->read_at(0, whole).has_value());
    for (std::size_t size = 0; size < whole.size(); size += 11) {
        const auto report = scan(as_text(ByteView(whole).first(size)), "a.pt");
        EXPECT_NE(report.verdict, Verdict::kDangerous) << size << told(report);
    }
}

TEST(Scan, ChatTemplatesThatReachBeyondTheConversationAreTold) {
    EXPECT_TRUE(scan_chat_template("{% for m in messages %}{{ m['content'] }} import from __init {% endfor %}").empty());
    EXPECT_EQ(scan_chat_template("{{ ''.__class__.__mro__ }}").at(0).text,
              "Its chat template reaches the inside of Python's objects (__class__).");
    EXPECT_EQ(scan_chat_template("{%- import 'x' as y %}").at(0).safety, Safety::kSuspicious);
    EXPECT_EQ(scan_chat_template("{{ x|attr('a') }}").at(0).safety, Safety::kDangerous);
    Bytes gguf;
    append(gguf, "GGUF");
    append_le(gguf, 3, 4);
    append_le(gguf, 0, 8);
    append_le(gguf, 3, 8);
    const auto key = [&](std::string_view name, std::uint64_t type) {
        append_le(gguf, name.size(), 8);
        append(gguf, name);
        append_le(gguf, type, 4);
    };
    key("general.alignment", 4);
    append_le(gguf, 32, 4);
    key("tokens", 9);
    append_le(gguf, 8, 4);
    append_le(gguf, 1, 8);
    append_le(gguf, 2, 8);
    append(gguf, "ab");
    key("tokenizer.chat_template.tool", 8);
    const std::string text = "{{ cycler.__init__.__globals__.os }}";
    append_le(gguf, text.size(), 8);
    append(gguf, text);
    EXPECT_EQ(told(scan(gguf, "m.gguf")), "dangerous: [Its chat template reaches the inside of Python's objects (__init__).]");
    gguf.resize(gguf.size() - 1);
    EXPECT_EQ(told(scan(gguf, "m.gguf")), "unreadable: [The keys of the GGUF file are broken. Fetch the file again.]");
}

/// `MyModel of modeling_x.py`, one for each class.
std::string classes_in(std::string_view config) {
    std::string text;
    for (const auto& finding : scan_model_config(config))
        text += (text.empty() ? "" : ", ") + (finding.kind.empty() ? finding.text : finding.name + " of " + finding.file);
    return text;
}

TEST(Scan, CodeThatTransformersWouldRunIsTold) {
    EXPECT_EQ(classes_in(R"({"model_type": "bert", "architectures": ["BertModel"]})"), "");
    EXPECT_EQ(classes_in(R"({"auto_map": {"AutoConfig": "configuration_x.XConfig", "AutoModel": "modeling_x.XModel"}})"),
              "XConfig of configuration_x.py, XModel of modeling_x.py");
    EXPECT_EQ(classes_in(R"({"auto_map": {"AutoTokenizer": ["tokenization_x.XTokenizer", null]}})"),
              "XTokenizer of tokenization_x.py");
    EXPECT_EQ(classes_in(R"({"auto_map": {"AutoModel": "acme/code--modeling_x.XModel"}})"), "XModel of acme/code/modeling_x.py");
    EXPECT_EQ(classes_in(R"({"auto_map": {"A": "m.X", "B": "m.X"}})"), "X of m.py") << "once";
    EXPECT_EQ(classes_in(R"({"custom_pipelines": {"text": {"impl": "pipe.P", "pt": ["AutoModel"]}}})"), "P of pipe.py");
    EXPECT_EQ(classes_in(R"({"auto_map": "modeling_x.XModel", "custom_pipelines": [1]})"), "");
    EXPECT_EQ(classes_in(R"({"auto\u005fmap": {"A": "m.X"}})"), "X of m.py");
    const std::string odd = "It is no plain JSON, and seems to name code of its own (auto_map).";
    EXPECT_EQ(classes_in(R"({"a": NaN, "auto_map": {"A": "m.X"}})"), odd);
    EXPECT_EQ(classes_in(R"({"a": NaN, "auto\u005fmap": {"A": "m.X"}})"), odd);
    EXPECT_EQ(classes_in("{\"a\": NaN}"), "");
    std::string many;
    for (int i = 0; i < 1'000; ++i) many += fmt::format(R"({}"A{}": "m.X{}")", i == 0 ? "" : ",", i, i);
    EXPECT_EQ(scan_model_config("{\"auto_map\": {" + many + "}}").size(), 50u);
    const std::string config = R"({"auto_map": {"AutoModel": "modeling_x.XModel"}})";
    const std::string told_so = "caution: [Loading it with trust_remote_code runs XModel of modeling_x.py.]";
    for (const auto* name : {"config.json", "sub/tokenizer_config.json", "preprocessor_config.json"})
        EXPECT_EQ(told(scan(config, name)), told_so) << name;
    EXPECT_EQ(told(scan(config, "other.json")), "safe:");
    EXPECT_EQ(told(scan(std::string((16u << 20) + 1, ' '), "config.json")), "unreadable: [It is too large to be looked at.]");
}

TEST(Scan, LayersOfKerasThatBringCodeAreTold) {
    const std::string lambda = "It has a layer of the class Lambda, whose code Keras runs when it loads the model.";
    const auto model = [](std::string_view name) { return R"({"class_name": ")" + std::string(name) + R"(", "config": {}})"; };
    const auto keras = [&](const std::string& config) {
        return told(scan(testing::hand_zip({{"metadata.json", "{}"}, {"config.json", config, 8}}), "m.keras"));
    };
    EXPECT_EQ(keras(model("Dense")), "safe:");
    EXPECT_EQ(keras(model("Lambda")), "dangerous: [config.json: " + lambda + "]");
    EXPECT_EQ(keras("{\"class_name\"\n :\t\"__lambda__\"}"), "dangerous: [config.json: " + lambda + "]");
    EXPECT_EQ(keras(R"({"class_name": "\u004cambda"})"),
              "suspicious: [config.json: It spells letters by their numbers, which hides what classes its layers have.]");
    EXPECT_EQ(keras(R"({"name": "Lambda", "text": "\u00e9"})"), "safe:");
    const std::string h5 = "\x89HDF\r\n\x1a\n";
    EXPECT_EQ(told(scan(h5 + model("Dense"), "tf_model.h5")), "safe:");
    // Across the border of what is read at once.
    for (const std::size_t before : {std::size_t{0}, (std::size_t{1} << 20) - 20})
        EXPECT_EQ(told(scan(h5 + std::string(before, '\0') + model("Lambda"), "tf_model.h5")), "dangerous: [" + lambda + "]");
    EXPECT_EQ(told(scan_file(fixture("keras2_model.h5"), "keras2_model.h5").value()), "safe:");
}

TEST(Scan, LayersOfKerasAreNotHiddenFromIt) {
    const std::string dangerous =
        "dangerous: [It has a layer of the class Lambda, whose code Keras runs when it loads the model.]";
    const std::string h5 = "\x89HDF\r\n\x1a\n", lambda = R"({"class_name": "Lambda"})";
    EXPECT_EQ(told(scan(std::string(1'024, ' ') + h5 + lambda, "m.h5")), dangerous) << "behind a block of the user's own";
    const auto scanned = scan(h5 + lambda + "PK\5\6" + std::string(18, '\0'), "m.h5");
    EXPECT_EQ(scanned.verdict, Verdict::kDangerous) << "an archive at its end";
    std::string wide;
    for (const char c : lambda) wide += {c, '\0'};
    EXPECT_EQ(told(scan(h5 + wide, "m.h5")), dangerous) << "in UTF-16";
    const std::string letters = "suspicious: [It spells letters by their numbers, which hides what classes its layers have.]";
    EXPECT_EQ(told(scan(h5 + "{\n\n\n\"\\u0063lass_name\": \"Lambda\"}", "m.h5")), letters);
    EXPECT_EQ(told(scan(h5 + "{\"name\":\"\u00e9\",\"\\u0063lass_name\":\"Lambda\"}", "m.h5")), letters);
    // The border of what is read at once lies between the key and its value.
    const std::string far = "{\"class_name\"" + std::string(6'000, ' ') + ": \"Lambda\"}";
    const std::string spaces = "[It has more spaces before the class of a layer than any writer of JSON puts there.]";
    const auto told_with_border_at = [&](std::size_t behind) {
        return told(scan(h5 + std::string((std::size_t{1} << 20) - behind, ' ') + far, "m.h5"));
    };
    EXPECT_EQ(told_with_border_at(30), dangerous + " " + spaces) << "what is read next has both";
    EXPECT_EQ(told_with_border_at(5'000), "suspicious: " + spaces);
    const auto long_file = scan(h5 + lambda + std::string(std::size_t{3} << 20, ' '), "m.h5", {.searched = 2u << 20});
    EXPECT_EQ(long_file.verdict, Verdict::kDangerous) << "before the end of what is looked at";
    EXPECT_EQ(told(scan(h5 + R"({"class_name": "Dense", "text": "\u007f"})", "m.h5")), "safe:");
}

TEST(Scan, LayersOfKerasThatNeedOtherCodeAreTold) {
    const auto keras = [](const std::string& config) {
        const Bytes zip = testing::hand_zip({{"config.json", config, 8}});
        return told(scan(as_text(zip), "m.keras"));
    };
    const auto entry = [](std::string_view module, std::string_view name, std::string_view registered = "null") {
        return fmt::format(R"({{"module": {}, "class_name": "{}", "config": {{"units": 1}}, "registered_name": {}}})", module,
                           name, registered);
    };
    const auto function = [](std::string_view module, std::string_view name) {
        return fmt::format(R"({{"module": "{}", "class_name": "function", "config": "{}", "registered_name": "function"}})",
                           module, name);
    };
    const auto needs = [](std::string_view name) {
        return fmt::format("caution: [config.json: It needs code of its own: {}.]", name);
    };
    const auto calls = [](std::string_view name) {
        return fmt::format("dangerous: [config.json: It has Keras call {} when it loads the model.]", name);
    };
    EXPECT_EQ(keras(entry("\"keras.layers\"", "Dense")), "safe:");
    EXPECT_EQ(keras(entry("\"keras.src.models.functional\"", "Functional", "\"Functional\"")), "safe:");
    EXPECT_EQ(keras(entry("\"tensorflow.python.framework.dtypes\"", "DType")), "safe:");
    EXPECT_EQ(keras(entry("\"keras_hub.src.layers\"", "RMSNorm", "\"keras_hub>RMSNorm\"")), "safe:");
    EXPECT_EQ(keras(function("builtins", "mean_squared_error")), "safe:");
    EXPECT_EQ(keras(entry("\"builtins\"", "slice")), "safe:");
    EXPECT_EQ(keras(R"({"module": "elsewhere", "name": "of another kind"})"), "safe:");
    EXPECT_EQ(keras(entry("\"acme.layers\"", "Attention")), needs("acme.layers.Attention"));
    EXPECT_EQ(keras(entry("\"acme.layers\"", "Attention", "\"Acme>Attention\"")), needs("acme.layers.Attention"));
    EXPECT_EQ(keras(entry("null", "Attention", "\"Custom>Attention\"")), needs("Custom>Attention"));
    EXPECT_EQ(keras(R"({"class_name": "Acme>Attention", "config": {}})"), needs("Acme>Attention")) << "as Keras 2 writes it";
    EXPECT_EQ(keras(function("acme.losses", "focal")), needs("acme.losses.focal"));
    EXPECT_EQ(keras("{\n  \"module\": \"acme\",\n" + std::string(90, ' ') + "\"class_name\": \"A\"}"), needs("acme.A"));
    EXPECT_EQ(keras(R"({"class_name": "A", "module": "acme"})"), needs("acme")) << "in another order";
    EXPECT_EQ(keras(R"([{"class_name": "A", "module": "builtins"}])"), needs("builtins"));
    EXPECT_EQ(keras(function("os", "system")), calls("os.system"));
    EXPECT_EQ(keras(R"({"config": "system", "class_name": "function", "module": "os"})"), calls("os"));
    EXPECT_EQ(keras(function("builtins", "eval")), calls("builtins.eval"));
    EXPECT_EQ(keras(function("keras.utils", "get_file")), calls("keras.utils.get_file"));
    EXPECT_EQ(keras("[" + entry("\"acme\"", "A") + "," + entry("\"acme\"", "B") + "," + entry("\"acme\"", "A") + "]"),
              "caution: [config.json: It needs code of its own: acme.A.] [config.json: It needs code of its own: acme.B.]");
    // Wherever the border of what is read at once lies.
    const std::string h5 = "\x89HDF\r\n\x1a\n", custom = entry("\"acme\"", "A");
    for (std::size_t behind = 0; behind <= custom.size(); ++behind)
        EXPECT_EQ(told(scan(h5 + std::string((std::size_t{1} << 20) - behind, ' ') + custom, "m.h5")),
                  "caution: [It needs code of its own: acme.A.]")
            << behind;
}

TEST(Scan, MoreNamesOfLayersThanAnybodyReadsDoNotHideADanger) {
    std::string config;
    for (int i = 0; i < 3'000; ++i) config += fmt::format(R"({{"module": "a{}", "class_name": "A"}},)", i);
    const auto report = scan("\x89HDF\r\n\x1a\n" + config + R"({"module": "os", "class_name": "system"})", "m.h5");
    EXPECT_EQ(report.verdict, Verdict::kDangerous);
    EXPECT_EQ(report.findings.size(), 200u);
}

TEST(Scan, ModelsOfKerasAreScannedWhateverTheirSize) {
    // Files of more than ScanLimits::octets ended as unreadable, however harmless.
    const ScanLimits small{.octets = 1u << 20};
    const std::string h5 = "\x89HDF\r\n\x1a\n", weights(std::size_t{3} << 20, 'w');
    EXPECT_EQ(told(scan(h5 + weights, "m.h5", small)), "safe:");
    const std::string lambda = R"({"class_name": "Lambda"})";
    EXPECT_EQ(scan(h5 + weights + lambda, "m.h5", small).verdict, Verdict::kDangerous) << "behind all of them";
    EXPECT_EQ(told(scan(h5 + weights, "m.h5", {.octets = 1u << 20, .searched = 2u << 20})),
              "unreadable: [It is larger than what a scan searches for layers of Keras; its end was not looked at.]");
    const auto keras = [&](const std::string& config, int method) {
        const Bytes zip = testing::hand_zip({{"model.weights.h5", h5 + weights, method}, {"config.json", config, 8}});
        return scan(as_text(zip), "m.keras", small);
    };
    for (const int method : {0, 8}) {
        EXPECT_EQ(told(keras("{}", method)), "safe:") << method;
        EXPECT_EQ(keras(lambda, method).verdict, Verdict::kDangerous) << method;
    }
    // An archive of another kind may hold a whole model.
    const Bytes zip = testing::hand_zip({{"a.h5", h5 + weights + lambda}});
    EXPECT_EQ(scan(as_text(zip), "m.zip", small).verdict, Verdict::kDangerous);
}

/// A field of protobuf that has a length.
std::string proto(unsigned field, std::string_view content) {
    std::string out;
    for (std::uint64_t number : {std::uint64_t{field} << 3 | 2, std::uint64_t{content.size()}}) {
        for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
        out += static_cast<char>(number);
    }
    return out + std::string(content);
}
std::string onnx_node(std::string_view domain, std::string_view name, const std::string& more = "") {
    return proto(1, proto(1, "input") + proto(4, name) + proto(7, domain) + more);
}
std::string onnx_outside(std::string_view path) {
    return proto(5, proto(8, "weight") + proto(13, proto(1, "location") + proto(2, path)) + "\x70\x01");
}
std::string told_of_onnx(const std::string& graph, const std::string& more = "") {
    return told(scan("\x08\x0a" + proto(7, graph) + more, "model.onnx"));
}

TEST(Scan, WhatAnOnnxModelReachesBeyondItselfIsTold) {
    const auto outside = [](std::string_view path) {
        return fmt::format("caution: [It has numbers read from a file outside of its folder: {}.]", path);
    };
    const auto needs = [](std::string_view name) {
        return fmt::format("caution: [It needs operators of a library of its own: {}.]", name);
    };
    EXPECT_EQ(told_of_onnx(onnx_node("", "MatMul") + onnx_node("ai.onnx.ml", "Scaler") + onnx_node("com.microsoft", "Gelu")),
              "safe:");
    for (const auto* path : {"model.onnx.data", "weights/a", "./a", "a/../b", "a..b"})
        EXPECT_EQ(told_of_onnx(onnx_outside(path)), "safe:") << path;
    for (const auto* path : {"../a", "a/../../b", "/etc/passwd", "C:\\a", "..\\a", "\\\\host\\a", "file:///a"})
        EXPECT_EQ(told_of_onnx(onnx_outside(path)), outside(path));
    EXPECT_EQ(told_of_onnx(onnx_node("acme.ops", "Attention")), needs("acme.ops.Attention"));
    EXPECT_EQ(told_of_onnx(onnx_node("ai.onnx.contrib", "GPT2Tokenizer")), needs("ai.onnx.contrib.GPT2Tokenizer"));
    EXPECT_EQ(told_of_onnx(onnx_node("acme", "A") + onnx_node("acme", "A")), needs("acme.A"));
    // Functions that the model itself defines are no library's.
    const std::string function = proto(25, proto(1, "Mine") + proto(10, "local") + proto(7, proto(4, "Op") + proto(7, "acme")));
    EXPECT_EQ(told_of_onnx(onnx_node("local", "Mine"), function), needs("acme.Op"));
    // Within a branch of an If, in constants, in sparse tensors.
    const std::string inner = onnx_node("acme", "A") + onnx_outside("../b");
    EXPECT_EQ(told_of_onnx(onnx_node("", "If", proto(5, proto(6, inner)))),
              outside("../b") + needs("acme.A").substr(std::string("caution:").size()));
    EXPECT_EQ(told_of_onnx(onnx_node("", "Constant", proto(5, onnx_outside("../c")))), outside("../c"));
    EXPECT_EQ(told_of_onnx(proto(15, proto(1, onnx_outside("../d").substr(2)))), outside("../d"));
    // Of equal fields the last counts, as for every reader.
    EXPECT_EQ(told_of_onnx(proto(1, proto(7, "acme") + proto(4, "A") + proto(7, ""))), "safe:");
    const Bytes zip = testing::hand_zip({{"m.onnx", proto(7, onnx_outside("../e")), 8}});
    EXPECT_EQ(scan(as_text(zip), "m.zip").verdict, Verdict::kCaution);
}

TEST(Scan, BrokenOnnxModelsAreTold) {
    const std::string whole = "\x08\x0a" + proto(7, onnx_node("acme", "A") + onnx_outside("../a"));
    for (std::size_t size = 3; size < whole.size(); ++size)
        EXPECT_EQ(scan(whole.substr(0, size), "m.onnx").verdict, Verdict::kUnreadable) << size;
    EXPECT_EQ(told(scan(proto(7, proto(1, "") + "\x0b"), "m.onnx")),
              "unreadable: [This ONNX model is broken: a field is of the kind 3, which no model has (at octet 5).]");
    std::string deep = onnx_node("acme", "A");
    for (int i = 0; i < 50; ++i) deep = onnx_node("", "If", proto(5, proto(6, deep)));
    EXPECT_EQ(told_of_onnx(deep), "unreadable: [The ONNX model is nested deeper than any reader follows.]");
    // The numbers of tensors are not read, however many.
    const std::string numbers = proto(7, proto(5, proto(9, std::string(3'000'000, 'n'))) + onnx_node("acme", "A"));
    EXPECT_EQ(scan(numbers, "m.onnx", {.octets = 1u << 20}).verdict, Verdict::kCaution);
}

TEST(Scan, ClientsOfTheHubReadTheReport) {
    EXPECT_EQ(
        security_status_json(scan("\x80\x02"
                                  "ccollections\nOrderedDict\n" +
                                  kSystem)),
        R"({"status":"unsafe","avScan":null,"pickleImportScan":{"status":"unsafe","pickleImports":[)"
        R"({"module":"collections","name":"OrderedDict","safety":"innocuous"},{"module":"os","name":"system","safety":"dangerous"}]}})");
    const std::string layer = R"({"module": "acme", "class_name": "A"})";
    EXPECT_EQ(security_status_json(scan("\x89HDF\r\n\x1a\n" + layer, "a.h5")),
              R"({"status":"caution","avScan":null,"pickleImportScan":null,"findings":[{"level":"caution",)"
              R"("text":"It needs code of its own: acme.A.","kind":"keras_code","name":"acme.A"}]})");
    EXPECT_EQ(security_status_json(scan("text", "a.txt")), R"({"status":"safe","avScan":null,"pickleImportScan":null})");
}

}  // namespace
}  // namespace mirfa::checkpoint
