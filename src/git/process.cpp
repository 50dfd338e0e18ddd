// SPDX-License-Identifier: Apache-2.0
#include "git/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace mirfa::git {
namespace {

constexpr std::size_t kMaxErrorText = 16u << 10;

struct Pipe {
    File read_end;
    File write_end;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("pipe2", errno);
    return Pipe{File(ends[0]), File(ends[1])};
}

/// A file without a name, in memory: it takes any amount without a reader, unlike a pipe.
Result<File> make_memory_file(ByteView content) {
    File file(::memfd_create("mirfa", MFD_CLOEXEC));
    if (!file) return system_error("memfd_create", errno);
    TRY(file.append(content));
    if (::lseek(file.descriptor(), 0, SEEK_SET) != 0) return system_error("lseek", errno);
    return file;
}

/// Where standard error goes: a file that cannot grow, so that a chatty child fills no memory.
Result<File> make_error_file() {
    File file(::memfd_create("mirfa", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) return system_error("memfd_create", errno);
    if (::ftruncate(file.descriptor(), kMaxErrorText) != 0) return system_error("ftruncate", errno);
    if (::fcntl(file.descriptor(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0) return system_error("F_ADD_SEALS", errno);
    return file;
}

/// A moment late is early enough: no limit is near before the child has read anything.
void limit(int pid, std::uint64_t memory) {
    const auto set = [pid](auto resource, rlim_t most) {
        const rlimit both{most, most};
        ::prlimit(pid, resource, &both, nullptr);
    };
    set(RLIMIT_DATA, memory);
    set(RLIMIT_CORE, 0);
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 5);
}

/// The arguments of a spawn in the form the system wants.
class SpawnActions {
public:
    SpawnActions() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnActions() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    void give(int descriptor, int as) { posix_spawn_file_actions_adddup2(&actions_, descriptor, as); }
    /// After all give(): the rest of our descriptors stay ours.
    void close_others() { posix_spawn_file_actions_addclosefrom_np(&actions_, 3); }
    void run_in(const std::filesystem::path& folder) {
        if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    }
    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const ProcessOptions& options) {
    static const auto ignored = std::signal(SIGPIPE, SIG_IGN);  // a child that ends early must not end us
    (void)ignored;
    auto process = std::unique_ptr<Process>(new Process);
    process->end_ = std::chrono::steady_clock::now() + options.deadline;
    File child_input;
    if (options.pipe_input) {
        TRY(auto in, make_pipe());
        child_input = std::move(in.read_end);
        process->input_ = std::move(in.write_end);
        ::fcntl(process->input_.descriptor(), F_SETFL, O_NONBLOCK);
    } else {
        TRY(child_input, make_memory_file(options.input));
    }
    TRY(auto out, make_pipe());
    process->output_ = std::move(out.read_end);
    TRY(process->errors_, make_error_file());
    SpawnActions actions;
    actions.run_in(options.folder);
    actions.give(child_input.descriptor(), 0);
    actions.give(out.write_end.descriptor(), 1);
    actions.give(process->errors_.descriptor(), 2);
    actions.close_others();
    auto arguments = options.argv;
    auto environment = options.environment;
    environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
    environment.emplace_back("LC_ALL=C.UTF-8");
    const int failed = ::posix_spawnp(&process->pid_, arguments[0].c_str(), actions.actions(), actions.attributes(),
                                      pointers(arguments).data(), pointers(environment).data());
    if (failed != 0) {
        process->pid_ = -1;
        return system_error("spawn " + arguments[0], failed);
    }
    limit(process->pid_, options.memory_limit);
    return process;
}

Process::~Process() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
}

Result<bool> Process::is_ready(int descriptor, short events, std::chrono::milliseconds patience) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error{Code::kTimedOut, "The operation took too long and was stopped."};
    pollfd waiting{descriptor, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min(left, patience).count()));
    if (ready < 0 && errno != EINTR) return system_error("poll", errno);
    return ready > 0;
}

Result<void> Process::wait_for(int descriptor, short events) {
    for (;;) {
        TRY(const bool ready, is_ready(descriptor, events, std::chrono::minutes(1)));
        if (ready) return ok();
    }
}

Result<bool> Process::has_output(std::chrono::milliseconds patience) { return is_ready(output_.descriptor(), POLLIN, patience); }

Result<std::size_t> Process::read(ByteSpan into) {
    for (;;) {
        TRY(wait_for(output_.descriptor(), POLLIN));
        const auto got = ::read(output_.descriptor(), into.data(), into.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return system_error("read", errno);
    }
}

Result<void> Process::write(ByteView bytes) {
    while (!bytes.empty() && input_) {
        TRY(wait_for(input_.descriptor(), POLLOUT));
        const auto wrote = ::write(input_.descriptor(), bytes.data(), bytes.size());
        if (wrote > 0) bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        if (wrote >= 0 || errno == EINTR || errno == EAGAIN) continue;
        if (errno != EPIPE) return system_error("write", errno);
        close_input();
    }
    return ok();
}

void Process::close_input() { input_ = File(); }

Result<int> Process::wait() {
    close_input();
    if (pid_ <= 0) return internal_error("waited twice");
    for (auto pause = std::chrono::microseconds(200);; pause = std::min(pause * 2, std::chrono::microseconds(20'000))) {
        int status = 0;
        const int ended = ::waitpid(pid_, &status, WNOHANG);
        if (ended < 0 && errno != EINTR) return system_error("waitpid", errno);
        if (ended == pid_) {
            pid_ = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        if (std::chrono::steady_clock::now() > end_)
            return Error{Code::kTimedOut, "The operation took too long and was stopped."};
        ::usleep(static_cast<useconds_t>(pause.count()));
    }
}

std::string Process::error_text() const {
    std::string text(kMaxErrorText, '\0');
    const auto got = errors_.read_at(0, {reinterpret_cast<Byte*>(text.data()), text.size()});
    text.resize(got.has_value() ? text.find_last_not_of('\0') + 1 : 0);
    return text;
}

Result<std::string> run_process(const ProcessOptions& options, std::size_t limit) {
    TRY(auto process, Process::start(options));
    std::string output;
    Bytes buffer(64u << 10);
    for (;;) {
        TRY(const auto got, process->read(buffer));
        if (got == 0) break;
        output += as_text(ByteView(buffer).first(got));
        if (output.size() > limit) return internal_error(options.argv[0] + " printed too much");
    }
    TRY(const int status, process->wait());
    if (status != 0)
        return internal_error(options.argv[0] + " ended with " + std::to_string(status) + ": " + process->error_text());
    return output;
}

std::vector<std::string> bare_git_environment() {
    return {"HOME=/nonexistent",
            "GIT_CONFIG_NOSYSTEM=1",
            "GIT_CONFIG_GLOBAL=/dev/null",
            "GIT_TERMINAL_PROMPT=0",
            "GIT_DIR=.",
            "GIT_NO_REPLACE_OBJECTS=1",
            "GIT_ATTR_NOSYSTEM=1",
            "GIT_CONFIG_COUNT=1",
            "GIT_CONFIG_KEY_0=safe.directory",
            "GIT_CONFIG_VALUE_0=*"};
}

}  // namespace mirfa::git
