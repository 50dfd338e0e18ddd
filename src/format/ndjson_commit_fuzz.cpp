// SPDX-License-Identifier: Apache-2.0
// A commit is read the same in pieces and whole. Of two mistakes in a line either may be the one that is told.
#include "format/ndjson_commit.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

namespace {

/// Everything that came, in one text.
class Transcript final : public CommitSink {
public:
    std::string text;
    Result<void> header(CommitHeader h) override { return note({h.summary, h.description, h.parent_commit.value_or("-")}); }
    Result<void> begin_content() override { return note({"begin"}); }
    Result<void> content(ByteView bytes) override {
        require(!bytes.empty());
        text += as_text(bytes);
        return ok();
    }
    Result<void> file(CommitFile f) override { return note({f.path, std::to_string(f.size), f.old_path.value_or("-")}); }
    Result<void> lfs_file(CommitLfsFile f) override { return note({f.path, f.oid.hex(), std::to_string(f.size.value_or(0))}); }
    Result<void> deleted_file(std::string path) override { return note({path}); }
    Result<void> deleted_folder(std::string path) override { return note({path}); }
    Result<void> copy_file(CommitCopy c) override { return note({c.path, c.source_path}); }

private:
    Result<void> note(std::initializer_list<std::string_view> parts) {
        for (const auto part : parts) text.append(part).append("|");
        return ok();
    }
};

constexpr std::string_view kRefused = "refused";

std::string finished(CommitParser& parser, const Transcript& transcript) {
    return parser.finish().has_value() ? transcript.text : std::string(kRefused);
}

std::string read_whole(ByteView body) {
    Transcript transcript;
    CommitParser parser(transcript, {.inline_bytes = 1'000, .operations = 20});
    return parser.feed(body).has_value() ? finished(parser, transcript) : std::string(kRefused);
}

std::string read_pieces(ByteView body) {
    Transcript transcript;
    CommitParser parser(transcript, {.inline_bytes = 1'000, .operations = 20});
    for (testing::Pieces pieces(body); !pieces.empty();)
        if (!parser.feed(pieces.next()).has_value()) return std::string(kRefused);
    return finished(parser, transcript);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView body(data, size);
    require(read_whole(body) == read_pieces(body));
    return 0;
}
