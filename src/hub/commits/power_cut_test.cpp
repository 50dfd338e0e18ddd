// SPDX-License-Identifier: Apache-2.0
// A few writers work through every door at once until the power goes, at any change on any disk. What was acknowledged
// must then be there, whole; what was not may be there, but whole too. The machine is started again and the work goes
// on over what is left, many times.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "base/digest.h"
#include "base/random.h"
#include "blob/store.h"
#include "catalog/history.h"
#include "catalog/large.h"
#include "format/chunker.h"
#include "format/lfs_pointer.h"
#include "format/pkt_line.h"
#include "format/shard.h"
#include "format/xorb_writer.h"
#include "git/testing/git_program.h"
#include "git/tree.h"
#include "hub/commits/commit.h"
#include "hub/commits/git_service.h"
#include "hub/commits/push.h"
#include "hub/commits/tree_of.h"
#include "hub/large/large_objects.h"
#include "hub/large/lfs.h"
#include "hub/repos/repositories.h"
#include "hub/testing/forgetful_machine.h"
#include "hub/xet/shards.h"
#include "hub/xet/xorbs.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using Running = ForgetfulMachine::Running;

constexpr std::size_t kInlineLimit = 30'000;

/// What callers were told to be there. Threads: any.
struct Told {
    struct Repo {
        catalog::Repository repo;
        std::map<std::string, Sha256> files;  ///< path on main to digest of the content
        std::set<ObjectId> commits;
        std::set<std::string> refs;
        std::set<Sha256> uploads;
    };
    std::mutex mutex;
    std::map<catalog::RowId, Repo> repos;  // guarded by mutex, as is all in it
};

Bytes random_content(unsigned seed, std::size_t size) {
    std::mt19937 random(seed);
    Bytes content(size);
    for (auto& octet : content) octet = static_cast<Byte>(random());
    return content;
}

/// One client, that works on a repository of its own and on one that all share.
class Worker {
public:
    Worker(Running& running, Told& told, const Principal& who, catalog::RowId shared, unsigned seed)
        : hub_(running.hub), told_(told), who_(who), shared_(shared), random_(seed), name_(std::to_string(seed)) {}

    /// Makes the repository of its own: before anything else.
    Result<void> create() {
        NewRepository wanted;
        wanted.name = "own-" + name_;
        TRY(const auto made, create_repository(hub_, who_, wanted));
        own_ = made.repo;
        const std::lock_guard lock(told_.mutex);
        told_.repos[own_.id].repo = own_;
        return ok();
    }

    /// Works until something fails.
    Result<void> work(int steps) {
        for (int step = 0; step < steps; ++step) TRY(one_step());
        return ok();
    }

private:
    struct Upload {
        Bytes content;
        Sha256 sha256;
    };

    Result<void> one_step() {
        const auto repo = random_() % 2 == 0 ? own_ : shared_repo();
        if (random_() % 15 == 0) return push(repo);  // seldom: it starts git's own program
        switch (random_() % 7) {
            case 0: return commit_inline(repo, 200);
            case 1: return commit_inline(repo, kInlineLimit + 5'000);
            case 2: return commit_upload(repo, &Worker::upload_lfs);
            case 3: return commit_upload(repo, &Worker::upload_parts);
            case 4: return commit_upload(repo, &Worker::upload_xet);
            case 5: return tag(repo);
            default: return upload_only(repo);
        }
    }

    catalog::Repository shared_repo() {
        const std::lock_guard lock(told_.mutex);
        return told_.repos.at(shared_).repo;
    }

    /// Some contents are everybody's, so that two bring the same at the same time.
    Upload some_content() {
        const unsigned seed = random_() % 2 == 0 ? static_cast<unsigned>(random_() % 4) : static_cast<unsigned>(random_());
        Upload upload{random_content(seed, 20'000 + seed % 50'000), {}};
        upload.sha256 = sha256_of(upload.content);
        return upload;
    }

    Result<void> commit(const catalog::Repository& repo, const std::string& lines, const std::map<std::string, Sha256>& files) {
        CommitRequest request(hub_, repo, who_, "main", false);
        TRY(request.feed(as_bytes(R"({"key":"header","value":{"summary":"work"}})"
                                  "\n" +
                                  lines)));
        TRY(const auto outcome, request.finish());
        const std::lock_guard lock(told_.mutex);
        auto& told = told_.repos[repo.id];
        told.commits.insert(outcome.commit);
        for (const auto& [path, sha256] : files) told.files[path] = sha256;
        return ok();
    }

    std::string new_path() { return "w" + name_ + "/f" + std::to_string(++count_); }

    Result<void> commit_inline(const catalog::Repository& repo, std::size_t size) {
        const auto content = random_content(static_cast<unsigned>(random_()), size);
        const auto path = new_path();
        return commit(repo,
                      R"({"key":"file","value":{"content":")" + to_base64(content) + R"(","path":")" + path +
                          R"(","encoding":"base64"}})"
                          "\n",
                      {{path, sha256_of(content)}});
    }

    Result<void> commit_upload(const catalog::Repository& repo,
                               Result<void> (Worker::*door)(const catalog::Repository&, const Upload&)) {
        const auto upload = some_content();
        TRY((this->*door)(repo, upload));
        const auto path = new_path();
        return commit(repo,
                      R"({"key":"lfsFile","value":{"path":")" + path + R"(","algo":"sha256","oid":")" + upload.sha256.hex() +
                          R"("}})"
                          "\n",
                      {{path, upload.sha256}});
    }

    Result<void> upload_only(const catalog::Repository& repo) {
        const auto upload = some_content();
        TRY(upload_lfs(repo, upload));
        const std::lock_guard lock(told_.mutex);
        told_.repos[repo.id].uploads.insert(upload.sha256);
        return ok();
    }

    Result<void> upload_lfs(const catalog::Repository& repo, const Upload& upload) {
        TRY(const auto incoming, LargeUpload::begin(hub_, repo.id, who_.user, catalog::Door::kLfs));
        TRY(incoming->write(upload.content));
        TRY(incoming->finish(upload.sha256));
        return ok();
    }

    Result<void> upload_parts(const catalog::Repository& repo, const Upload& upload) {
        const catalog::MultipartUpload parts{
            "up" + name_ + "-" + std::to_string(++count_),    repo.id, who_.user,       upload.sha256,
            static_cast<std::int64_t>(upload.content.size()), 15'000,  hub_.clock.now()};
        TRY(hub_.catalog.write([&](Session& s) { return catalog::insert_multipart(s, parts); }));
        for (std::size_t offset = 0, part = 1; offset < upload.content.size(); offset += 15'000, ++part) {
            TRY(const auto incoming, PartUpload::begin(hub_, parts, static_cast<int>(part)));
            TRY(incoming->write(
                ByteView(upload.content).subspan(offset, std::min<std::size_t>(15'000, upload.content.size() - offset))));
            TRY(incoming->finish());
        }
        return complete_multipart(hub_, parts);
    }

    /// As a client whose cache says that the xorb is stored: it sends the shard first, the xorb when that is refused.
    Result<void> upload_xet(const catalog::Repository& repo, const Upload& upload) {
        Principal cas = who_;
        cas.kind = PrincipalKind::kCasToken;
        cas.bound_repo = repo.id;
        cas.bound_write = true;
        format::XorbWriter writer;
        std::size_t first = 0;
        for (const std::size_t last : format::chunk_ends(upload.content)) {
            writer.add(ByteView(upload.content).subspan(first, last - first));
            first = last;
        }
        const auto xorb = writer.finish();
        const auto early = register_shard(cas, upload, xorb.table);
        if (early.has_value() || early.error().code != Code::kInvalidArgument) return early;
        TRY(const auto incoming, XorbUpload::begin(hub_, cas, xorb.table.xorb));
        TRY(incoming->write(xorb.body));
        TRY(incoming->finish());
        return register_shard(cas, upload, xorb.table);
    }

    Result<void> register_shard(const Principal& cas, const Upload& upload, const format::ChunkTable& table) {
        std::vector<format::ChunkLeaf> leaves;
        table.append_leaves(0, table.size(), leaves);
        const auto chunks = static_cast<std::uint32_t>(table.size());
        format::Shard shard;
        shard.files.push_back({format::file_hash(leaves),
                               {{table.xorb, table.raw_bytes(), 0, chunks}},
                               {table.range_hash(0, chunks)},
                               upload.sha256});
        TRY(const auto registration, ShardRegistration::begin(hub_, cas, format::write_shard(shard)));
        for (bool more = true; more;) {
            TRY(more, registration->step(1u << 20));
        }
        TRY(registration->commit());
        return ok();
    }

    Result<void> tag(const catalog::Repository& repo) {
        const auto name = "t" + name_ + "-" + std::to_string(++count_);
        TRY(create_tag(hub_, who_, repo, "main", name, count_ % 2 == 0 ? "a message" : ""));
        const std::lock_guard lock(told_.mutex);
        told_.repos[repo.id].refs.insert("refs/tags/" + name);
        return ok();
    }

    static Error refusal_in(const std::string& report) {
        const bool is_full = report.find("disk is full") != std::string::npos;
        return Error{is_full ? Code::kOutOfSpace : Code::kUnavailable, report};
    }

    /// As git does: one file more on a branch of its own, by a pack.
    Result<void> push(const catalog::Repository& repo) {
        TRY(const auto base, hub_.catalog.read([&](Session& s) { return catalog::find_ref(s, repo.id, kMainRef); }));
        git::testing::MemoryObjects objects;
        TRY(const auto blob, put_object(objects, git::ObjectType::kBlob, random_content(static_cast<unsigned>(random_()), 300)));
        TRY(const auto tree, put_object(objects, git::ObjectType::kTree, git::write_tree({{git::kModeFile, "pushed", blob}})));
        const git::Identity author{"Ada", "ada@corp.test", 1'700'000'000, 0};
        TRY(const auto commit, put_object(objects, git::ObjectType::kCommit,
                                          as_bytes(git::write_commit({tree, {base->commit}, author, author, "pushed"}))));
        const auto name = "refs/heads/p" + name_ + "-" + std::to_string(++count_);
        std::string head;
        format::append_pkt_line(head,
                                ObjectId{}.hex() + " " + commit.hex() + " " + name + std::string(1, '\0') + "report-status\n");
        format::append_pkt_flush(head);

        PushRequest request(hub_, repo, who_);
        TRY(request.feed(as_bytes(head)));
        TRY(request.feed(as_bytes(git::testing::pack_of(objects))));
        TRY(const auto report, request.finish());
        if (report.find("ok " + name) == std::string::npos) return refusal_in(report);
        const std::lock_guard lock(told_.mutex);
        told_.repos[repo.id].commits.insert(commit);
        told_.repos[repo.id].refs.insert(name);
        return ok();
    }

    Hub& hub_;
    Told& told_;
    const Principal who_;
    const catalog::RowId shared_;
    std::mt19937 random_;
    const std::string name_;
    catalog::Repository own_;
    int count_ = 0;
};

/// SHA-256 of what a download of the content gives.
Result<Sha256> downloaded(Hub& hub, const catalog::LargeObject& object) {
    TRY(const auto source, open_large(hub, object, 0, static_cast<std::uint64_t>(object.size)));
    Sha256Hasher hasher;
    for (;;) {
        TRY(const auto segment, source->next());
        if (std::holds_alternative<std::monostate>(segment)) return hasher.finish();
        if (const auto* octets = std::get_if<Bytes>(&segment)) hasher.update(*octets);
        if (const auto* slice = std::get_if<FileSlice>(&segment)) {
            Bytes octets(slice->length);
            TRY(slice->file->read_exactly_at(slice->offset, octets));
            hasher.update(octets);
        }
    }
}

/// Looks at everything that the hub shows after a restart.
class Inspection {
public:
    Inspection(Running& running, Told& told) : hub_(running.hub), told_(told) {}

    void look() {
        look_at_large_content();
        catalog::RepoQuery query;
        query.viewer = 0;
        query.sees_all = true;
        query.limit = 1000;
        const auto repos = hub_.catalog.read([&](Session& s) { return catalog::list_repositories(s, query); });
        ASSERT_TRUE(repos.has_value()) << describe(repos.error());
        std::set<catalog::RowId> listed;
        for (const auto& repo : repos.value()) {
            listed.insert(repo.id);
            look_at(repo);
        }
        for (const auto& [id, repo] : told_.repos) EXPECT_TRUE(listed.contains(id)) << "lost the repository " << repo.repo.name;
    }

private:
    /// Rows name only what the store has: whoever brings the same again will not send it.
    void look_at_large_content() {
        std::vector<Sha256> large;
        std::vector<format::XetHash> xorbs;
        const auto listed = hub_.catalog.read([&](Session& s) -> Result<void> {
            TRY(s.each("SELECT sha256 FROM large_object", {}, [&](const catalog::Row& row) -> Result<void> {
                large.push_back(row.fixed<Sha256>(0));
                return ok();
            }));
            return s.each("SELECT hash FROM xorb UNION SELECT xorb_hash FROM dedup_chunk UNION SELECT xorb_hash FROM xorb_owner",
                          {}, [&](const catalog::Row& row) -> Result<void> {
                              xorbs.push_back(row.fixed<format::XetHash>(0));
                              return ok();
                          });
        });
        ASSERT_TRUE(listed.has_value()) << describe(listed.error());
        for (const auto& sha256 : large) expect_whole(sha256);
        for (const auto& xorb : xorbs) {
            const auto table = hub_.chunk_tables.load(xorb);
            EXPECT_TRUE(table.has_value()) << "a xorb is recorded but not stored: " << describe(table.error());
        }
    }

    void expect_whole(const Sha256& sha256) {
        const auto object = hub_.catalog.read([&](Session& s) { return catalog::find_large_object(s, sha256); });
        ASSERT_TRUE(object.has_value() && object.value());
        const auto digest = downloaded(hub_, *object.value());
        ASSERT_TRUE(digest.has_value()) << "recorded but not stored: " << describe(digest.error());
        EXPECT_EQ(digest.value(), sha256);
    }

    void look_at(const catalog::Repository& repo) {
        SCOPED_TRACE(repo.name);
        const auto refs = hub_.catalog.read([&](Session& s) { return catalog::list_refs(s, repo.id, "refs/"); }).value();
        std::set<std::string> names;
        std::set<ObjectId> seen;
        ObjectId head;
        for (const auto& ref : refs) {
            names.insert(ref.name);
            if (ref.name == kMainRef) head = ref.commit;
            walk(repo, ref.target, seen);
        }
        ASSERT_TRUE(names.contains(std::string(kMainRef))) << "a repository without main is listed";
        auto& told = told_.repos[repo.id];
        told.repo = repo;
        for (const auto& commit : told.commits) EXPECT_TRUE(seen.contains(commit)) << "lost the commit " << commit.hex();
        for (const auto& ref : told.refs) EXPECT_TRUE(names.contains(ref)) << "lost " << ref;
        for (const auto& sha256 : told.uploads) expect_held(repo, sha256);
        look_at_files(repo, head, told.files);
    }

public:
    /// git's own program finds nothing wrong with any repository either.
    void let_git_look() {
        git::testing::GitProgram git(true);
        for (const auto& [id, repo] : told_.repos) {
            const auto cached = prepare_cache(hub_, repo.repo);
            ASSERT_TRUE(cached.has_value()) << describe(cached.error());
            const auto [status, said] = git.try_run({"--git-dir", cached.value().path().string(), "fsck", "--full"});
            EXPECT_EQ(status, 0) << repo.repo.name << ": " << said;
        }
    }

private:
    /// Every object behind one, each under the name that its content gives.
    void walk(const catalog::Repository& repo, const ObjectId& start, std::set<ObjectId>& seen) {
        NewObjects objects(hub_, repo.id);
        std::vector<ObjectId> open = {start};
        while (!open.empty()) {
            const ObjectId oid = open.back();
            open.pop_back();
            if (!seen.insert(oid).second) continue;
            const auto found = objects.find(oid);
            ASSERT_TRUE(found.has_value() && found.value()) << "the object " << oid.hex() << " is missing";
            const auto& [type, data] = *found.value();
            EXPECT_EQ(git::hash_object(type, data).value(), oid);
            if (type == git::ObjectType::kTag) open.push_back(git::parse_tag(as_text(data)).value().target);
            if (type == git::ObjectType::kTree) {
                const auto entries = git::parse_tree(data).value();
                for (const auto& entry : entries) open.push_back(entry.id);
            }
            if (type != git::ObjectType::kCommit) continue;
            const auto commit = git::parse_commit(as_text(data)).value();
            open.push_back(commit.tree);
            open.insert(open.end(), commit.parents.begin(), commit.parents.end());
            const auto place = hub_.catalog.read([&](Session& s) { return catalog::find_place(s, repo.id, oid); }).value();
            EXPECT_TRUE(place) << "a commit has no place in history";
        }
    }

    void look_at_files(const catalog::Repository& repo, const ObjectId& head, const std::map<std::string, Sha256>& told) {
        NewObjects objects(hub_, repo.id);
        std::map<std::string, Sha256> there;
        const auto walked = git::walk_tree(objects, tree_of(objects, head).value(),
                                           [&](const std::string& path, const git::TreeEntry& entry) -> Result<void> {
                                               if (entry.is_tree()) return ok();
                                               TRY(const auto content, read_object(objects, entry.id, git::ObjectType::kBlob));
                                               const auto pointer = format::parse_lfs_pointer(as_text(content));
                                               there[path] = pointer.has_value() ? pointer.value().oid : sha256_of(content);
                                               if (pointer.has_value()) expect_held(repo, pointer.value().oid);
                                               return ok();
                                           });
        ASSERT_TRUE(walked.has_value()) << describe(walked.error());
        for (const auto& [path, sha256] : told) {
            ASSERT_TRUE(there.contains(path)) << "lost the file " << path;
            EXPECT_EQ(there[path], sha256) << path;
        }
    }

    /// Its content is looked at once for all repositories, in look_at_large_content().
    void expect_held(const catalog::Repository& repo, const Sha256& sha256) {
        const auto held = hub_.catalog.read([&](Session& s) { return catalog::find_repo_object(s, repo.id, sha256); });
        EXPECT_TRUE(held.has_value() && held.value()) << "large content is not held: " << sha256.hex();
    }

    Hub& hub_;
    Told& told_;
};

/// One machine, whoever works on it, and what they were told.
class WorkingMachine {
protected:
    ForgetfulMachine machine;
    Told told;
    Principal who;
    catalog::RowId shared = 0;

    std::unique_ptr<Running> must_start() {
        auto running = machine.start();
        EXPECT_TRUE(running.has_value()) << describe(running.error());
        running.value()->hub.options.inline_limit = kInlineLimit;
        running.value()->hub.options.free_space_floor = 0;
        return std::move(running).value();
    }

    void set_up(Running& running) {
        const catalog::User user{{new_row_id(), catalog::OwnerKind::kUser, "ada", "", 1}, "ada@corp.test", "", true};
        ASSERT_TRUE(running.catalog->write([&](Session& s) { return catalog::insert_user(s, user); }).has_value());
        who = {.kind = PrincipalKind::kSession, .user = user.owner.id, .name = "ada", .is_admin = true};
        NewRepository wanted;
        wanted.name = "shared";
        const auto made = create_repository(running.hub, who, wanted);
        ASSERT_TRUE(made.has_value()) << describe(made.error());
        shared = made.value().repo.id;
        told.repos[shared].repo = made.value().repo;
    }
};

/// One machine through many power cuts.
class PowerCuts : public WorkingMachine, public testing::TestWithParam<unsigned> {
protected:
    std::mt19937 random{GetParam()};

    /// Three workers until the power goes. A step that fails while it is on is a bug.
    void work(Running& running, unsigned seed) {
        std::vector<std::thread> threads;
        for (unsigned worker = 0; worker < 3; ++worker)
            threads.emplace_back([&, worker] {
                Worker one(running, told, who, shared, seed * 4 + worker);
                const auto created = one.create();
                const auto worked = created.has_value() ? one.work(40) : created;
                EXPECT_TRUE(worked.has_value() || machine.power.is_off()) << describe(worked.error());
            });
        for (auto& thread : threads) thread.join();
    }
};

TEST_P(PowerCuts, LoseNothingThatWasAcknowledgedAndTearNothing) {
    auto running = must_start();
    set_up(*running);
    for (unsigned cut = 0; cut < 16 && !HasFailure(); ++cut) {
        SCOPED_TRACE("cut " + std::to_string(cut));
        const auto seed = static_cast<unsigned>(random());
        if (cut % 4 == 3) {  // one that comes while the hub starts, or soon after
            machine.cut_power(std::move(running), seed);
            machine.power.stop_after(random() % 60);
            auto started = machine.start();
            if (started.has_value()) running = std::move(started).value();
        } else {
            machine.power.stop_after(20 + random() % 600);
        }
        if (running) work(*running, cut + 1);
        machine.cut_power(std::move(running), seed);
        running = must_start();
        Inspection(*running, told).look();
    }
    Inspection(*running, told).let_git_look();
    std::size_t commits = 0;
    for (const auto& [id, repo] : told.repos) commits += repo.commits.size();
    EXPECT_GT(commits, 10u);  // the cuts did come in the middle of work
}

/// Disks that are full in the middle of a step: free space was asked for when it began, and others took it since.
class FullDisks : public WorkingMachine, public testing::Test {
protected:
    /// The database may grow by so many pages.
    static void limit_database(Running& running, std::int64_t more) {
        const auto limited = running.catalog->write([&](Session& s) -> Result<void> {
            std::int64_t now = 0;
            TRY(s.each("PRAGMA page_count", std::span<const catalog::Value>{}, [&](const catalog::Row& row) -> Result<void> {
                now = row.integer(0);
                return ok();
            }));
            TRY(s.change("PRAGMA max_page_count=" + std::to_string(now + more), std::span<const catalog::Value>{}));
            return ok();
        });
        ASSERT_TRUE(limited.has_value()) << describe(limited.error());
    }

    /// What a step says when there is no more room; nothing of it is to be seen, and all from before is.
    void expect_refusal(Running& running, Worker& worker) {
        const auto worked = worker.work(500);
        ASSERT_FALSE(worked.has_value());
        EXPECT_EQ(worked.error().code, Code::kOutOfSpace) << describe(worked.error());
        Inspection(running, told).look();
    }
};

TEST_F(FullDisks, AStoreThatFillsUpAnywhereInAnUploadLeavesNothingHalf) {
    auto running = must_start();
    set_up(*running);
    for (unsigned octets = 0; octets < 200'000 && !HasFailure(); octets += 7'919) {
        SCOPED_TRACE(octets);
        Worker worker(*running, told, who, shared, octets);
        ASSERT_TRUE(worker.create().has_value());
        machine.fill_store_after(octets);
        expect_refusal(*running, worker);
        machine.make_room();
        EXPECT_TRUE(worker.work(10).has_value());
    }
}

TEST_F(FullDisks, ADatabaseThatFillsUpAnywhereInAStepLeavesNothingHalf) {
    auto running = must_start();
    set_up(*running);
    for (unsigned pages = 0; pages < 40 && !HasFailure(); pages += 3) {
        SCOPED_TRACE(pages);
        Worker worker(*running, told, who, shared, pages);
        ASSERT_TRUE(worker.create().has_value());
        limit_database(*running, pages);
        expect_refusal(*running, worker);
        limit_database(*running, 1'000'000);
        EXPECT_TRUE(worker.work(10).has_value());
    }
}

INSTANTIATE_TEST_SUITE_P(Machines, PowerCuts, testing::Range(1u, 9u));

}  // namespace
}  // namespace mirfa::hub
