// SPDX-License-Identifier: Apache-2.0
#include "blob/folder_store.h"

#include <unistd.h>

#include <fstream>

#include "blob/testing/forgetful_files.h"
#include "blob/testing/store_contract.h"

namespace mirfa::blob {
namespace fs = std::filesystem;
namespace {

/// A store that takes its folder with it.
struct OwnFolderStore {
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::unique_ptr<Store> store = open_folder_store(folder.path()).value();
};

std::shared_ptr<Store> make_folder_store() {
    auto own = std::make_shared<OwnFolderStore>();
    return {own, own->store.get()};
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// A store on a disk that forgets.
class PowerCuts : public testing::Test {
protected:
    TemporaryFolder folder = TemporaryFolder::create().value();
    ForgetfulFiles files{folder.path()};
    std::unique_ptr<Store> store = reopened();

    std::unique_ptr<Store> reopened() {
        FolderOptions options;
        options.files = &files;
        auto opened = open_folder_store(folder.path(), options);
        EXPECT_TRUE(opened.has_value()) << describe(opened.error());
        return std::move(opened).value();
    }
};

/// What a caller was told to be safe.
struct Acknowledged {
    std::vector<Bytes> blobs;
    std::map<int, Bytes> parts;
};

/// Writes until something fails. Parts hold `pattern(number * 1000, number)`.
Result<void> write_some(Store& store, Acknowledged& told) {
    for (const unsigned seed : {1u, 2u, 1u}) {
        const auto content = pattern(5'000 * seed, seed);
        TRY(auto writer, store.begin());
        TRY(writer->write(ByteView(content).first(1'000)));
        TRY(writer->write(ByteView(content).subspan(1'000)));
        TRY(writer->publish(raw_key(sha256_of(content))));
        told.blobs.push_back(content);
    }
    for (const int number : {1, 2}) {
        const auto content = pattern(static_cast<std::size_t>(number) * 1'000, static_cast<unsigned>(number));
        TRY(auto writer, store.begin_part("up", number));
        TRY(writer->write(content));
        TRY(writer->keep());
        told.parts[number] = content;
    }
    TRY(auto dropped, store.begin());
    return dropped->write(pattern(10));
}

void expect_nothing_torn(Store& store) {
    const auto keys = store.list(Kind::kRaw, {}, 100).value();
    for (const auto& key : keys) EXPECT_EQ(raw_key(sha256_of(content_of(*store.open(key).value()))), key);
    const auto parts = store.list_parts("up").value();
    for (const auto& part : parts) {
        const auto number = static_cast<unsigned>(part.number);
        EXPECT_EQ(content_of(*store.open_part("up", part.number).value()), pattern(number * 1'000, number));
    }
}

void expect_kept(Store& store, const Acknowledged& told) {
    for (const auto& content : told.blobs) {
        const auto blob = store.open(raw_key(sha256_of(content)));
        ASSERT_TRUE(blob.has_value()) << "lost a blob of " << content.size();
        EXPECT_EQ(content_of(*blob.value()), content);
    }
    for (const auto& [number, content] : told.parts) {
        const auto part = store.open_part("up", number);
        ASSERT_TRUE(part.has_value()) << "lost part " << number;
        EXPECT_EQ(content_of(*part.value()), content);
    }
}

class PowerCutsAtEachChange : public testing::TestWithParam<ForgetfulFiles::Unsynced> {};

TEST_P(PowerCutsAtEachChange, LoseNothingThatWasAcknowledgedAndTearNothing) {
    bool stopped = true;
    int runs = 0;
    for (; stopped; ++runs) {
        const auto folder = TemporaryFolder::create().value();
        ForgetfulFiles files(folder.path());
        FolderOptions options;
        options.files = &files;
        Acknowledged told;
        {
            const auto store = open_folder_store(folder.path(), options).value();
            files.stop_after(static_cast<std::uint64_t>(runs));
            stopped = !write_some(*store, told).has_value();
        }
        files.cut_power(GetParam());
        const auto store = open_folder_store(folder.path(), options).value();
        expect_kept(*store, told);
        expect_nothing_torn(*store);
        ASSERT_TRUE(write_some(*store, told).has_value());
    }
    EXPECT_GT(runs, 25);  // the changes of write_some were really counted
}

TEST_P(PowerCutsAtEachChange, LeaveAStoreThatOpensWhenTheyComeWhileItIsMade) {
    for (const std::uint64_t changes : {0u, 1u, 2u, 3u, 4u}) {
        const auto folder = TemporaryFolder::create().value();
        ForgetfulFiles files(folder.path());
        FolderOptions options;
        options.files = &files;
        files.stop_after(changes);
        EXPECT_FALSE(open_folder_store(folder.path(), options).has_value());
        files.cut_power(GetParam());
        auto store = open_folder_store(folder.path(), options).value();
        const auto key = put_raw(*store, pattern(100));
        store.reset();
        files.cut_power(GetParam());
        store = open_folder_store(folder.path(), options).value();
        EXPECT_TRUE(store->open(key).has_value()) << changes;
    }
}

TEST_F(PowerCuts, DoNotTakeABlobWhoseNameAnotherWriterHadNotSyncedYet) {
    const auto content = pattern(100);
    const auto key = raw_key(sha256_of(content));
    {  // the other writer has come as far as the link
        auto file = files.create(folder.path() / "tmp" / "others").value();
        ASSERT_TRUE(file->append(content).has_value());
        ASSERT_TRUE(file->sync().has_value());
        const auto name = sha256_of(content).hex();
        ASSERT_TRUE(files.make_folder(folder.path() / "raw" / name.substr(0, 2)).has_value());
        ASSERT_TRUE(files.link(folder.path() / "tmp" / "others", folder.path() / "raw" / name.substr(0, 2) / name).has_value());
    }
    EXPECT_FALSE(try_put(*store, key, content).value());
    store.reset();
    files.cut_power(ForgetfulFiles::Unsynced::kLost);
    store = reopened();
    EXPECT_TRUE(store->open(key).has_value());
}

TEST_F(PowerCuts, AreNotSurvivedByWhatWasNotSynced) {  // the disk below these tests does forget
    auto file = files.create(folder.path() / "tmp" / "half").value();
    ASSERT_TRUE(file->append(pattern(100)).has_value());
    files.cut_power(ForgetfulFiles::Unsynced::kKept);
    EXPECT_EQ(fs::file_size(folder.path() / "tmp" / "half"), 0u);
    EXPECT_FALSE(file->append(pattern(1)).has_value());
    files.cut_power(ForgetfulFiles::Unsynced::kLost);
    EXPECT_TRUE(fs::exists(folder.path() / "tmp" / "half"));  // the first cut left it on the disk
    ASSERT_TRUE(files.create(folder.path() / "tmp" / "lost").has_value());
    files.cut_power(ForgetfulFiles::Unsynced::kLost);
    EXPECT_FALSE(fs::exists(folder.path() / "tmp" / "lost"));
}

TEST_F(PowerCuts, AFullDiskRefusesTheWriteAndLeavesNothing) {
    files.fill_after(1'500);
    auto writer = store->begin().value();
    ASSERT_TRUE(writer->write(pattern(1'000)).has_value());
    EXPECT_EQ(writer->write(pattern(1'000)).error().code, Code::kOutOfSpace);
    writer.reset();
    EXPECT_EQ(files_in(folder.path() / "tmp"), 0u);
    EXPECT_TRUE(store->list(Kind::kRaw, {}, 10).value().empty());
    EXPECT_TRUE(try_put(*store, raw_key(sha256_of(pattern(100))), pattern(100)).value());
}

TEST_F(PowerCuts, AfterAFailedSyncNothingMoreIsTakenButAllIsReadable) {
    const auto key = put_raw(*store, pattern(100));
    auto before = store->begin().value();
    ASSERT_TRUE(before->write(pattern(200)).has_value());
    files.break_syncs();
    EXPECT_FALSE(try_put(*store, raw_key(sha256_of(pattern(300))), pattern(300)).has_value());
    EXPECT_EQ(store->begin().error().code, Code::kUnavailable);
    EXPECT_EQ(store->begin_part("up", 1).error().code, Code::kUnavailable);
    EXPECT_EQ(before->publish(raw_key(sha256_of(pattern(200)))).error().code, Code::kUnavailable);
    EXPECT_EQ(content_of(*store->open(key).value()), pattern(100));
    before.reset();
    files.cut_power(ForgetfulFiles::Unsynced::kLost);
    store = reopened();
    EXPECT_TRUE(try_put(*store, raw_key(sha256_of(pattern(200))), pattern(200)).value());
}

TEST(FolderStore, KeepsABlobBelowTheFirstTwoDigitsOfItsName) {
    const auto folder = TemporaryFolder::create().value();
    const auto store = open_folder_store(folder.path()).value();
    const auto name = sha256_of(pattern(100)).hex();
    put_raw(*store, pattern(100));
    EXPECT_EQ(fs::file_size(folder.path() / "raw" / name.substr(0, 2) / name), 100u);
    EXPECT_EQ(files_in(folder.path() / "tmp"), 0u);
}

TEST(FolderStore, FindsWhatAnEarlierProcessHasStored) {
    const auto folder = TemporaryFolder::create().value();
    const auto key = put_raw(*open_folder_store(folder.path()).value(), pattern(100));
    EXPECT_EQ(content_of(*open_folder_store(folder.path()).value()->open(key).value()), pattern(100));
}

TEST(FolderStore, MakesItsFolderWithItsParents) {
    const auto folder = TemporaryFolder::create().value();
    const auto store = open_store("file:" + (folder.path() / "a" / "b").string());
    ASSERT_TRUE(store.has_value());
    EXPECT_TRUE(fs::is_directory(folder.path() / "a" / "b" / "xorb"));
}

TEST(FolderStore, RemovesOnlyOldUnfinishedFilesWhenItIsOpened) {
    const auto folder = TemporaryFolder::create().value();
    (void)open_folder_store(folder.path()).value();
    for (const char* name : {"old", "young"}) std::ofstream(folder.path() / "tmp" / name) << "half";
    fs::last_write_time(folder.path() / "tmp" / "old", fs::file_time_type::clock::now() - std::chrono::hours(24 * 4 + 1));
    (void)open_folder_store(folder.path()).value();
    EXPECT_FALSE(fs::exists(folder.path() / "tmp" / "old"));
    EXPECT_TRUE(fs::exists(folder.path() / "tmp" / "young"));
}

TEST(FolderStore, RefusesAFolderOfAnotherUserAndLeavesItAsItIs) {
    const auto folder = TemporaryFolder::create().value();
    const bool is_root = ::geteuid() == 0;
    if (is_root) {
        ASSERT_EQ(::chown(folder.path().c_str(), 1234, 1234), 0);
    }
    const fs::path others = is_root ? folder.path() : fs::path("/");  // a plain user finds one of root's everywhere
    EXPECT_EQ(open_folder_store(others).error().code, Code::kForbidden);
    EXPECT_FALSE(fs::exists(others / "xorb"));
}

INSTANTIATE_TEST_SUITE_P(EachWay, PowerCutsAtEachChange,
                         testing::Values(ForgetfulFiles::Unsynced::kLost, ForgetfulFiles::Unsynced::kKept));

}  // namespace

INSTANTIATE_TEST_SUITE_P(Folder, StoreContract, testing::Values(StoreMaker{"folder", make_folder_store}),
                         testing::PrintToStringParamName());

}  // namespace mirfa::blob
