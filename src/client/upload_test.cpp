// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mirfa/upload.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "client/commit.h"
#include "client/lfs_upload.h"
#include "client/local_files.h"
#include "client/testing/hub_double.h"
#include "client/upload_state.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "format/ndjson_commit.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;
using fetch::testing::Imposter;
using fetch::testing::Reply;
using fetch::testing::Seen;
using testing::Home;
using testing::kCommit;

LocalFile file_with(const fs::path& folder, const std::string& name, const std::string& text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
    return collect_files(folder / name, name, {}).value().at(0);
}

/// What a hub understands of a commit, one line for each operation.
struct Understood final : format::CommitSink {
    std::vector<std::string> lines;
    std::string text;
    Result<void> header(format::CommitHeader h) override { return note("header " + h.summary + "|" + h.description); }
    Result<void> begin_content() override {
        text.clear();
        return ok();
    }
    Result<void> content(ByteView bytes) override {
        text += as_text(bytes);
        return ok();
    }
    Result<void> file(format::CommitFile f) override { return note("file " + f.path + " " + text); }
    Result<void> lfs_file(format::CommitLfsFile f) override {
        return note("lfs " + f.path + " " + f.oid.hex().substr(0, 4) + " " + std::to_string(f.size.value_or(0)));
    }
    Result<void> deleted_file(std::string path) override { return note("delete " + path); }
    Result<void> deleted_folder(std::string) override { return ok(); }
    Result<void> copy_file(format::CommitCopy) override { return ok(); }
    Result<void> note(std::string line) {
        lines.push_back(std::move(line));
        return ok();
    }
};

std::vector<CommitOperation> some_operations(const fs::path& folder) {
    std::vector<CommitOperation> operations(4);
    operations[0].path = "a \"quoted\".txt";
    operations[0].file = file_with(folder, "a", "hello\n");
    operations[1].path = "empty";
    operations[1].file = file_with(folder, "b", "");
    operations[2].kind = CommitOperation::Kind::kLargeFile;
    operations[2].path = "big.bin";
    operations[2].file.bytes = 77;
    operations[2].sha256 = sha256_of("x");
    operations[3].kind = CommitOperation::Kind::kDelete;
    operations[3].path = "old";
    return operations;
}

std::string drained(CommitBody& body, std::size_t piece) {
    std::string out;
    Bytes buffer(piece);
    while (const auto count = body.read(buffer).value()) out += as_text(ByteView(buffer).first(count));
    return out;
}

TEST(CommitBody, IsWhatAHubUnderstandsAndAsLongAsItSays) {
    const auto folder = TemporaryFolder::create().value();
    const auto operations = some_operations(folder.path());
    const CommitWords words{"main", "Title", "More\nlines", false};
    for (const std::size_t piece : {1u, 7u, 65'536u}) {
        CommitBody body(words, operations);
        const auto text = drained(body, piece);
        EXPECT_EQ(text.size(), body.size());
        Understood hub;
        format::CommitParser parser(hub);
        ASSERT_TRUE(parser.feed(as_bytes(text)).has_value());
        ASSERT_TRUE(parser.finish().has_value());
        EXPECT_EQ(hub.lines,
                  (std::vector<std::string>{"header Title|More\nlines", "file a \"quoted\".txt hello\n", "file empty ",
                                            "lfs big.bin " + sha256_of("x").hex().substr(0, 4) + " 77", "delete old"}));
    }
}

TEST(CommitBody, AFileThatBecameShorterEndsIt) {
    const auto folder = TemporaryFolder::create().value();
    const auto operations = some_operations(folder.path());
    CommitBody body({"main", "Title", "", false}, operations);
    std::ofstream(folder.path() / "a", std::ios::trunc) << "he";
    Bytes buffer(65'536);
    Result<std::size_t> last = std::size_t{1};
    while (last.has_value() && last.value() > 0) last = body.read(buffer);
    ASSERT_FALSE(last.has_value());
    EXPECT_EQ(last.error().code, Code::kConflict);
}

TEST(Commit, IsRepeatedWhenTheBranchMovedButNeverWhenItOpensAPullRequest) {
    const auto folder = TemporaryFolder::create().value();
    const auto operations = some_operations(folder.path());
    for (const bool create_pr : {false, true}) {
        Home home;
        std::atomic<int> asked = 0;
        Imposter server([&](const Seen&) {
            if (++asked == 1) return Reply{412, {}, R"({"error":"The branch was updated"})"};
            return Reply{200, {}, R"({"commitOid":")" + kCommit + R"(","commitUrl":"u"})"};
        });
        Hub hub(home.settings(server.url()), Secret());
        const auto made = send_commit(hub, {RepoType::kModel, "a/b"}, {"feat/x", "Title", "", create_pr}, operations, nullptr);
        EXPECT_EQ(made.has_value(), !create_pr);
        EXPECT_EQ(server.seen().size(), create_pr ? 1u : 2u);
        EXPECT_EQ(server.seen()[0].target, std::string("/api/models/a/b/commit/feat%2Fx") + (create_pr ? "?create_pr=1" : ""));
        EXPECT_EQ(server.seen().front().body, server.seen().back().body);
    }
}

TEST(LfsUpload, PutsPartsWithoutTheTokenAndConfirmsThem) {
    const auto folder = TemporaryFolder::create().value();
    const LfsFile file{file_with(folder.path(), "w", "0123456789"), sha256_of("0123456789")};
    const auto oid = file.sha256.hex();
    Home home;
    Imposter store([](const Seen& seen) { return Reply{200, {{"ETag", "\"e" + seen.body + "\""}}, ""}; });
    Imposter server([&](const Seen& seen) {
        if (!seen.target.ends_with("/objects/batch")) return Reply{200, {}, "{}"};
        return Reply{200,
                     {},
                     R"({"objects":[{"oid":")" + oid + R"(","size":10,"actions":{"upload":{"href":")" + store.url("/done") +
                         R"(","header":{"chunk_size":"4","00001":")" + store.url("/1") + R"(","00002":")" + store.url("/2") +
                         R"(","00003":")" + store.url("/3") + R"("}},"verify":{"href":")" + server.url("/verify") + R"("}}}]})"};
    });
    Hub hub(home.settings(server.url()), Secret("hf_secret"));
    const auto sent = send_lfs_files(hub, {RepoType::kDataset, "a/b"}, "main", {file}, nullptr, nullptr);
    ASSERT_TRUE(sent.has_value()) << sent.error().message;
    std::vector<std::string> bodies;
    for (const auto& seen : store.seen()) {
        bodies.push_back(seen.body);
        EXPECT_EQ(seen.header("Authorization"), "");
    }
    EXPECT_EQ(
        bodies,
        (std::vector<std::string>{
            "0123", "4567", "89",
            R"({"oid":")" + oid +
                R"(","parts":[{"partNumber":1,"etag":"\"e0123\""},{"partNumber":2,"etag":"\"e4567\""},{"partNumber":3,"etag":"\"e89\""}]})"}));
    EXPECT_EQ(server.seen().at(0).target, "/datasets/a/b.git/info/lfs/objects/batch");
    EXPECT_EQ(server.seen().at(1).header("Authorization"), "Bearer hf_secret");
}

TEST(LfsUpload, SeveralFilesAreOnTheirWayAtOnce) {
    const auto folder = TemporaryFolder::create().value();
    std::vector<LfsFile> files;
    for (const char* name : {"one", "two", "three"}) files.push_back({file_with(folder.path(), name, name), sha256_of(name)});
    Home home;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t there = 0;
    bool met = true;
    // Each waits for the others to arrive, so that one after the other would never end but for the limit.
    Imposter store([&](const Seen&) {
        std::unique_lock guard(mutex);
        ++there;
        changed.notify_all();
        met = changed.wait_for(guard, std::chrono::seconds(30), [&] { return there == files.size(); }) && met;
        return Reply{200, {}, ""};
    });
    Imposter server([&](const Seen&) {
        std::string objects;
        for (const auto& file : files)
            objects += (objects.empty() ? "" : ",") + std::string(R"({"oid":")") + file.sha256.hex() +
                       R"(","actions":{"upload":{"href":")" + store.url("/" + file.file.path) + R"("}}})";
        return Reply{200, {}, R"({"objects":[)" + objects + "]}"};
    });
    Hub hub(home.settings(server.url()), Secret());
    const auto sent = send_lfs_files(hub, {RepoType::kModel, "a/b"}, "main", files, nullptr, nullptr);
    ASSERT_TRUE(sent.has_value()) << sent.error().message;
    EXPECT_TRUE(met);
    for (const auto& seen : store.seen()) EXPECT_EQ("/" + seen.body, seen.target);
}

/// A hub that takes files by LFS and answers questions about Xet with a status.
class LfsHub {
public:
    explicit LfsHub(Reply about_xet)
        : about_xet_(std::move(about_xet)),
          store_([this](const Seen& seen) { return take(seen); }),
          server_([this](const Seen& seen) { return answer(seen); }) {}
    std::string url() const { return server_.url(); }

    std::atomic<bool> closed = false;  ///< the store takes no second file
    std::vector<std::string> taken() const {
        const std::lock_guard guard(mutex_);
        return taken_;
    }
    bool has_commit() const {
        return std::ranges::any_of(server_.seen(),
                                   [](const Seen& seen) { return seen.target.find("/commit/") != seen.target.npos; });
    }

private:
    Reply take(const Seen& seen) {
        const std::lock_guard guard(mutex_);
        if (closed && !taken_.empty()) return {403, {}, R"({"error":"Closed for today."})"};
        taken_.push_back(seen.body);
        return {200, {}, ""};
    }
    Reply answer(const Seen& seen) {
        if (seen.target.find("/xet-write-token/") != seen.target.npos) return about_xet_;
        if (seen.target.ends_with("/objects/batch")) return offer(seen);
        if (seen.target.find("/preupload/") != seen.target.npos) return advice(seen);
        if (seen.target.find("/commit/") != seen.target.npos)
            return {200, {}, R"({"commitOid":")" + kCommit + R"(","commitUrl":"u"})"};
        return {200, {}, R"({"sha":")" + kCommit + R"(","url":"u"})"};
    }
    Reply advice(const Seen& seen) const {
        format::JsonWriter json;
        json.object().array("files");
        const auto asked = format::parse_json(seen.body).value();
        for (const auto& file : *format::find_array(asked, "files"))
            json.object()
                .field("path", *format::find_string(file, "path"))
                .field("uploadMode", "lfs")
                .field("shouldIgnore", false)
                .end();
        return {200, {}, std::move(json).take()};
    }
    /// No action for what is there.
    Reply offer(const Seen& seen) const {
        format::JsonWriter json;
        json.object().array("objects");
        const auto asked = format::parse_json(seen.body).value();
        for (const auto& object : *format::find_array(asked, "objects")) {
            const std::string oid(*format::find_string(object, "oid"));
            json.object().field("oid", oid).field("size", *format::find_int(object, "size"));
            const auto there = taken();
            if (std::ranges::none_of(there, [&](const auto& body) { return sha256_of(body).hex() == oid; }))
                json.object("actions").object("upload").field("href", store_.url("/" + oid)).end().end();
            json.end();
        }
        return {200, {}, std::move(json).take()};
    }

    const Reply about_xet_;
    mutable std::mutex mutex_;
    std::vector<std::string> taken_;  // guarded by mutex_
    Imposter store_;
    Imposter server_;
};

Outcome<Uploaded> upload_two(const LfsHub& hub, const Home& home, const fs::path& folder) {
    file_with(folder, "one.bin", "the first content");
    file_with(folder, "two.bin", "the second content");
    const auto client = Client::open(home.settings(hub.url()), "hf_secret");
    return upload(*client, {RepoType::kModel, "a/b"}, folder, "");
}

TEST(Upload, AHubWithoutXetGetsLargeFilesByLfs) {
    for (const auto& without : {Reply{404, {}, "no such page"}, Reply{501, {}, R"({"error":"Not built."})"}}) {
        const auto folder = TemporaryFolder::create().value();
        Home home;
        const LfsHub hub(without);
        const auto done = upload_two(hub, home, folder.path());
        ASSERT_TRUE(done) << done.failure().message;
        EXPECT_EQ(done->commit, kCommit);
        auto taken = hub.taken();
        std::ranges::sort(taken);
        EXPECT_EQ(taken, (std::vector<std::string>{"the first content", "the second content"}));
    }
}

TEST(Upload, ARefusalOfXetIsNoReasonToTryAnotherWay) {
    const auto folder = TemporaryFolder::create().value();
    Home home;
    const LfsHub hub({403, {{"X-Error-Message", "You may not write here."}}, ""});
    const auto refused = upload_two(hub, home, folder.path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.failure().kind, Kind::kForbidden);
    EXPECT_TRUE(hub.taken().empty());
    EXPECT_FALSE(hub.has_commit());
}

TEST(Upload, AnInterruptedUploadByLfsSendsOnlyWhatIsMissing) {
    const auto folder = TemporaryFolder::create().value();
    Home home;
    LfsHub hub({404, {}, ""});
    hub.closed = true;
    ASSERT_FALSE(upload_two(hub, home, folder.path()));
    ASSERT_EQ(hub.taken().size(), 1u);
    EXPECT_FALSE(hub.has_commit());
    hub.closed = false;
    const auto done = upload_two(hub, home, folder.path());
    ASSERT_TRUE(done) << done.failure().message;
    EXPECT_EQ(hub.taken().size(), 2u);
}

TEST(LfsUpload, PartsThatDoNotAddUpAreRefused) {
    const auto folder = TemporaryFolder::create().value();
    const LfsFile file{file_with(folder.path(), "w", "0123456789"), sha256_of("0123456789")};
    Home home;
    Imposter server([&](const Seen&) {
        return Reply{
            200,
            {},
            R"({"objects":[{"oid":")" + file.sha256.hex() +
                R"(","size":10,"actions":{"upload":{"href":"http://x/","header":{"chunk_size":"4","1":"http://x/1"}}}}]})"};
    });
    Hub hub(home.settings(server.url()), Secret());
    EXPECT_EQ(send_lfs_files(hub, {RepoType::kModel, "a/b"}, "main", {file}, nullptr, nullptr).error().code, Code::kCorrupt);
}

TEST(LocalFiles, GitAndDownloadFoldersAreLeftOutAndPathsAreThoseOfTheRepository) {
    const auto folder = TemporaryFolder::create().value();
    for (const char* name :
         {"b/c.txt", "a.txt", ".git/config", ".cache/huggingface/x", ".mirfa/1/plan.json", ".gitignore", "b/.git/y"})
        file_with(folder.path(), name, "1");
    std::vector<std::string> paths;
    const auto files = collect_files(folder.path(), "./in/side/", {}).value();
    for (const auto& file : files) paths.push_back(file.path);
    EXPECT_EQ(paths, (std::vector<std::string>{"in/side/.gitignore", "in/side/a.txt", "in/side/b/c.txt"}));
    EXPECT_EQ(git_blob_id(file_with(folder.path(), "h", "hello\n")).value(), "ce013625030ba8dba906f756967f9e9ca394464a");
    EXPECT_EQ(collect_files(folder.path() / "none", "", {}).error().code, Code::kNotFound);
    EXPECT_FALSE(collect_files(folder.path(), "../up", {}).has_value());
}

TEST(UploadState, IsReadBackAndBelievedOnlyForFilesThatHaveNotChanged) {
    const auto folder = TemporaryFolder::create().value();
    const auto place = folder.path() / "state" / "x";
    const auto file = file_with(folder.path(), "a", "hello\n");
    format::ShardXorb xorb{format::chunk_hash(as_bytes("x")), 5, 0, {{format::chunk_hash(as_bytes("c")), 0, 5}}};
    {
        auto state = UploadState::open(place);
        state.note_sent(file, sha256_of("hello\n"));
        state.note_xorb(xorb);
    }
    std::ofstream(place, std::ios::app) << "f\x10";  // a record that was cut off
    {
        auto state = UploadState::open(place);
        EXPECT_FALSE(state.was_used());
        EXPECT_EQ(state.sent(file), sha256_of("hello\n"));
        EXPECT_TRUE(state.was_used());
        auto changed = file;
        changed.modified_ns += 1;
        EXPECT_FALSE(state.sent(changed));
        std::vector<format::ShardXorb> xorbs;
        state.each_xorb([&](const auto& x) { xorbs.push_back(x); });
        EXPECT_EQ(xorbs, std::vector{xorb});
        state.note_sent(changed, sha256_of("y"));
    }
    auto state = UploadState::open(place);
    EXPECT_EQ(state.sent(file), sha256_of("hello\n"));
    auto second = UploadState::open(place);
    EXPECT_FALSE(second.sent(file)) << "another process has it";
    state.forget();
    EXPECT_FALSE(fs::exists(place));
}

}  // namespace
}  // namespace mirfa::client
