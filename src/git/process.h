// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/stream.h"

namespace mirfa::git {

struct ProcessOptions {
    std::vector<std::string> argv;              ///< argv[0] is looked up in the usual folders
    std::vector<std::string> environment = {};  ///< `NAME=value`; nothing else is passed on but a safe PATH
    std::filesystem::path folder;               ///< where it runs
    Bytes input = {};                           ///< given as standard input when `pipe_input` is false
    bool pipe_input = false;                    ///< standard input comes through write()
    std::chrono::seconds deadline{600};         ///< of the whole run; then it is killed
    std::uint64_t memory_limit = 4ull << 30;    ///< octets of its own data; mapped files do not count
};

/// A child process in a group of its own, started by posix_spawn (never fork: see docs/decisions). Killed when dropped.
/// It sees no descriptor of ours but the three standard ones and writes no core file. Threads: one at a time.
class Process final : public ByteSource, public ByteSink {
public:
    static Result<std::unique_ptr<Process>> start(const ProcessOptions& options);
    ~Process() override;

    /// Waits for standard output, at most so long: whether read() gives something, or the end, without waiting.
    /// Fails: kTimedOut at the deadline of the run.
    Result<bool> has_output(std::chrono::milliseconds patience);
    /// Standard output. Fails: kTimedOut.
    Result<std::size_t> read(ByteSpan into) override;
    /// Standard input. A child that no longer reads is no error here: wait() tells why. Fails: kTimedOut.
    Result<void> write(ByteView bytes) override;
    void close_input();
    /// Waits for the end. Gives the exit status (128 + signal when it was killed).
    Result<int> wait();
    /// What it has written to standard error, at most 16 KiB.
    std::string error_text() const;

private:
    Process() = default;
    Result<bool> is_ready(int descriptor, short events, std::chrono::milliseconds patience);
    Result<void> wait_for(int descriptor, short events);

    int pid_ = -1;
    File input_;
    File output_;
    File errors_;
    std::chrono::steady_clock::time_point end_;
};

/// Runs to the end and gives standard output, at most `limit` octets.
/// Fails: kInternal with the standard error of a program that fails; kTimedOut.
Result<std::string> run_process(const ProcessOptions& options, std::size_t limit = 16u << 20);

/// The environment in which git looks at nothing outside the repository it is given.
std::vector<std::string> bare_git_environment();

}  // namespace mirfa::git
