// SPDX-License-Identifier: Apache-2.0
// Histories are made by the real git program, pushed, and both are asked who wrote which line.
#include "hub/repos/blame.h"

#include <gtest/gtest.h>

#include "base/ascii.h"
#include "hub/repos/commit_details.h"
#include "hub/testing/pushing_hub.h"

namespace mirfa::hub {
namespace {

/// A history in the format of git fast-import, commit by commit; commit n has mark n and is refs/made/n.
class Script {
public:
    /// `parents` are marks; `files` are paths and contents that change, "-" removes.
    int commit(const std::vector<int>& parents, const std::vector<std::pair<std::string, std::string>>& files) {
        const int mark = ++last_;
        text_ += "commit refs/made/" + std::to_string(mark) + "\nmark :" + std::to_string(mark) +
                 "\ncommitter O <o@example.org> " + std::to_string(1'700'000'000 + mark * 60) + " +0000\ndata 1\nm\n";
        for (std::size_t i = 0; i < parents.size(); ++i)
            text_ += (i == 0 ? "from :" : "merge :") + std::to_string(parents[i]) + "\n";
        for (const auto& [path, content] : files)
            text_ += content == "-"
                         ? "D " + path + "\n"
                         : "M 100644 inline " + path + "\ndata " + std::to_string(content.size()) + "\n" + content + "\n";
        text_ += "\n";
        return mark;
    }
    const std::string& text() const { return text_; }
    std::string last() const { return "refs/made/" + std::to_string(last_); }

private:
    std::string text_;
    int last_ = 0;
};

class BlameTest : public ::testing::Test, protected testing::PushingHub {
protected:
    void publish(const Script& script) {
        git.run({"fast-import", "--quiet", "--force"}, script.text());
        const auto report = push({{"refs/heads/main", script.last()}});
        ASSERT_EQ(report.find("ng "), std::string::npos) << report;
    }
    /// The commit of each line.
    std::vector<std::string> by_us(const std::string& path) {
        std::vector<std::string> lines;
        const auto blame = blame_file(hub, repo, {"main", path}).value();
        EXPECT_FALSE(blame.truncated);
        for (const auto& hunk : blame.hunks) {
            EXPECT_EQ(hunk.line, lines.size() + 1);
            lines.insert(lines.end(), hunk.count, hunk.commit.hex());
        }
        return lines;
    }
    std::vector<std::string> by_git(const Script& script, const std::string& path) {
        std::vector<std::string> lines;
        const auto told = git.run({"blame", "-l", "--root", "-s", "-n", script.last(), "--", path});
        for (const auto line : split(told, '\n')) lines.emplace_back(line.substr(0, 40));
        return lines;
    }
};

TEST_F(BlameTest, AgreesWithGitAboutEditsInsertionsAndRemovals) {
    Script script;
    script.commit({}, {{"a.txt", "one\ntwo\nthree\nfour\n"}, {"other", "x\n"}});
    script.commit({1}, {{"a.txt", "one\n2\nthree\nfour\nfive\n"}});
    script.commit({2}, {{"other", "y\n"}});
    script.commit({3}, {{"a.txt", "zero\none\n2\nfour\nfive\nsix"}});
    publish(script);
    EXPECT_EQ(by_us("a.txt"), by_git(script, "a.txt"));
    const auto blame = blame_file(hub, repo, {"main", "a.txt"}).value();
    EXPECT_EQ(blame.text, "zero\none\n2\nfour\nfive\nsix");
    EXPECT_EQ(blame.commits.size(), 3u);
}

TEST_F(BlameTest, FollowsBothSidesOfAMergeAndRenames) {
    Script script;
    script.commit({}, {{"a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"}});
    script.commit({1}, {{"a.txt", "ours\n2\n3\n4\n5\n6\n7\n8\n9\n"}});
    script.commit({1}, {{"a.txt", "1\n2\n3\n4\n5\n6\n7\n8\ntheirs\n"}});
    script.commit({2, 3}, {{"a.txt", "ours\n2\n3\n4\nmerge\n6\n7\n8\ntheirs\n"}});
    script.commit({4}, {{"a.txt", "-"}, {"b.txt", "ours\n2\n3\n4\nmerge\n6\n7\n8\ntheirs\nlast\n"}});
    publish(script);
    EXPECT_EQ(by_us("b.txt"), by_git(script, "b.txt"));
    const auto blame = blame_file(hub, repo, {"main", "b.txt"}).value();
    EXPECT_EQ(blame.hunks.front().path, "a.txt");
    EXPECT_EQ(blame.hunks.back().path, "b.txt");
}

TEST_F(BlameTest, RefusesWhatIsNoText) {
    Script script;
    script.commit({}, {{"empty", ""}, {"bin", std::string("a\0b", 3)}, {"big", std::string((1 << 20) + 1, 'x')}, {"d/f", "x\n"}});
    publish(script);
    EXPECT_TRUE(blame_file(hub, repo, {"main", "empty"}).value().hunks.empty());
    EXPECT_EQ(blame_file(hub, repo, {"main", "bin"}).error().reason, Reason::kUnprocessable);
    EXPECT_EQ(blame_file(hub, repo, {"main", "big"}).error().code, Code::kTooLarge);
    for (const auto& path : {"d", "nothing"})
        EXPECT_EQ(blame_file(hub, repo, {"main", path}).error().reason, Reason::kEntryNotFound) << path;
    EXPECT_EQ(blame_file(hub, repo, {"nowhere", "empty"}).error().reason, Reason::kRevisionNotFound);
}

TEST_F(BlameTest, ACommitTellsItsFilesAndNeverThePointersOfLargeOnes) {
    const std::string old_content = "a large one", new_content = "a larger one";
    const auto first = upload(alice, repo, old_content);
    ASSERT_TRUE(commit(alice, repo, "main",
                       file_line("a.txt", "1\n2\n") + file_line("moved.txt", "same\ncontent\nhere\n") +
                           lfs_line("big.bin", first, old_content.size()))
                    .has_value());
    const auto second = upload(alice, repo, new_content);
    ASSERT_TRUE(commit(alice, repo, "main",
                       file_line("a.txt", "1\n3\n4\n") + file_line("new/place.txt", "same\ncontent\nhere\n") +
                           "{\"key\":\"deletedFile\",\"value\":{\"path\":\"moved.txt\"}}\n" +
                           lfs_line("big.bin", second, new_content.size()))
                    .has_value());
    const auto details = load_commit_details(hub, repo, {"main"}, WithText::kYes).value();
    ASSERT_EQ(details.files.size(), 3u);
    EXPECT_EQ(details.file_count, 3u);
    EXPECT_FALSE(details.truncated);
    EXPECT_EQ(details.files[0].path, "a.txt");
    EXPECT_EQ(details.files[0].added, 2);
    EXPECT_EQ(details.files[0].removed, 1);
    EXPECT_EQ(details.files[1].old_large->sha256, first.hex());
    EXPECT_EQ(details.files[1].new_large->size, static_cast<std::int64_t>(new_content.size()));
    EXPECT_FALSE(details.files[1].added);
    EXPECT_EQ(details.files[2].kind, git::ChangeKind::kRenamed);
    EXPECT_EQ(details.files[2].old_path, "moved.txt");
    EXPECT_NE(details.diff->find("-2\n+3\n+4\n"), std::string::npos);
    EXPECT_EQ(details.diff->find("git-lfs"), std::string::npos) << *details.diff;
    EXPECT_NE(details.diff->find("Binary files a/big.bin and b/big.bin differ"), std::string::npos);
    EXPECT_FALSE(load_commit_details(hub, repo, {"main"}, WithText::kNo).value().diff);
}

}  // namespace
}  // namespace mirfa::hub
