// SPDX-License-Identifier: Apache-2.0
// Histories are made by the real git program, pushed, and then asked about by both.
#include "hub/repos/history.h"

#include <gtest/gtest.h>

#include <random>

#include "base/ascii.h"
#include "git/testing/git_program.h"
#include "hub/testing/git_push.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using git::testing::GitProgram;
using Files = std::map<std::string, std::pair<int, std::string>>;  // path: mode and content

/// A history of `count` commits in the format of git fast-import. Commit n is refs/made/n.
class RandomHistory {
public:
    explicit RandomHistory(unsigned seed) : random_(seed) {}

    std::string write(int count) {
        for (int n = 0; n < count; ++n) add_commit(n);
        return std::move(out_);
    }

private:
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

    std::vector<int> choose_parents(int n) {
        std::vector<int> parents;
        if (n == 0 || below(25) == 0) return parents;  // now and then another root
        const int wanted = below(3) == 0 ? 2 + below(2) : 1;
        for (int i = 0; i < wanted; ++i) {
            const int parent = below(3) == 0 ? below(n) : std::max(0, n - 1 - below(3));
            if (std::find(parents.begin(), parents.end(), parent) == parents.end()) parents.push_back(parent);
        }
        return parents;
    }

    Files merged(const std::vector<int>& parents) {
        Files files;
        for (const auto& path : kPaths) {
            if (parents.empty()) break;
            const auto& from = trees_[parents[below(static_cast<int>(parents.size()))]];
            if (const auto found = from.find(path); found != from.end()) files.insert(*found);
        }
        return files;
    }

    void change(Files& files) {
        for (int i = below(3); i > 0; --i) {
            const auto path = kPaths[static_cast<std::size_t>(below(static_cast<int>(kPaths.size())))];
            if (below(4) == 0)
                files.erase(path);
            else
                files[path] = {below(5) == 0 ? 100755 : 100644, std::to_string(below(6))};
        }
        // `k` is a file or a folder, not both.
        if (files.contains("k") && (files.contains("k/x") || files.contains("k/y"))) {
            if (below(2) == 0)
                files.erase("k");
            else
                files.erase("k/x"), files.erase("k/y");
        }
    }

    void add_commit(int n) {
        const auto parents = choose_parents(n);
        Files files = parents.size() == 1 ? trees_[parents[0]] : merged(parents);
        change(files);
        out_ += "commit refs/made/" + std::to_string(n) + "\nmark :" + std::to_string(n + 1) + "\ncommitter O <o@example.org> " +
                std::to_string(1'700'000'000 + n * 60) + " +0000\ndata 1\nm\n";
        for (std::size_t i = 0; i < parents.size(); ++i)
            out_ += (i == 0 ? "from :" : "merge :") + std::to_string(parents[i] + 1) + "\n";
        out_ += "deleteall\n";
        for (const auto& [path, file] : files)
            out_ += "M " + std::to_string(file.first) + " inline " + path + "\ndata " + std::to_string(file.second.size()) +
                    "\n" + file.second + "\n";
        out_ += "\n";
        trees_.push_back(std::move(files));
    }

    const std::vector<std::string> kPaths = {"a", "b", "d/x", "d/y", "d/e/z", "k", "k/x", "k/y"};
    std::mt19937 random_;
    std::vector<Files> trees_;
    std::string out_;
};

class HistoryTest : public ::testing::Test, protected testing::WholeHub {
protected:
    GitProgram git{true};
    Principal alice = add_user("alice");
    catalog::Repository repo = add_repo(alice, "m");

    std::string push(const std::vector<std::pair<std::string, std::string>>& refs) {
        return testing::push(*this, git, alice, repo, refs);
    }
    catalog::CommitPlace place_of(const ObjectId& commit) {
        return catalog->read([&](Session& s) { return catalog::find_place(s, repo.id, commit); }).value().value();
    }
    std::string last_commit(const ObjectId& from, const std::string& path) {
        return catalog
            ->read([&](Session& s) -> Result<std::string> {
                LastCommits last(s, repo, from);
                TRY(const auto found, last.of(path));
                return found ? found->id.hex() : std::string("(none)");
            })
            .value();
    }
    std::vector<std::string> lines_of(const std::string& text) {
        std::vector<std::string> lines;
        for (const auto line : split(text, '\n'))
            if (!line.empty()) lines.emplace_back(line);
        return lines;
    }
    std::vector<std::string> sorted(std::vector<std::string> lines) {
        std::sort(lines.begin(), lines.end());
        return lines;
    }
    /// All of main; no commit may come after one of its parents.
    std::vector<std::string> listed_in_pages_of(int limit) {
        std::vector<std::string> listed;
        std::string cursor;
        do {
            const auto page = list_history(hub, repo, {"main"}, cursor, limit).value();
            for (const auto& commit : page.commits) {
                for (const auto& parent : commit.parents)
                    EXPECT_EQ(std::find(listed.begin(), listed.end(), parent.hex()), listed.end());
                listed.push_back(commit.id.hex());
            }
            cursor = page.next;
        } while (!cursor.empty());
        return listed;
    }
    void compare_with_git(const std::string& revision) {
        const auto commit = git.id(revision);
        EXPECT_EQ(std::to_string(place_of(commit).ancestors), git.run({"rev-list", "--count", revision})) << revision;
        for (const auto& path : lines_of(git.run({"ls-tree", "-r", "-t", "--name-only", revision})))
            EXPECT_EQ(last_commit(commit, path), git.run({"log", "-1", "--format=%H", revision, "--", path}))
                << revision << " " << path;
    }
};

TEST_F(HistoryTest, AgreesWithGitAboutCountsAndLastCommitsOfRandomHistories) {
    constexpr int kCommits = 70;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        repo = add_repo(alice, "r" + std::to_string(seed));
        git.run({"fast-import", "--quiet", "--force"}, RandomHistory(seed).write(kCommits));
        for (int n = 9; n < kCommits; n += 12) {
            const auto made = [&](int number) { return "refs/made/" + std::to_string(number); };
            const auto report = push({{"refs/heads/b" + std::to_string(n), made(n - 4)}, {"refs/heads/main", made(n)}});
            EXPECT_EQ(report.find("ng "), std::string::npos) << report;
            compare_with_git(made(n - 4));
            compare_with_git(made(n));
        }
    }
}

TEST_F(HistoryTest, ListsEveryCommitOnceAndNoneBeforeItsChildren) {
    git.run({"fast-import", "--quiet"}, RandomHistory(9).write(60));
    EXPECT_EQ(push({{"refs/heads/main", "refs/made/59"}}).find("ng "), std::string::npos);
    EXPECT_EQ(sorted(listed_in_pages_of(7)), sorted(lines_of(git.run({"rev-list", "refs/made/59"}))));
}

TEST_F(HistoryTest, ListsAHistoryWithMoreOpenBranchesThanACursorHolds) {
    std::string made =
        "commit refs/made/c\nmark :1\ncommitter O <o@example.org> 1700000000 +0000\ndata 1\nm\nM 100644 inline a\ndata 1\n0\n\n";
    for (int n = 0; n < 150; ++n) {  // every branch leaves the first commit and is merged into main
        const auto mark = [](int number) { return ":" + std::to_string(number); };
        const auto commit = [&](int number, const std::string& parents) {
            return "commit refs/made/c\nmark " + mark(number) + "\ncommitter O <o@example.org> 1700000000 +0000\ndata 1\nm\n" +
                   parents + "M 100644 inline a\ndata 3\n" + std::to_string(100 + n) + "\n\n";
        };
        made += commit(2 * n + 2, "from :1\n");
        made += commit(2 * n + 3, "from " + mark(2 * n + 1) + "\nmerge " + mark(2 * n + 2) + "\n");
    }
    git.run({"fast-import", "--quiet", "--force"}, made);
    EXPECT_EQ(push({{"refs/heads/main", "refs/made/c"}}).find("ng "), std::string::npos);
    EXPECT_EQ(sorted(listed_in_pages_of(50)), sorted(lines_of(git.run({"rev-list", "refs/made/c"}))));
    EXPECT_EQ(list_history(hub, repo, {"main"}, "@" + std::string(40, '0'), 50).error().code, Code::kInvalidArgument);
}

/// A line that broke at each merge would make a look-up cost a query for each of them.
TEST_F(HistoryTest, MainIsOneLineHoweverManyBranchesWereMerged) {
    std::string made =
        "commit refs/made/m0\nmark :1\ncommitter O <o@example.org> 1700000000 +0000\ndata 1\nm\nM 100644 inline a\ndata 1\n0\n\n";
    for (int n = 1; n <= 20; ++n) {
        const auto at = [&](int mark) { return ":" + std::to_string(mark); };
        const int before = 2 * n - 1;  // the merge before, whose branch begins there
        const std::string when = std::to_string(1'700'000'000 + n * 60);
        made += "commit refs/made/b" + std::to_string(n) + "\nmark " + at(2 * n) + "\ncommitter O <o@example.org> " + when +
                " +0000\ndata 1\nm\nfrom " + at(before) + "\nM 100644 inline f" + std::to_string(n) + "\ndata 1\n0\n\n";
        made += "commit refs/made/m" + std::to_string(n) + "\nmark " + at(2 * n + 1) + "\ncommitter O <o@example.org> " + when +
                " +0000\ndata 1\nm\nfrom " + at(before) + "\nmerge " + at(2 * n) + "\nM 100644 inline f" + std::to_string(n) +
                "\ndata 1\n0\n\n";
    }
    git.run({"fast-import", "--quiet"}, made);
    EXPECT_EQ(push({{"refs/heads/b1", "refs/made/b1"}, {"refs/heads/main", "refs/made/m20"}}).find("ng "), std::string::npos);
    const auto line = place_of(git.id("refs/made/m20")).line;
    for (int n = 0; n <= 20; ++n) EXPECT_EQ(place_of(git.id("refs/made/m" + std::to_string(n))).line, line) << n;
    compare_with_git("refs/made/m20");
}

TEST_F(HistoryTest, AMergeOfThreeCountsWhatItsBranchesShareOnce) {
    std::string made;
    const auto add = [&](int mark, const std::string& parents) {
        made += "commit refs/made/c" + std::to_string(mark) + "\nmark :" + std::to_string(mark) +
                "\ncommitter O <o@example.org> 1700000000 +0000\ndata 1\nm\n" + parents + "M 100644 inline f" +
                std::to_string(mark) + "\ndata 1\n0\n\n";
    };
    add(1, "");
    add(2, "from :1\n");  // shared by both branches, not by main
    add(3, "from :2\n");
    add(4, "from :2\n");
    add(5, "from :1\nmerge :3\nmerge :4\n");
    git.run({"fast-import", "--quiet"}, made);
    EXPECT_EQ(push({{"refs/heads/main", "refs/made/c5"}}).find("ng "), std::string::npos);
    EXPECT_EQ(place_of(git.id("refs/made/c5")).ancestors, 5);
    compare_with_git("refs/made/c5");
}

}  // namespace
}  // namespace mirfa::hub
