// SPDX-License-Identifier: Apache-2.0
// A xorb that lies in the store without a row may be another upload's on its last step: its name is not synced yet.
#include <gtest/gtest.h>

#include "base/digest.h"
#include "blob/testing/xorb_maker.h"
#include "catalog/accounts.h"
#include "catalog/repos.h"
#include "format/shard.h"
#include "hub/testing/forgetful_machine.h"
#include "hub/xet/shards.h"
#include "hub/xet/xorbs.h"

namespace mirfa::hub {
namespace {

Result<bool> register_shard(Hub& hub, const Principal& cas, ByteView body) {
    TRY(const auto registration, ShardRegistration::begin(hub, cas, body));
    for (bool more = true; more;) {
        TRY(more, registration->step(1u << 20));
    }
    return registration->commit();
}

TEST(ShardOverAnUnrecordedXorb, IsRefusedUntilTheUploadOfTheXorbWasAnswered) {
    ForgetfulMachine machine;
    const auto running = machine.start().value();
    auto& hub = running->hub;
    hub.options.free_space_floor = 0;
    const catalog::User ada{{1, catalog::OwnerKind::kUser, "ada", "ada", 1}, "ada@corp.test", "", false};
    catalog::Repository repo;
    repo.id = 2;
    repo.owner = repo.creator = ada.owner.id;
    repo.name = "m";
    ASSERT_TRUE(hub.catalog
                    .write([&](catalog::Session& s) -> Result<void> {
                        TRY(catalog::insert_user(s, ada));
                        return catalog::insert_repository(s, repo);
                    })
                    .has_value());
    const Principal cas{.kind = PrincipalKind::kCasToken, .user = 1, .name = "ada", .bound_repo = 2, .bound_write = true};
    const Bytes content(20'000, 'x');

    const auto table = blob::put_xorb(*running->store, {content}).value();
    const std::vector<format::ChunkLeaf> leaves = {{table.hashes[0], content.size()}};
    format::Shard shard;
    shard.files.push_back(
        {format::file_hash(leaves), {{table.xorb, table.raw_bytes(), 0, 1}}, {table.range_hash(0, 1)}, sha256_of(content)});
    const auto body = format::write_shard(shard);
    const auto early = register_shard(hub, cas, body);
    ASSERT_FALSE(early.has_value());
    EXPECT_EQ(early.error().code, Code::kInvalidArgument);

    format::XorbWriter writer;
    writer.add(content);
    const auto upload = XorbUpload::begin(hub, cas, table.xorb).value();
    ASSERT_TRUE(upload->write(writer.finish().body).has_value());
    EXPECT_TRUE(upload->finish().value());  // new to the catalog
    EXPECT_TRUE(register_shard(hub, cas, body).value());
}

}  // namespace
}  // namespace mirfa::hub
