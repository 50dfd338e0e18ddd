// SPDX-License-Identifier: Apache-2.0
#include "admin/admin.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

#include "admin/backup.h"
#include "base/ascii.h"
#include "format/json_writer.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts/tokens.h"
#include "hub/repos/repositories.h"
#include "hub/repos/search.h"

namespace mirfa::admin {
namespace {

using format::JsonWriter;
using server::HubParts;

constexpr int kAll = 1'000'000;

/// What the command line said. One struct for all commands: each uses the few that are its own.
struct Options {
    server::ServerConfig config;
    std::string name;
    std::string other;
    std::string email;
    std::string role = "read";
    std::string owner;
    std::string target;
    std::string type = "model";
    int expires_days = 0;
    bool admin = false;
    bool password_stdin = false;
    bool json = false;
};
using Command = std::function<Result<void>(HubParts&)>;

hub::Actor actor() { return {"admin-command", "local"}; }

Result<Secret> password_from(const Options& options) {
    if (!options.password_stdin)
        return Error{Code::kInvalidArgument,
                     "Give the password on standard input: echo 'the password' | mirfa admin … --password-stdin"};
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back();
    return Secret(std::move(line));
}

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

/// Rows as one JSON array, or one line each.
template <class Rows, class AsJson, class AsLine>
void print_rows(const Rows& rows, bool json, AsJson as_json, AsLine as_line) {
    JsonWriter writer;
    writer.array();
    for (const auto& row : rows) {
        if (!json) print(as_line(row));
        writer.object();
        as_json(writer, row);
        writer.end();
    }
    if (json) print(std::move(writer).take());
}

Result<void> create_user(HubParts& parts, const Options& o) {
    TRY(const auto password, password_from(o));
    TRY(const auto user, hub::create_user(parts.hub(), actor(), {o.name, o.email, password, "", o.admin}));
    std::fprintf(stderr, "User %s made.\n", user.owner.name.c_str());
    return ok();
}

Result<void> list_users(HubParts& parts, const Options& o) {
    TRY(const auto users, hub::list_users(parts.hub(), "", kAll));
    print_rows(
        users, o.json,
        [](JsonWriter& json, const catalog::User& user) {
            json.field("name", user.owner.name).field("email", user.email).field("admin", user.is_admin);
            json.field("disabled", user.disabled).field("created", to_iso8601(user.owner.created));
        },
        [](const catalog::User& user) {
            return user.owner.name + "\t" + user.email + (user.is_admin ? "\tadmin" : "") + (user.disabled ? "\tdisabled" : "");
        });
    return ok();
}

Result<void> set_password(HubParts& parts, const Options& o) {
    TRY(const auto password, password_from(o));
    return hub::reset_password(parts.hub(), actor(), o.name, password);
}

template <bool kDisabled>
Result<void> set_disabled(HubParts& parts, const Options& o) {
    TRY(hub::change_user(parts.hub(), actor(), o.name, {.disabled = kDisabled}));
    return ok();
}

Result<void> list_organizations(HubParts& parts, const Options& o) {
    TRY(const auto orgs, hub::list_organizations(parts.hub(), "", kAll));
    print_rows(
        orgs, o.json,
        [](JsonWriter& json, const catalog::Owner& org) {
            json.field("name", org.name).field("created", to_iso8601(org.created));
        },
        [](const catalog::Owner& org) { return org.name; });
    return ok();
}

Result<void> add_member(HubParts& parts, const Options& o) {
    TRY(const auto role, hub::parse_org_role(o.role));
    return hub::set_member(parts.hub(), actor(), o.name, o.other, role);
}

Result<void> list_members(HubParts& parts, const Options& o) {
    TRY(const auto members, hub::list_members(parts.hub(), o.name));
    print_rows(
        members, o.json,
        [](JsonWriter& json, const catalog::Membership& member) {
            json.field("name", member.owner.name).field("role", hub::name_of(member.role));
        },
        [](const catalog::Membership& member) { return member.owner.name + "\t" + std::string(hub::name_of(member.role)); });
    return ok();
}

Result<void> create_token(HubParts& parts, const Options& o) {
    if (o.role == "fineGrained")
        return Error{Code::kInvalidArgument, "A fineGrained token needs its scopes: make it on the page /settings/tokens."};
    TRY(const auto user, hub::load_user(parts.hub(), o.owner));
    TRY(const auto role, hub::parse_token_role(o.role));
    hub::NewToken wanted{o.name, role};
    if (o.expires_days > 0) wanted.expires = parts.hub().clock.now() + o.expires_days * 24LL * 3600 * 1000;
    TRY(const auto made, hub::create_token(parts.hub(), actor(), user.owner.id, wanted));
    print(made.text.reveal());
    return ok();
}

Result<void> list_tokens(HubParts& parts, const Options& o) {
    TRY(const auto user, hub::load_user(parts.hub(), o.name));
    TRY(const auto tokens, hub::list_tokens(parts.hub(), user.owner.id));
    print_rows(
        tokens, o.json,
        [](JsonWriter& json, const catalog::AccessToken& token) {
            json.field("name", token.name).field("role", hub::name_of(token.role)).field("created", to_iso8601(token.created));
            if (token.last_used) json.field("lastUsed", to_iso8601(*token.last_used));
            if (token.expires) json.field("expires", to_iso8601(*token.expires));
        },
        [](const catalog::AccessToken& token) { return token.name + "\t" + std::string(hub::name_of(token.role)); });
    return ok();
}

Result<void> revoke_token(HubParts& parts, const Options& o) {
    TRY(const auto user, hub::load_user(parts.hub(), o.name));
    return hub::revoke_token(parts.hub(), actor(), user.owner.id, o.other);
}

/// Whoever may run this command may do everything.
hub::Principal local_administrator() {
    hub::Principal who;
    who.kind = hub::PrincipalKind::kSession;
    who.name = "admin-command";
    who.user = -1;
    who.is_admin = true;
    return who;
}

std::string_view name_of(catalog::RepoType type) {
    switch (type) {
        case catalog::RepoType::kModel: return "model";
        case catalog::RepoType::kDataset: return "dataset";
        case catalog::RepoType::kSpace: return "space";
    }
    return "model";
}

Result<void> list_repositories(HubParts& parts, const Options& o) {
    catalog::RepoQuery query;
    query.limit = kAll;
    TRY(const auto page, hub::search_repositories(parts.hub(), local_administrator(), std::move(query), std::nullopt, false));
    print_rows(
        page.items, o.json,
        [](JsonWriter& json, const hub::FoundRepository& found) {
            json.field("id", found.repo.full_name())
                .field("type", name_of(found.repo.type))
                .field("private", found.repo.is_private);
            json.field("storage", found.repo.used_storage).field("modified", to_iso8601(found.repo.modified));
        },
        [](const hub::FoundRepository& found) {
            return std::string(name_of(found.repo.type)) + "\t" + found.repo.full_name() +
                   (found.repo.is_private ? "\tprivate" : "");
        });
    return ok();
}

Result<void> delete_repository(HubParts& parts, const Options& o) {
    const auto slash = o.name.find('/');
    if (slash == std::string::npos) return Error{Code::kInvalidArgument, "Write the repository as owner/name."};
    for (const auto type : {catalog::RepoType::kModel, catalog::RepoType::kDataset, catalog::RepoType::kSpace}) {
        if (name_of(type) != o.type) continue;
        TRY(const auto repo, parts.catalog().read([&](catalog::Session& s) {
            return hub::require(s, local_administrator(), type, o.name.substr(0, slash), o.name.substr(slash + 1),
                                hub::Action::kAdminister);
        }));
        return hub::delete_repository(parts.hub(), local_administrator(), repo);
    }
    return Error{Code::kInvalidArgument, "--type must be one of model, dataset, space."};
}

Result<void> list_audit(HubParts& parts, const Options& o) {
    TRY(const auto events, parts.catalog().read([](catalog::Session& s) { return catalog::list_audit_events(s, 1'000); }));
    print_rows(
        events, o.json,
        [](JsonWriter& json, const catalog::AuditEvent& event) {
            json.field("at", to_iso8601(event.at)).field("actor", event.actor).field("action", event.action);
            json.field("target", event.target).field("address", event.address);
        },
        [](const catalog::AuditEvent& event) {
            return to_iso8601(event.at) + "\t" + event.actor + "\t" + event.action + "\t" + event.target + "\t" + event.address;
        });
    return ok();
}

/// The tree of commands; the one that was given ends up in `command`.
class Commands {
public:
    Commands(Options& options, Command& command) : o_(options), command_(command) {
        app_.require_subcommand(1);
        app_.add_option("--data", o_.config.data, "The server's data folder")->envname("MIRFA_DATA")->capture_default_str();
        app_.add_option("--database", o_.config.database, "Database address [sqlite:DATA/mirfa.db]")->envname("MIRFA_DATABASE");
        app_.add_option("--store", o_.config.store, "Store address [file:DATA/store]")->envname("MIRFA_STORE");
        add_users();
        add_organizations();
        add_tokens();
        add_others();
    }
    CLI::App& app() { return app_; }

private:
    CLI::App* add(CLI::App* group, const char* name, const char* what, Result<void> (*run)(HubParts&, const Options&)) {
        auto* sub = group->add_subcommand(name, what);
        sub->callback([this, run] { command_ = [this, run](HubParts& parts) { return run(parts, o_); }; });
        return sub;
    }
    CLI::App* group(const char* name, const char* what) {
        auto* sub = app_.add_subcommand(name, what);
        sub->require_subcommand(1);
        return sub;
    }
    CLI::App* with_name(CLI::App* sub, const char* what) {
        sub->add_option("NAME", o_.name, what)->required();
        return sub;
    }

    void with_json(CLI::App* sub) { sub->add_flag("--json", o_.json, "One JSON array instead of lines"); }

    void add_users() {
        auto* users = group("user", "Users");
        auto* create = with_name(add(users, "create", "Make a user", create_user), "Name");
        create->add_option("--email", o_.email, "E-mail address")->required();
        create->add_flag("--password-stdin", o_.password_stdin, "Read the password from standard input");
        create->add_flag("--admin", o_.admin, "An administrator of the hub");
        with_json(add(users, "list", "All users", list_users));
        with_name(add(users, "delete", "Delete a user",
                      [](HubParts& parts, const Options& o) { return hub::delete_user(parts.hub(), actor(), o.name); }),
                  "Name");
        with_name(add(users, "passwd", "Set a password; ends all sessions", set_password), "Name")
            ->add_flag("--password-stdin", o_.password_stdin, "Read the password from standard input");
        with_name(add(users, "promote", "Make a user an administrator of the hub",
                      [](HubParts& parts, const Options& o) { return hub::set_admin(parts.hub(), actor(), o.name, true); }),
                  "Name");
        with_name(add(users, "demote", "Make an administrator an ordinary user again",
                      [](HubParts& parts, const Options& o) { return hub::set_admin(parts.hub(), actor(), o.name, false); }),
                  "Name");
        with_name(add(users, "disable", "Let a user in nowhere, with a password or a token", set_disabled<true>), "Name");
        with_name(add(users, "enable", "Let a disabled user in again", set_disabled<false>), "Name");
    }
    void add_organizations() {
        auto* orgs = group("org", "Organizations");
        with_name(add(orgs, "create", "Make an organization",
                      [](HubParts& parts, const Options& o) -> Result<void> {
                          TRY(hub::create_organization(parts.hub(), actor(), o.name, o.name, o.owner));
                          return ok();
                      }),
                  "Name")
            ->add_option("--owner", o_.owner, "Its first administrator")
            ->required();
        auto* member = with_name(add(orgs, "add", "Add a member, or change a role", add_member), "Organization");
        member->add_option("USER", o_.other, "User")->required();
        member->add_option("--role", o_.role, "read, contributor, write or admin")->required();
        auto* leaver = with_name(add(orgs, "remove", "End a membership",
                                     [](HubParts& parts, const Options& o) {
                                         return hub::set_member(parts.hub(), actor(), o.name, o.other, catalog::OrgRole::kNone);
                                     }),
                                 "Organization");
        leaver->add_option("USER", o_.other, "User")->required();
        with_json(with_name(add(orgs, "members", "Who belongs to it, and how", list_members), "Organization"));
        with_json(add(orgs, "list", "All organizations", list_organizations));
        with_name(add(orgs, "delete", "Delete an organization",
                      [](HubParts& parts, const Options& o) { return hub::delete_organization(parts.hub(), actor(), o.name); }),
                  "Name");
    }
    void add_tokens() {
        auto* tokens = group("token", "Access tokens");
        auto* create = add(tokens, "create", "Make a token and print it", create_token);
        create->add_option("USER", o_.owner, "User")->required();
        create->add_option("--name", o_.name, "Name of the token")->required();
        create->add_option("--role", o_.role, "read or write")->capture_default_str();
        create->add_option("--expires-days", o_.expires_days, "Days until it ends [never]")->check(CLI::Range(1, 36'500));
        with_json(with_name(add(tokens, "list", "A user's tokens", list_tokens), "User"));
        with_name(add(tokens, "revoke", "End a token", revoke_token), "User")
            ->add_option("--name", o_.other, "Name of the token")
            ->required();
    }
    void add_others() {
        auto* repos = group("repo", "Repositories");
        with_json(add(repos, "list", "All repositories", list_repositories));
        with_name(add(repos, "delete", "Delete a repository", delete_repository), "owner/name")
            ->add_option("--type", o_.type, "model, dataset or space")
            ->capture_default_str();
        auto* audit = group("audit", "Security events");
        with_json(add(audit, "list", "The last 1000, newest first", list_audit));
        auto* backup = add(&app_, "backup", "Copy the data folder while the server runs",
                           [](HubParts& parts, const Options& o) { return back_up(parts, o.config, o.target); });
        backup->add_option("DIR", o_.target, "New folder")->required();
    }

    Options& o_;
    Command& command_;
    CLI::App app_{"Administers a hub; works on the data folder, also while the server runs.", "mirfa admin"};
};

int exit_status(const Error& error) { return error.code == Code::kInvalidArgument ? 2 : 1; }

}  // namespace

int run(const std::vector<std::string>& arguments) {
    Options options;
    Command command;
    Commands commands(options, command);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        commands.app().parse(reversed);
    } catch (const CLI::ParseError& error) {
        const int status = commands.app().exit(error);
        return status == 0 ? 0 : 2;
    }
    set_log_level(LogLevel::kWarning);
    std::error_code ignored;
    const bool is_new = !std::filesystem::exists(options.config.data, ignored);
    auto parts = HubParts::open(options.config, 0);
    if (is_new && parts.has_value())
        std::fprintf(stderr, "There was no data folder %s; a new one was made.\n", options.config.data.c_str());
    auto done = parts.has_value() ? command(*parts.value()) : Result<void>(parts.error());
    if (done.has_value()) return 0;
    std::fprintf(stderr, "mirfa admin: %s\n", done.error().message.c_str());
    if (!done.error().detail.empty() && done.error().code == Code::kInternal)
        std::fprintf(stderr, "  (%s)\n", done.error().detail.c_str());
    return exit_status(done.error());
}

}  // namespace mirfa::admin
