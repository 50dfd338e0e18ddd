// SPDX-License-Identifier: Apache-2.0
// Scripts for three shells, each with the whole table in it: completing asks neither this program nor a hub.
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : between) + word;
    return out;
}

std::string names_of(const Described& command) {
    std::vector<std::string> names;
    for (const auto& below : command.below) names.push_back(below.words.back());
    for (const auto& option : command.options)
        for (const auto& name : option.names) names.push_back(name);
    return joined(names, " ");
}

/// serve and admin are of the program, not of this table.
std::vector<Described> all_with_program() {
    auto all = describe_all();
    Described serve, admin;
    serve.words = {"serve"};
    serve.help = "Start the hub";
    admin.words = {"admin"};
    admin.help = "Administer a hub";
    all.insert(all.begin(), {serve, admin});
    return all;
}

std::string first_words(const std::vector<Described>& all) {
    std::vector<std::string> names;
    for (const auto& command : all) names.push_back(command.words[0]);
    return joined(names, " ");
}

/// The longest row of words that names a command decides what may follow; what is no option and no command is a file.
std::string bash_script() {
    const auto all = all_with_program();
    std::string out =
        "# bash completion of mirfa\n_mirfa() {\n    local cur=${COMP_WORDS[COMP_CWORD]} path= word i\n"
        "    local -A known=(\n        [.]='" +
        first_words(all) + "'\n";
    for (const auto& command : all)
        each_below(command, [&](const Described& c) { out += "        [" + joined(c.words, "_") + "]='" + names_of(c) + "'\n"; });
    return out +
           "    )\n    for ((i = 1; i < COMP_CWORD; i++)); do\n        word=${COMP_WORDS[i]}\n"
           "        [[ -n ${known[${path:+${path}_}$word]+x} ]] && path=${path:+${path}_}$word\n    done\n"
           "    COMPREPLY=($(compgen -W \"${known[${path:-.}]}\" -- \"$cur\"))\n}\n"
           "complete -o default -F _mirfa mirfa\n";
}

std::string zsh_script() { return "#compdef mirfa\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(); }

std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return out + "'";
}

/// True where the words so far name exactly this command.
std::string fish_condition(const Described& command) {
    std::string out;
    for (const auto& word : command.words) out += (out.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
    std::vector<std::string> below;
    for (const auto& b : command.below) below.push_back(b.words.back());
    if (!below.empty()) out += "; and not __fish_seen_subcommand_from " + joined(below, " ");
    return out;
}

std::string fish_script() {
    const auto all = all_with_program();
    std::string out = "# fish completion of mirfa\n";
    for (const auto& command : all) {
        out += "complete -c mirfa -n __fish_use_subcommand -f -a " + command.words[0] + " -d " + fish_quoted(command.help) + "\n";
        each_below(command, [&](const Described& c) {
            const auto condition = fish_quoted(fish_condition(c));
            for (const auto& below : c.below)
                out += "complete -c mirfa -n " + condition + " -f -a " + below.words.back() + " -d " + fish_quoted(below.help) +
                       "\n";
            for (const auto& option : c.options) {
                out += "complete -c mirfa -n " + condition;
                for (const auto& name : option.names)
                    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
                out += std::string(option.takes_value ? " -r" : "") + " -d " + fish_quoted(option.help) + "\n";
            }
        });
    }
    return out;
}

int complete(const std::string& shell) {
    if (shell == "bash")
        std::fputs(bash_script().c_str(), stdout);
    else if (shell == "zsh")
        std::fputs(zsh_script().c_str(), stdout);
    else
        std::fputs(fish_script().c_str(), stdout);
    return kOk;
}

}  // namespace

void describe_completion(CLI::App& app) {
    auto shell = std::make_shared<std::string>();
    app.add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    does(app, [shell] { return complete(*shell); });
}

}  // namespace mirfa::cli
