// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/scan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "checkpoint/scan.h"
#include "hub/repos/trees.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

/// A pickle that would call os.system when Python loads it.
const std::string kEvil = "cos\nsystem\n(S'true'\ntR.";
/// An empty dict.
const std::string kHarmless("\x80\x02}q\0.", 6);

struct ScanHub : testing::WholeHub {
    Principal ada = add_user("ada");
    catalog::Repository repo = add_repo(ada, "m");

    std::vector<Job> scans() {
        std::vector<Job> scans;
        auto jobs = jobs_of(hub, repo, 0, 100).value();
        for (auto& row : jobs)
            if (row.job.kind == kScanKind) scans.push_back(std::move(row.job));
        return scans;
    }
    std::string run(const Job& job) {
        JobContext context(hub, job, folder.path());
        return run_scan(context).value();
    }
    std::string status_at(const std::string& path) {
        const auto found = find_entries(hub, repo, {"main"}, {path}, true).value();
        return found.at(0).security;
    }
    std::string status_in_tree(const std::string& path) {
        const auto page = list_tree(hub, repo, {"main"}, {.with_security = true}).value();
        for (const auto& entry : page.entries)
            if (entry.path == path) return entry.security;
        return "not there";
    }
    ObjectId head() { return ref(repo, "refs/heads/main")->commit; }
};

std::string unscanned(const std::string& status) {
    return "{\"status\":\"" + status + "\",\"avScan\":null,\"pickleImportScan\":null}";
}

TEST(Scan, ACommitWithAPickleIsScannedAndTheFileTellsWhatItImports) {
    ScanHub hub;
    ASSERT_TRUE(
        hub.commit(hub.ada, hub.repo, "main", hub.file_line("model.pkl", kEvil) + hub.file_line("a.txt", "text")).has_value());
    EXPECT_EQ(hub.status_at("model.pkl"), unscanned("queued"));
    EXPECT_EQ(hub.status_at("a.txt"), unscanned("unscanned"));
    EXPECT_FALSE(security_of_commit(hub.hub, hub.repo, hub.head()).value().scans_done);
    ASSERT_EQ(hub.scans().size(), 1u);
    EXPECT_EQ(hub.run(hub.scans()[0]), "{\"scanned\":1,\"issues\":1}");
    EXPECT_EQ(hub.status_at("model.pkl"),
              "{\"status\":\"unsafe\",\"avScan\":null,\"pickleImportScan\":{\"status\":\"unsafe\",\"pickleImports\":["
              "{\"module\":\"os\",\"name\":\"system\",\"safety\":\"dangerous\"}]}}");
    EXPECT_EQ(hub.status_in_tree("model.pkl"), hub.status_at("model.pkl"));
    const auto security = security_of_commit(hub.hub, hub.repo, hub.head()).value();
    EXPECT_TRUE(security.scans_done);
    ASSERT_EQ(security.issues.size(), 1u);
    EXPECT_EQ(security.issues[0].path, "model.pkl");
    EXPECT_EQ(security.issues[0].level, "unsafe");
}

TEST(Scan, WhatBringsNoSuchFileAsksForNoScan) {
    ScanHub hub;
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.file_line("a.txt", "text")).has_value());
    EXPECT_TRUE(hub.scans().empty());
}

TEST(Scan, AConfigurationIsScannedAsItIsCommittedWithoutAJob) {
    ScanHub hub;
    const std::string config = R"({"auto_map": {"AutoModel": "modeling_x.XModel"}})";
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.file_line("config.json", config)).has_value());
    EXPECT_TRUE(hub.scans().empty());
    EXPECT_EQ(hub.status_at("config.json"),
              R"({"status":"caution","avScan":null,"pickleImportScan":null,"findings":[{"level":"caution",)"
              R"("text":"Loading it with trust_remote_code runs XModel of modeling_x.py.","kind":"remote_code",)"
              R"("name":"XModel","file":"modeling_x.py"}]})");
    EXPECT_TRUE(hub.scans().empty()) << "nothing is due";
    EXPECT_EQ(security_of_commit(hub.hub, hub.repo, hub.head()).value().issues.at(0).level, "caution");
    // The same octets under a name that nobody reads classes in say nothing, before or after.
    ASSERT_TRUE(
        hub.commit(hub.ada, hub.repo, "main", hub.file_line("x.bin", config) + hub.file_line("tokenizer_config.json", "{}"))
            .has_value());
    EXPECT_EQ(hub.run(hub.scans().at(0)), "{\"scanned\":1,\"issues\":0}");
    EXPECT_EQ(security_of_commit(hub.hub, hub.repo, hub.head()).value().issues.size(), 1u);
    EXPECT_EQ(hub.status_at("tokenizer_config.json"), unscanned("safe"));
}

TEST(Scan, LargeFilesAreScannedWhereTheyLieAndEqualContentOnce) {
    ScanHub hub;
    const auto oid = hub.upload(hub.ada, hub.repo, kEvil);
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.lfs_line("pytorch_model.bin", oid, kEvil.size())).has_value());
    EXPECT_EQ(hub.run(hub.scans().at(0)), "{\"scanned\":1,\"issues\":1}");
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.lfs_line("copy.bin", oid, kEvil.size())).has_value());
    EXPECT_EQ(hub.scans().size(), 1u) << "what is known needs no second job";
    EXPECT_EQ(security_of_commit(hub.hub, hub.repo, hub.head()).value().issues.size(), 2u);
}

TEST(Scan, TheSameContentIsLookedAtForEachThingThatProgramsTakeItFor) {
    // Octets that no program takes for a pickle under the first name are one under the second.
    ScanHub hub;
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.file_line("tokenizer.model", kEvil)).has_value());
    EXPECT_EQ(hub.run(hub.scans().at(0)), "{\"scanned\":1,\"issues\":0}");
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.file_line("weights.pkl", kEvil)).has_value());
    EXPECT_EQ(hub.status_at("weights.pkl"), unscanned("queued"));
    ASSERT_EQ(hub.scans().size(), 2u);
    EXPECT_EQ(hub.run(hub.scans()[0]), "{\"scanned\":1,\"issues\":1}");
    EXPECT_EQ(security_of_commit(hub.hub, hub.repo, hub.head()).value().issues.at(0).path, "weights.pkl");
}

/// A hub whose files were scanned by rules of before.
struct HubOfBefore : ScanHub {
    HubOfBefore() {
        EXPECT_TRUE(commit(ada, repo, "main", file_line("model.pkl", kEvil)).has_value());
        const auto entry = find_entries(hub, repo, {"main"}, {"model.pkl"}, false).value().at(0);
        end(scans().at(0));
        key = scan_key("model.pkl", *entry.file);
        EXPECT_TRUE(put({"safe", unscanned("safe"), checkpoint::kScanRules - 1}).has_value());
    }
    Result<void> put(const catalog::FileScan& scan) {
        return catalog->write([&](catalog::Session& s) { return catalog::put_scan(s, key, scan, 1); });
    }
    /// As the runner does it.
    void end(const Job& job) {
        EXPECT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::cancel_job(s, job.id, 1); }).value());
    }
    std::size_t open_scans() {
        return static_cast<std::size_t>(std::ranges::count_if(scans(), [](const Job& job) { return !job.has_ended(); }));
    }
    catalog::ScanKey key;
};

TEST(Scan, AReportByOlderRulesIsShownUntilOneByNewerRulesTakesItsPlace) {
    HubOfBefore hub;
    EXPECT_EQ(hub.open_scans(), 0u);
    EXPECT_EQ(hub.status_at("model.pkl"), unscanned("safe"));
    ASSERT_EQ(hub.open_scans(), 1u) << "whoever looks at it asks for a new one";
    EXPECT_EQ(hub.status_in_tree("model.pkl"), unscanned("safe"));
    EXPECT_TRUE(security_of_commit(hub.hub, hub.repo, hub.head()).value().scans_done);
    EXPECT_EQ(hub.open_scans(), 1u) << "and only one";
    EXPECT_EQ(hub.run(hub.scans().at(0)), "{\"scanned\":1,\"issues\":1}");
    hub.end(hub.scans().at(0));
    EXPECT_NE(hub.status_at("model.pkl").find("os"), std::string::npos);
    EXPECT_EQ(hub.open_scans(), 0u);
}

TEST(Scan, EveryWayOfLookingAsksForTheNewScan) {
    for (const int way : {0, 1, 2}) {
        HubOfBefore hub;
        if (way == 0) hub.status_at("model.pkl");
        if (way == 1) hub.status_in_tree("model.pkl");
        if (way == 2) static_cast<void>(security_of_commit(hub.hub, hub.repo, hub.head()));
        EXPECT_EQ(hub.open_scans(), 1u) << way;
        ASSERT_TRUE(list_tree(hub.hub, hub.repo, {"main"}, {}).has_value());
    }
    HubOfBefore hub;
    ASSERT_TRUE(list_tree(hub.hub, hub.repo, {"main"}, {}).has_value());
    EXPECT_EQ(hub.open_scans(), 0u) << "programs that want names and sizes";
}

TEST(Scan, ACommitOfContentThatOlderRulesHaveSeenIsScanned) {
    HubOfBefore hub;
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.file_line("copy.pkl", kEvil)).has_value());
    EXPECT_EQ(hub.open_scans(), 1u);
}

TEST(Scan, RenewalsWaitUntilThereIsRoom) {
    HubOfBefore hub;
    std::vector<Job> others;
    for (int i = 0; i < kMostRenewals; ++i) {
        Job job;
        job.id = new_row_id();
        job.kind = std::string(kScanKind);
        others.push_back(job);
        ASSERT_TRUE(hub.catalog->write([&](catalog::Session& s) { return catalog::insert_job(s, job); }).has_value());
    }
    EXPECT_EQ(hub.status_at("model.pkl"), unscanned("safe"));
    EXPECT_EQ(hub.open_scans(), 0u);
    hub.end(others[0]);
    hub.status_at("model.pkl");
    EXPECT_EQ(hub.open_scans(), 1u);
}

TEST(Scan, AReportByNewerRulesThanThisNodesStays) {
    HubOfBefore hub;
    const catalog::FileScan later{"unsafe", unscanned("unsafe"), checkpoint::kScanRules + 1};
    ASSERT_TRUE(hub.put(later).has_value());
    ASSERT_TRUE(hub.put({"safe", unscanned("safe"), checkpoint::kScanRules}).has_value());
    EXPECT_EQ(hub.status_at("model.pkl"), unscanned("unsafe"));
    EXPECT_EQ(hub.open_scans(), 0u);
}

TEST(Scan, APullRequestIsScannedToo) {
    ScanHub hub;
    ASSERT_TRUE(hub.commit(hub.ada, hub.repo, "main", hub.file_line("model.pkl", kHarmless), true).has_value());
    ASSERT_EQ(hub.scans().size(), 1u);
    EXPECT_EQ(hub.run(hub.scans()[0]), "{\"scanned\":1,\"issues\":0}");
}

TEST(Scan, NamesThatAreScanned) {
    for (const auto* path :
         {"pytorch_model.bin", "a/b/rng_state.pth", "X.PKL", "training_args.bin", "m.gguf", "w.npz", "tf_model.h5", "config.json",
          "m.pkl.gz", "m.joblib.XZ", "m.pt.z", "model.onnx", "a/tokenizer_config.json"})
        EXPECT_TRUE(is_scannable(path)) << path;
    for (const auto* path : {"model.safetensors", "README.md", "tokenizer.json", "my_config.json", "train.jsonl.gz", "a.tar.gz",
                             "config.json.gz", "bin", "a.bin/readme.txt"})
        EXPECT_FALSE(is_scannable(path)) << path;
}

}  // namespace
}  // namespace mirfa::hub
