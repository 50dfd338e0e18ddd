// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>

#include "base/ascii.h"
#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

/// Text as roff shows it: no escapes, no dots at the front of a line, hyphens that can be copied.
std::string roff(std::string_view text) {
    std::string out = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out;
}

std::string spoken(const Described& command) {
    std::string out = "mirfa";
    for (const auto& word : command.words) out += " " + word;
    return out;
}

std::string synopsis(const Described& command) {
    std::string out = ".B " + roff(spoken(command)) + "\n";
    if (!command.below.empty()) return out + ".I COMMAND\n";
    for (const auto& positional : command.positionals) {
        std::string name = positional.name;
        for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        out += positional.required ? ".I " + roff(name) + "\n" : "[\\fI" + roff(name) + "\\fR]\n";
    }
    return out + "[\\fIoptions\\fR]\n";
}

std::string options_of(const Described& command) {
    std::string out;
    for (const auto& positional : command.positionals)
        out += ".TP\n.I " + roff(positional.name) + "\n" + roff(positional.help) + "\n";
    for (const auto& option : command.options) {
        std::string names;
        for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + name;
        out += ".TP\n.B " + roff(names) + "\n" + roff(option.help) + "\n";
    }
    return out;
}

constexpr std::string_view kExit =
    ".SH EXIT STATUS\n.TP\n0\nDone.\n.TP\n1\nIt did not work.\n.TP\n2\nThe command line is wrong.\n.TP\n3\nThere is no such "
    "thing.\n.TP\n4\nSign in, or ask for the right.\n.TP\n5\nIt exists already, or changed meanwhile.\n.TP\n6\nThe hub or "
    "the network: repeating may help.\n.TP\n130\nInterrupted.\n";
constexpr std::string_view kEnvironment =
    ".SH ENVIRONMENT\nHF_ENDPOINT names the hub. HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_TOKEN_PATH and HF_HUB_OFFLINE mean "
    "what they mean to the Python client, whose tokens and cache are used.\n";

std::string page(const Described& command) {
    std::string name = "mirfa\\-" + roff(command.words[0]);
    std::string out = ".TH " + name + " 1 \"\" \"mirfa " MIRFA_VERSION "\"\n.SH NAME\n" + name + " \\- " + roff(command.help) +
                      "\n.SH SYNOPSIS\n";
    each_below(command, [&](const Described& c) {
        if (c.below.empty()) out += synopsis(c) + ".br\n";
    });
    each_below(command, [&](const Described& c) {
        if (!c.below.empty()) return;
        out += ".SH " + (command.below.empty() ? std::string("OPTIONS") : "\"" + roff(spoken(c)) + "\"") + "\n";
        if (!command.below.empty()) out += roff(c.help) + ".\n";
        out += options_of(c);
    });
    return out + std::string(kExit) + std::string(kEnvironment);
}

std::string front_page(const std::vector<Described>& all) {
    std::string out = ".TH mirfa 1 \"\" \"mirfa " MIRFA_VERSION
                      "\"\n.SH NAME\nmirfa \\- a model hub that anyone can run, and its client\n.SH SYNOPSIS\n.B mirfa\n.I "
                      "COMMAND\n[\\fIoptions\\fR]\n.SH COMMANDS\n.TP\n.B mirfa serve\nStart the hub.\n.TP\n.B mirfa "
                      "admin\nAdminister a hub.\n";
    for (const auto& command : all) out += ".TP\n.B " + roff(spoken(command)) + "\n" + roff(command.help) + ".\n";
    return out + std::string(kExit) + std::string(kEnvironment);
}

bool write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    return out.good();
}

int manual(const std::string& folder) {
    const auto all = describe_all();
    if (folder.empty()) {
        std::fputs(front_page(all).c_str(), stdout);
        return kOk;
    }
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    bool good = write(std::filesystem::path(folder) / "mirfa.1", front_page(all));
    for (const auto& command : all)
        good &= write(std::filesystem::path(folder) / ("mirfa-" + command.words[0] + ".1"), page(command));
    return good ? kOk : fail({client::Kind::kLocal, "The pages cannot be written to " + folder + ".", ""});
}

}  // namespace

void describe_manual(CLI::App& app) {
    auto folder = std::make_shared<std::string>();
    app.add_option("folder", *folder, "Write one page for each command here; none: print the first page");
    does(app, [folder] { return manual(*folder); });
}

}  // namespace mirfa::cli
