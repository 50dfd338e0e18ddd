// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <algorithm>

#include "cli/cli.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

/// Most commands are declared by a describe function and nothing else.
template <const auto& kRow>
int run_row(std::span<const std::string> arguments) {
    return run_app(kRow.name, kRow.help, kRow.describe, arguments);
}

struct Row {
    std::string_view name;
    std::string_view help;
    void (*describe)(CLI::App&);
};
constexpr Row kAuth = {"auth", "Sign in and out, and see as whom", describe_auth};
constexpr Row kCache = {"cache", "List, delete and verify what is cached", describe_cache};
constexpr Row kCard = {"card", "Write, check and change model cards", describe_card};
constexpr Row kConvert = {"convert", "Convert weights between PyTorch, TensorFlow, Flax and GGUF", describe_convert};
constexpr Row kDiff = {"diff", "Show what differs between two checkpoints, tensor by tensor", describe_diff};
constexpr Row kDownload = {"download", "Download files into the shared cache or a folder", describe_download};
constexpr Row kUpload = {"upload", "Send files or folders and commit them", describe_upload};
constexpr Row kWatch = {"watch", "Push checkpoints as a trainer writes them", describe_watch};
constexpr Row kWhoami = {"whoami", "Show who is signed in", describe_whoami};
constexpr Row kRepo = {"repo", "Create, delete, move and change repositories, branches and tags", describe_repo};
constexpr Row kSearch = {"search", "Find repositories", describe_search};
constexpr Row kDiscussion = {"discussion", "Discussions and pull requests", describe_discussion};
constexpr Row kCompletion = {"completion", "Print what completes commands in a shell", describe_completion};
constexpr Row kManual = {"manual", "Write the man pages", describe_manual};
constexpr Row kEnv = {"env", "Show the version, the paths and the settings in effect", describe_env};

template <const Row& kRow>
constexpr Command command() {
    return {kRow.name, kRow.help, run_row<kRow>, kRow.describe};
}

constexpr Command kCommands[] = {
    command<kAuth>(),  command<kWhoami>(),     command<kDownload>(), command<kUpload>(),     command<kWatch>(),
    command<kCache>(), command<kRepo>(),       command<kSearch>(),   command<kConvert>(),    command<kDiff>(),
    command<kCard>(),  command<kDiscussion>(), command<kEnv>(),      command<kCompletion>(), command<kManual>(),
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
    const auto found = std::ranges::find(kCommands, name, &Command::name);
    return found == std::ranges::end(kCommands) ? nullptr : found;
}

std::string help_lines() {
    std::string lines;
    for (const auto& command : kCommands) {
        std::string line = "  mirfa " + std::string(command.name) + " …";
        line.resize(std::max<std::size_t>(line.size() + 1, 29), ' ');
        lines += line + std::string(command.help) + "\n";
    }
    return lines;
}

}  // namespace mirfa::cli
