// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/accounts.h>

#include <iostream>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

using namespace client;

int logged_in(const Login& login, const Settings& settings, bool json) {
    Report report(json);
    report.field("user", login.person.name);
    report.field("token", login.stored_as);
    if (!login.person.token_role.empty()) report.field("role", login.person.token_role);
    report.print();
    if (settings.token) warn("HF_TOKEN is set in the environment and comes before the token that was just stored.");
    return kOk;
}

int login_by_browser(const Client& client, bool json) {
    const auto code = start_device_login(client);
    if (!code) return fail(code.failure());
    warn("Open this page in a browser and approve the code " + code->code + ":\n\n    " + code->address + "\n");
    const auto login = finish_device_login(client, *code);
    return login ? logged_in(*login, client.settings(), json) : fail(login.failure());
}

struct LoginWords {
    std::string token;
    bool from_input = false;
    bool json = false;
};

int login(const LoginWords& words) {
    const auto client = Client::open(Settings::from_environment());
    if (!client) return fail(client.failure());
    std::string token = words.token;
    if (words.from_input || token == "-") {
        std::getline(std::cin, token);
        while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
        if (token.empty()) return fail({Kind::kInvalidArgument, "Standard input holds no token.", ""});
    }
    if (token.empty()) return login_by_browser(*client, words.json);
    const auto login = login_with_token(*client, token);
    return login ? logged_in(*login, client->settings(), words.json) : fail(login.failure());
}

int whoami(bool json) {
    const auto client = Client::open(Settings::from_environment());
    if (!client) return fail(client.failure());
    const auto person = who_am_i(*client);
    if (!person) return fail(person.failure());
    Report report(json);
    report.field("user", person->name);
    report.list("orgs", person->organizations);
    report.field("endpoint", client->endpoint());
    report.print();
    return kOk;
}

int show_token() {
    const auto client = Client::open(Settings::from_environment());
    if (!client) return fail(client.failure());
    const auto token = token_in_use(*client);
    if (!token) return fail(token.failure());
    if (token->empty()) return fail({Kind::kUnauthenticated, "Nobody is signed in.", ""});
    say(*token);
    return kOk;
}

int list(bool json) {
    const auto tokens = stored_tokens(Settings::from_environment());
    if (!tokens) return fail(tokens.failure());
    Table table(json, {"name", "token", "active"});
    // Enough to tell two tokens apart, too little to use one.
    for (const auto& t : *tokens)
        table.row({t.name, t.token.size() > 12 ? t.token.substr(0, 3) + "****" + t.token.substr(t.token.size() - 4) : "****",
                   t.active ? "yes" : "no"});
    table.print();
    return kOk;
}

int leave(const std::string& name) {
    const auto left = logout(Settings::from_environment(), name);
    if (!left) return fail(left.failure());
    warn(*left ? "Signed out." : "Nobody was signed in.");
    return kOk;
}

}  // namespace

void describe_whoami(CLI::App& app) {
    does(app, [json = add_json(app)] { return whoami(*json); });
}

void describe_auth(CLI::App& app) {
    app.require_subcommand(1);
    auto* sign_in = app.add_subcommand("login", "Sign in, by a browser or with a token");
    auto words = std::make_shared<LoginWords>();
    sign_in->add_option("--token", words->token, "The token; - reads it from standard input");
    sign_in->add_flag("--stdin", words->from_input, "Read the token from standard input");
    sign_in->add_flag("--json", words->json, "Print the result as JSON");
    does(*sign_in, [words] { return login(*words); });

    describe_whoami(*app.add_subcommand("whoami", "Show who is signed in"));
    does(*app.add_subcommand("token", "Print the token that requests carry"), [] { return show_token(); });
    auto* all = app.add_subcommand("list", "List the stored tokens");
    does(*all, [json = add_json(*all)] { return list(*json); });

    auto name = std::make_shared<std::string>();
    auto* other = app.add_subcommand("switch", "Use another stored token");
    other->add_option("--token-name,name", *name, "Its name")->required();
    does(*other, [name] {
        const auto done = switch_token(Settings::from_environment(), *name);
        return done ? kOk : fail(done.failure());
    });
    auto forgotten = std::make_shared<std::string>();
    auto* out = app.add_subcommand("logout", "Forget the stored tokens, or one of them");
    out->add_option("--token-name", *forgotten, "Forget only this one");
    does(*out, [forgotten] { return leave(*forgotten); });
}

}  // namespace mirfa::cli
