// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "base/random.h"
#include "blob/chunk_tables.h"
#include "blob/memory_store.h"
#include "git/node_cache.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/commits/commit.h"
#include "hub/large/large_objects.h"
#include "hub/repos/counters.h"
#include "hub/repos/repositories.h"

namespace mirfa::hub::testing {

/// A hub with everything below it: SQLite and a git cache in a temporary folder, large bytes in memory.
struct WholeHub {
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::unique_ptr<catalog::Catalog> catalog = catalog::open_sqlite(folder.path() / "db").value();
    std::unique_ptr<blob::Store> store = blob::make_memory_store();
    blob::ChunkTables tables{*store};
    git::NodeCache cache{folder.path() / "git", 1u << 30};
    SetClock clock;
    Keyring keyring{*catalog, clock};
    Counters counters;
    Hub hub{*catalog, *store, tables, cache, clock, keyring, counters, {}};

    /// Signed in in a browser, which caps nothing.
    Principal add_user(const std::string& name) {
        const catalog::User user{
            {new_row_id(), catalog::OwnerKind::kUser, name, name, clock.now()}, name + "@corp.test", "", false};
        EXPECT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::insert_user(s, user); }).has_value());
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user.owner.id;
        who.name = name;
        return who;
    }
    /// An organisation with these members.
    void add_organization(const std::string& name, const std::vector<std::pair<Principal, catalog::OrgRole>>& members) {
        const catalog::Owner owner{new_row_id(), catalog::OwnerKind::kOrganization, name, name, clock.now()};
        EXPECT_TRUE(catalog
                        ->write([&](catalog::Session& s) -> Result<void> {
                            TRY(catalog::insert_organization(s, owner));
                            for (const auto& [who, role] : members)
                                TRY(catalog::put_member(s, owner.id, who.user, role, clock.now()));
                            return ok();
                        })
                        .has_value());
    }
    catalog::Repository add_repo(const Principal& who, const std::string& name, const std::string& owner = "") {
        NewRepository wanted;
        wanted.name = name;
        wanted.owner = owner;
        auto made = create_repository(hub, who, wanted);
        EXPECT_TRUE(made.has_value()) << (made.has_value() ? "" : describe(made.error()));
        return made.value().repo;
    }
    /// Commits the lines of a request as the API takes them; the header line is made.
    Result<CommitOutcome> commit(const Principal& who, const catalog::Repository& repo, const std::string& revision,
                                 const std::string& operations, bool create_pr = false, const std::string& more_header = "") {
        CommitRequest request(hub, repo, who, revision, create_pr);
        TRY(request.feed(as_bytes("{\"key\":\"header\",\"value\":{\"summary\":\"s\"" + more_header + "}}\n" + operations)));
        return request.finish();
    }
    /// A line that writes a small file.
    static std::string file_line(const std::string& path, const std::string& content) {
        return "{\"key\":\"file\",\"value\":{\"path\":\"" + path + "\",\"content\":\"" + to_base64(as_bytes(content)) +
               "\",\"encoding\":\"base64\"}}\n";
    }
    static std::string lfs_line(const std::string& path, const Sha256& oid, std::size_t size) {
        return "{\"key\":\"lfsFile\",\"value\":{\"path\":\"" + path + "\",\"algo\":\"sha256\",\"oid\":\"" + oid.hex() +
               "\",\"size\":" + std::to_string(size) + "}}\n";
    }
    /// Puts content into the store as an LFS upload to the repository does.
    Sha256 upload(const Principal& who, const catalog::Repository& repo, const std::string& content) {
        auto upload = LargeUpload::begin(hub, repo.id, who.user, catalog::Door::kLfs).value();
        EXPECT_TRUE(upload->write(as_bytes(content)).has_value());
        return upload->finish().value().sha256;
    }
    std::optional<catalog::Ref> ref(const catalog::Repository& repo, const std::string& name) {
        return catalog->read([&](catalog::Session& s) { return catalog::find_ref(s, repo.id, name); }).value();
    }
};

}  // namespace mirfa::hub::testing
