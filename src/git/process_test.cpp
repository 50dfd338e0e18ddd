// SPDX-License-Identifier: Apache-2.0
#include "git/process.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace mirfa::git {
namespace {

Bytes bytes_of(std::string_view text) {
    const auto bytes = as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
}
ProcessOptions shell(const std::string& script) { return {.argv = {"/bin/sh", "-c", script}}; }

TEST(Process, GivesInputAndTakesOutputInItsFolder) {
    auto options = shell("cat; pwd");
    options.input = bytes_of("hello\n");
    options.folder = "/usr";
    EXPECT_EQ(run_process(options).value(), "hello\n/usr\n");
}

TEST(Process, SeesOnlyTheEnvironmentAndDescriptorsItIsGiven) {
    ::setenv("MIRFA_SECRET", "x", 1);
    const int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a careless library would
    auto options = shell("echo \"$MIRFA_SECRET|$GIVEN\"; ls /proc/self/fd | grep -vx \"[0-3]\" | wc -l");
    options.environment = {"GIVEN=1"};
    EXPECT_EQ(run_process(options).value(), "|1\n0\n");
    ::close(leak);
}

TEST(Process, PipedInputOfAnySizePassesThrough) {
    auto options = shell("wc -c");
    options.pipe_input = true;
    auto process = Process::start(options).value();
    const Bytes piece(1u << 20, 'x');
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(process->write(piece).has_value());
    process->close_input();
    Bytes out(100);
    EXPECT_EQ(as_text(ByteView(out).first(process->read(out).value())), "5242880\n");
    EXPECT_EQ(process->wait().value(), 0);
}

TEST(Process, AChildThatStopsReadingIsNoErrorUntilWait) {
    auto options = shell("exit 3");
    options.pipe_input = true;
    auto process = Process::start(options).value();
    EXPECT_TRUE(process->write(Bytes(1u << 20, 'x')).has_value());
    EXPECT_EQ(process->wait().value(), 3);
}

TEST(Process, ReportsStatusSignalAndItsWords) {
    auto failed = run_process(shell("echo out; echo bad news >&2; exit 7"));
    ASSERT_FALSE(failed.has_value());
    EXPECT_NE(failed.error().detail.find("bad news"), std::string::npos);
    EXPECT_EQ(failed.error().message.find("bad news"), std::string::npos);
    EXPECT_EQ(Process::start(shell("kill -9 $$")).value()->wait().value(), 128 + 9);
    EXPECT_FALSE(run_process({.argv = {"/no/such/program"}}).has_value());
}

TEST(Process, KeepsAnEndlessComplaintShort) {
    auto process = Process::start(shell("yes | head -c 1000000 >&2; exit 0")).value();
    EXPECT_TRUE(process->wait().has_value());
    EXPECT_LE(process->error_text().size(), 16u << 10);
    EXPECT_GE(process->error_text().size(), 1'000u);
}

TEST(Process, TellsWhetherThereIsOutputWithoutWaitingForIt) {
    auto options = shell("read line; echo \"$line\"");
    options.pipe_input = true;
    auto process = Process::start(options).value();
    EXPECT_FALSE(process->has_output(std::chrono::milliseconds(1)).value());
    ASSERT_TRUE(process->write(as_bytes("go\n")).has_value());
    EXPECT_TRUE(process->has_output(std::chrono::minutes(1)).value());
    Bytes out(100);
    EXPECT_EQ(as_text(ByteView(out).first(process->read(out).value())), "go\n");
    EXPECT_TRUE(process->has_output(std::chrono::minutes(1)).value()) << "the end is something to read too";
    EXPECT_EQ(process->read(out).value(), 0u);
}

TEST(Process, IsStoppedAtItsDeadline) {
    auto options = shell("sleep 100");
    options.deadline = std::chrono::seconds(1);
    EXPECT_EQ(run_process(options).error().code, Code::kTimedOut);
    EXPECT_EQ(Process::start(options).value()->wait().error().code, Code::kTimedOut);
}

TEST(Process, IsKilledWithItsChildrenWhenDropped) {
    auto process = Process::start(shell("sleep 100 & echo $!; wait")).value();
    Bytes out(100);
    const int child = std::atoi(std::string(as_text(ByteView(out).first(process->read(out).value()))).c_str());
    ASSERT_GT(child, 1);
    process.reset();
    const auto is_running = [child] {
        std::ifstream in("/proc/" + std::to_string(child) + "/stat");
        std::string pid, name, state;
        return static_cast<bool>(in >> pid >> name >> state) && state != "Z";
    };
    for (int i = 0; i < 1'000 && is_running(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_FALSE(is_running());
}

TEST(Process, MayNotTakeAllMemory) {
    auto options = shell("ulimit -d; ulimit -c");
    options.pipe_input = true;
    options.argv[2] = "read x; ulimit -d; ulimit -c";
    options.memory_limit = 512u << 20;
    auto process = Process::start(options).value();
    EXPECT_TRUE(process->write(bytes_of("\n")).has_value());
    process->close_input();
    std::string text;
    Bytes out(100);
    for (;;) {
        const auto got = process->read(out).value();
        if (got == 0) break;
        text += as_text(ByteView(out).first(got));
    }
    EXPECT_EQ(text, "524288\n0\n");
}

}  // namespace
}  // namespace mirfa::git
