// SPDX-License-Identifier: Apache-2.0
#include "admin/backup.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/digest.h"
#include "hub/accounts/accounts.h"

namespace mirfa::admin {
namespace {

server::ServerConfig config_in(const std::filesystem::path& folder) {
    server::ServerConfig config;
    config.data = folder;
    return config;
}

TEST(Backup, IsADataFolderAServerCanStartFrom) {
    const auto folder = TemporaryFolder::create().value();
    const auto config = config_in(folder.path() / "data");
    auto parts = server::HubParts::open(config, 1).value();
    ASSERT_TRUE(
        hub::create_user(parts->hub(), {"root", "local"}, {"alice", "alice@corp.test", Secret("a long password")}).has_value());
    auto writer = parts->hub().store.begin().value();
    ASSERT_TRUE(writer->write(as_bytes("weights")).has_value());
    ASSERT_TRUE(writer->publish(blob::raw_key(sha256_of("weights"))).has_value());

    const auto target = folder.path() / "copy";
    ASSERT_TRUE(back_up(*parts, config, target).has_value());
    EXPECT_EQ(back_up(*parts, config, target).error().code, Code::kAlreadyExists);
    const auto rights = std::filesystem::status(target / "mirfa.db").permissions();
    EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

    EXPECT_FALSE(std::filesystem::exists(folder.path() / "copy.partial"));

    auto copy = server::HubParts::open(config_in(target), 1).value();
    EXPECT_TRUE(hub::load_user(copy->hub(), "alice").has_value());
    EXPECT_EQ(copy->hub().store.stat(blob::raw_key(sha256_of("weights"))).value(), 7u);
}

TEST(Backup, TakesTheNameOnlyWhenItIsWhole) {
    const auto folder = TemporaryFolder::create().value();
    const auto config = config_in(folder.path() / "data");
    auto parts = server::HubParts::open(config, 1).value();
    const auto broken_off = folder.path() / "copy.partial";
    std::filesystem::create_directories(broken_off / "store");
    std::ofstream(broken_off / "mirfa.db") << "half a database";
    std::filesystem::create_directories(folder.path() / "copy");
    ASSERT_TRUE(back_up(*parts, config, folder.path() / "copy/").has_value()) << "an empty folder may be named";
    EXPECT_FALSE(std::filesystem::exists(broken_off));
    EXPECT_TRUE(server::HubParts::open(config_in(folder.path() / "copy"), 1).has_value());
}

}  // namespace
}  // namespace mirfa::admin
