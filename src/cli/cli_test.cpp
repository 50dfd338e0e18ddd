// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cli/describe.h"
#include "cli/exit_status.h"
#include "cli/output.h"

namespace mirfa::cli {
namespace {

using ::testing::HasSubstr;

int run(std::string_view command, std::vector<std::string> words) { return find_command(command)->run(words); }

std::string captured(std::string_view command, std::vector<std::string> words) {
    ::testing::internal::CaptureStdout();
    const int status = run(command, std::move(words));
    auto text = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(status, kOk);
    return text;
}

TEST(Commands, EachHasANameOfItsOwnAHelpAndAnOptionThatShowsIt) {
    std::set<std::string_view> names;
    for (const auto& command : commands()) {
        EXPECT_TRUE(names.insert(command.name).second) << command.name;
        EXPECT_FALSE(command.help.empty()) << command.name;
        EXPECT_NE(command.help.back(), '.') << command.name;
        EXPECT_EQ(find_command(command.name), &command);
        ::testing::internal::CaptureStdout();
        const std::vector<std::string> words{"--help"};
        EXPECT_EQ(command.run(words), kOk) << command.name;
        EXPECT_FALSE(::testing::internal::GetCapturedStdout().empty());
        EXPECT_THAT(help_lines(), HasSubstr(std::string(command.name)));
    }
    EXPECT_EQ(find_command("nothing"), nullptr);
}

TEST(Commands, UnknownOptionsAndMissingArgumentsAreMistakesOfUsage) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(run("env", {"--nothing"}), kUsage);
    EXPECT_EQ(run("download", {}), kUsage);
    EXPECT_EQ(run("auth", {}), kUsage);
    EXPECT_EQ(run("completion", {"csh"}), kUsage);
    EXPECT_FALSE(::testing::internal::GetCapturedStderr().empty());
}

TEST(Describe, KnowsEveryLeafWithItsOptions) {
    std::set<std::string> seen;
    for (const auto& command : describe_all())
        each_below(command, [&](const Described& c) {
            std::string words;
            for (const auto& word : c.words) words += word + " ";
            for (const auto& option : c.options)
                for (const auto& name : option.names) seen.insert(words + name);
            EXPECT_FALSE(c.help.empty()) << words;
        });
    EXPECT_TRUE(seen.contains("download --include"));
    EXPECT_TRUE(seen.contains("repo branch create --exist-ok"));
    EXPECT_TRUE(seen.contains("cache rm --yes"));
}

TEST(Completion, EveryShellKnowsCommandsAndOptions) {
    for (const char* shell : {"bash", "zsh"}) {
        const auto script = captured("completion", {shell});
        EXPECT_THAT(script, HasSubstr("[repo_branch]='create delete list"));
        EXPECT_THAT(script, HasSubstr("serve admin auth"));
    }
    EXPECT_THAT(captured("completion", {"fish"}), HasSubstr("-l include -r -d 'Only files that match"));
}

TEST(Manual, ThePagesComeFromTheSameTable) {
    const auto page = captured("manual", {});
    for (const auto& command : commands()) EXPECT_THAT(page, HasSubstr("mirfa " + std::string(command.name)));
}

TEST(ExitStatus, TellsMissingForbiddenConflictAndLaterApart) {
    using client::Kind;
    EXPECT_EQ(exit_status(Kind::kNotFound), 3);
    EXPECT_EQ(exit_status(Kind::kForbidden), 4);
    EXPECT_EQ(exit_status(Kind::kAlreadyExists), 5);
    EXPECT_EQ(exit_status(Kind::kOffline), 6);
    EXPECT_EQ(exit_status(Kind::kCorrupt), 1);
}

TEST(Output, SizesArePowersOfAThousandAndTerminalsGetNoControlCharacters) {
    EXPECT_EQ(human_size(999), "999");
    EXPECT_EQ(human_size(20'000), "20.0K");
    EXPECT_EQ(human_size(999'960), "1.0M");
    EXPECT_EQ(human_size(2'500'000'000), "2.5G");
    EXPECT_EQ(printable("a\033[2Jb\x7f"), "a?[2Jb?");
    Report report(true);
    report.field("a\"b", "c\n\\");
    report.number("n", 7);
    report.list("l", {"x", "y"});
    EXPECT_EQ(report.json(), R"({"a\"b": "c\u000a\\", "n": 7, "l": ["x", "y"]})");
}

}  // namespace
}  // namespace mirfa::cli
