// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/tool.h"

#include <array>
#include <charconv>

#include "git/process.h"

namespace mirfa::hub {
namespace {

constexpr std::chrono::hours kLongest{6};
constexpr std::uint64_t kMemory = 8ull << 30;
constexpr std::size_t kLongestProgress = 64;
constexpr std::chrono::milliseconds kLookAtLeast{200};  // a program may be silent for hours, and is stopped then too

/// Lines as they come: progress is told, another line is kept.
class Lines {
public:
    Lines(JobContext& context, const ToolRun& run) : context_(context), run_(run) {}

    Result<void> take(std::string_view text) {
        for (const char c : text) {
            if (c == '\n') {
                end_line();
                continue;
            }
            if (line_.size() < std::max(kLongestProgress, run_.max_answer))
                line_ += c;
            else if (run_.max_answer > 0)
                return Error{Code::kTooLarge, "The result is too large."};
        }
        return ok();
    }
    std::string answer() { return std::move(answer_); }

private:
    void end_line() {
        if (!is_progress() && run_.max_answer > 0) answer_ = line_;
        line_.clear();
    }

    bool is_progress() {
        std::uint64_t done = 0;
        std::uint64_t all = 0;
        const char* end = line_.data() + line_.size();
        const auto first = std::from_chars(line_.data(), end, done);
        if (first.ec != std::errc() || first.ptr == end) return false;
        const auto second = std::from_chars(first.ptr + 1, end, all);
        if (second.ec != std::errc() || second.ptr != end) return false;
        context_.progress(run_.step, done, all);
        return true;
    }

    JobContext& context_;
    const ToolRun& run_;
    std::string line_;
    std::string answer_;
};

/// Commands write for a terminal: `Error: …`, a line's end.
std::string without_word(std::string text) {
    constexpr std::string_view kWord = "Error: ";
    if (text.starts_with(kWord)) text.erase(0, kWord.size());
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace

Result<std::string> run_tool(JobContext& context, const ToolRun& run) {
    const auto& program = context.hub().options.program;
    if (program.empty()) return Error{Code::kUnsupported, "This hub has no program for this kind of work."};
    git::ProcessOptions options;
    options.argv = {program};
    options.argv.insert(options.argv.end(), run.arguments.begin(), run.arguments.end());
    options.argv.emplace_back("--progress-lines");
    options.folder = context.folder();
    options.deadline = kLongest;
    options.memory_limit = kMemory;
    TRY(const auto process, git::Process::start(options));
    Lines lines(context, run);
    std::array<Byte, 16384> buffer;
    while (true) {
        TRY(const bool has_output, process->has_output(kLookAtLeast));
        TRY(context.go_on());
        if (!has_output) continue;
        TRY(const auto got, process->read(buffer));
        if (got == 0) break;
        TRY(lines.take(as_text(ByteView(buffer).first(got))));
    }
    TRY(const int status, process->wait());
    if (status == 0) return lines.answer();
    std::string why = without_word(process->error_text());
    if (status > 128) why = std::string(run.failed) + " The program was stopped because it needed too much.";
    return Error{Code::kInvalidArgument, why.empty() ? std::string(run.failed) : why};
}

}  // namespace mirfa::hub
