// SPDX-License-Identifier: Apache-2.0
#include "format/ndjson_commit.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace mirfa::format {
namespace {

/// Writes down what it is given, one line an operation.
class Recorder final : public CommitSink {
public:
    std::string log;
    std::string refuse_path;

    Result<void> header(CommitHeader header) override {
        return note("header " + header.summary + "|" + header.description + "|" + header.parent_commit.value_or("-"));
    }
    Result<void> begin_content() override {
        content_.clear();
        largest_ = 0;
        return ok();
    }
    Result<void> content(ByteView bytes) override {
        largest_ = std::max(largest_, bytes.size());
        content_ += as_text(bytes);
        return ok();
    }
    Result<void> file(CommitFile file) override {
        EXPECT_EQ(file.size, content_.size());
        EXPECT_LE(largest_, 1u << 20);
        if (file.path == refuse_path) return Error{Code::kNotFound, "refused"};
        const auto shown = content_.size() > 40 ? sha256_of(content_).hex() : content_;
        return note("file " + file.path + "=" + shown + from(file.old_path));
    }
    Result<void> lfs_file(CommitLfsFile file) override {
        const auto size = file.size ? std::to_string(*file.size) : "?";
        return note("lfs " + file.path + " " + file.oid.hex().substr(0, 8) + " " + size + from(file.old_path));
    }
    Result<void> deleted_file(std::string path) override { return note("delete " + path); }
    Result<void> deleted_folder(std::string path) override { return note("delete-folder " + path); }
    Result<void> copy_file(CommitCopy copy) override {
        return note("copy " + copy.source_path + "@" + copy.source_revision.value_or("-") + " to " + copy.path);
    }

private:
    static std::string from(const std::optional<std::string>& old_path) { return old_path ? " from " + *old_path : ""; }
    Result<void> note(const std::string& line) {
        log += line + "\n";
        return ok();
    }
    std::string content_;
    std::size_t largest_ = 0;
};

/// What the sink got, or the error's message.
std::string parse(std::string_view body, std::size_t piece = 1u << 16, CommitLimits limits = {}, std::string refuse = {}) {
    Recorder recorder;
    recorder.refuse_path = std::move(refuse);
    CommitParser parser(recorder, limits);
    for (std::size_t at = 0; at < body.size(); at += piece) {
        const auto fed = parser.feed(as_bytes(body.substr(at, piece)));
        if (!fed.has_value()) return fed.error().message;
    }
    const auto finished = parser.finish();
    return finished.has_value() ? recorder.log : finished.error().message;
}

const std::string kHeader = R"({"key":"header","value":{"summary":"s","description":""}})"
                            "\n";

std::string file_line(std::string_view content, std::string_view path = "a") {
    return R"({"key":"file","value":{"content":")" + std::string(content) + R"(","path":")" + std::string(path) +
           R"(","encoding":"base64"}})"
           "\n";
}

TEST(CommitParser, ReadsEveryOperationInPiecesOfAnySize) {
    const std::string body =
        R"({"key":"header","value":{"summary":"Add weights","description":"two\nlines","parentCommit":"48b66e75fb"}})"
        "\n"
        R"({"key":"file","value":{"content":"eyJhIjoxfQo=","path":"config.json","encoding":"base64"}})"
        "\n"
        R"({"key":"lfsFile","value":{"path":"m.bin","algo":"sha256","oid":"481a3701063a86806d6546de33e604f0d9ee0f6f0fad4eb234e51a214756e76f","size":734003200}})"
        "\n"
        "\r\n"
        R"({"key":"lfsFile","value":{"path":"n.bin","oid":"481a3701063a86806d6546de33e604f0d9ee0f6f0fad4eb234e51a214756e76f","oldPath":"o.bin"}})"
        "\r\n"
        R"({"key":"deletedFile","value":{"path":"old.bin"}})"
        "\n"
        R"({"key":"deletedFolder","value":{"path":"runs/"}})"
        "\n"
        R"({"key":"copyFile","value":{"path":"c","srcPath":"d","srcRevision":"main"}})"
        "\n"
        R"({"key":"file","value":{"path":"e","content":"","oldPath":"f"}})";
    const std::string expected =
        "header Add weights|two\nlines|48b66e75fb\nfile config.json={\"a\":1}\n\nlfs m.bin 481a3701 734003200\n"
        "lfs n.bin 481a3701 ? from o.bin\ndelete old.bin\ndelete-folder runs\ncopy d@main to c\nfile e= from f\n";
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u, 100'000u}) EXPECT_EQ(parse(body, piece), expected) << piece;
    EXPECT_EQ(parse(body + "\n"), expected);
}

TEST(CommitParser, KnowsTheFieldsInAnyOrder) {
    EXPECT_EQ(parse(kHeader + R"({"value":{"encoding":"base64","path":"p","content":"YQ=="},"key":"file"})"),
              "header s||-\nfile p=a\n");
    EXPECT_EQ(parse(kHeader + R"({"value":{"path":"p"},"key":"deletedFile","extra":[{"key":"x","path":["y"]}]})"),
              "header s||-\ndelete p\n");
    EXPECT_EQ(parse(kHeader + R"({"key":"deletedFile","value":{"meta":{"path":"no"},"path":"yes","list":["path","no"]}})"),
              "header s||-\ndelete yes\n");
}

TEST(CommitParser, TakesPlainTextWhereverTheEncodingStands) {
    for (const std::string value : {R"("encoding":"utf-8","content":"Gr\u00fc\u00dfe\n","path":"p")",
                                    R"("content":"Gr\u00fc\u00dfe\n","path":"p","encoding":"utf-8")"})
        for (const std::size_t piece : {1u, 1'000u})
            EXPECT_EQ(parse(kHeader + R"({"key":"file","value":{)" + value + "}}", piece), "header s||-\nfile p=Grüße\n\n");
}

TEST(CommitParser, KeepsTextOfAnUnknownEncodingUpToAMebibyte) {
    const std::string text((1u << 20) - 10, 'a');
    const auto line = [](const std::string& content) {
        return R"({"key":"file","value":{"content":")" + content + R"(","path":"p","encoding":"utf-8"}})";
    };
    EXPECT_EQ(parse(kHeader + line(text)), "header s||-\nfile p=" + sha256_of(text).hex() + "\n");
    EXPECT_EQ(parse(kHeader + line(text + text)),
              "Line 2 of the commit: A long content that is not base64 must follow its \"encoding\".");
}

TEST(CommitParser, PassesContentOnWithoutKeepingIt) {
    Bytes content(6u << 20);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<Byte>(i * 2654435761u >> 13);
    for (const std::size_t cut : {0u, 1u, 2u}) {
        const auto bytes = ByteView(content).first(content.size() - cut);
        EXPECT_EQ(parse(kHeader + file_line(to_base64(bytes)), 60'001), "header s||-\nfile a=" + sha256_of(bytes).hex() + "\n");
    }
}

TEST(CommitParser, RefusesContentThatIsNoBase64) {
    for (const std::string content : {"a", "ab=", "a===", "====", "ab==cd", "abc*", "ab c", "abcd\\n", "YWJ-"})
        EXPECT_EQ(parse(kHeader + file_line(content)), "Line 2 of the commit: The content is not valid base64.") << content;
    for (const std::string content : {"YQ", "YWI", "YWJj", "YQ=="})
        EXPECT_EQ(parse(kHeader + file_line(content)).substr(0, 14), "header s||-\nfi") << content;
}

TEST(CommitParser, NamesTheLineAndTheMistake) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "Line 1 of the commit: A commit must begin with its header line."},
        {file_line("YQ=="), "Line 1 of the commit: A commit must begin with its header line."},
        {R"({"key":"deletedFile","value":{"path":"p"}})", "Line 1 of the commit: A commit must begin with its header line."},
        {kHeader + kHeader, "Line 2 of the commit: A commit has only one header line."},
        {kHeader + "\n\n{\"key\":\"file\"", "Line 4 of the commit: The line breaks off."},
        {kHeader + "{\"key\":\n\"file\"}", "Line 2 of the commit: The line breaks off."},
        {kHeader + "{]", "Line 2 of the commit: The line is not valid JSON."},
        {kHeader + "{} {}", "Line 2 of the commit: Something follows the JSON object of the line."},
        {kHeader + "[1]", "Line 2 of the commit: The line must be an object with a \"key\" and a \"value\"."},
        {kHeader + "7", "Line 2 of the commit: The line must be an object with a \"key\" and a \"value\"."},
        {kHeader + R"({"key":"wipe","value":{}})", "Line 2 of the commit: The operation \"wipe\" is not known."},
        {kHeader + R"({"key":"file","value":{"path":"p"}})", "Line 2 of the commit: The file has no content."},
        {kHeader + R"({"key":"file","value":{"content":""}})", "Line 2 of the commit: The operation needs a \"path\"."},
        {kHeader + R"({"key":"file","value":{"path":["p"],"content":""}})",
         "Line 2 of the commit: The operation needs a \"path\"."},
        {kHeader + R"({"key":"deletedFile","value":{"path":"p","content":"YQ=="}})",
         "Line 2 of the commit: Only a \"file\" may have content."},
        {kHeader + R"({"value":{"path":"p","content":"YQ=="},"key":"deletedFile"})",
         "Line 2 of the commit: Only a \"file\" may have content."},
        {kHeader + R"({"key":"file","value":{"path":"p","content":"YQ==","content":"YQ=="}})",
         "Line 2 of the commit: The content of a file is given twice."},
        {kHeader + R"({"key":"file","value":{"path":"p","content":"YQ==","encoding":"hex"}})",
         "Line 2 of the commit: The encoding of a file must be \"base64\" or \"utf-8\"."},
        {kHeader + R"({"key":"lfsFile","value":{"path":"p","oid":"12"}})",
         "Line 2 of the commit: The oid of an lfsFile must be 64 hexadecimal digits."},
        {kHeader + R"({"key":"lfsFile","value":{"path":"p","algo":"md5"}})",
         "Line 2 of the commit: The algo of an lfsFile must be sha256."},
        {kHeader + R"({"key":"lfsFile","value":{"path":"p","size":-1}})",
         "Line 2 of the commit: The size of a file must be a whole number that is not negative."},
        {kHeader + R"({"key":"lfsFile","value":{"path":"p","size":1.5}})",
         "Line 2 of the commit: The size of a file must be a whole number that is not negative."},
        {R"({"key":"header","value":{"summary":"s","parentCommit":"../x"}})",
         "Line 1 of the commit: The parentCommit must be 5 to 40 lower-case hexadecimal digits."},
        {kHeader + R"({"key":"deletedFile","value":{"path":")" + std::string(4'097, 'p') + "\"}}",
         "Line 2 of the commit: A path or another text is longer than 4096 octets."},
        {R"({"key":"header","value":{"summary":")" + std::string(1'048'577, 's') + "\"}}",
         "Line 1 of the commit: A path or another text is longer than 1048576 octets."},
    };
    for (const auto& [body, message] : cases) {
        EXPECT_EQ(parse(body), message);
        EXPECT_EQ(parse(body, 5), message);
    }
}

TEST(CommitParser, KeepsItsLimits) {
    const std::string many = kHeader + file_line("YWJj") + file_line("YWJj");
    EXPECT_EQ(parse(many, 100, {6, 2}), "header s||-\nfile a=abc\nfile a=abc\n");
    EXPECT_EQ(parse(many, 100, {6, 1}), "Line 3 of the commit: A commit may have at most 1 operations.");
    EXPECT_TRUE(parse(many, 100, {5, 2}).starts_with("Line 3 of the commit: The files written into this commit are too large"));
    EXPECT_FALSE(parse(kHeader + std::string(50'000, '['), 100).starts_with("header"));
}

TEST(CommitParser, PassesTheErrorsOfTheSinkOn) {
    EXPECT_EQ(parse(kHeader + file_line("YQ==", "bad"), 100, {}, "bad"), "refused");
}

}  // namespace
}  // namespace mirfa::format
