// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/tokens.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/random.h"
#include "catalog/accounts.h"
#include "hub/access/names.h"

namespace mirfa::hub {
namespace {

using catalog::AccessToken;
using catalog::Session;
using catalog::TokenRole;

constexpr std::size_t kTokenLetters = 37;
constexpr std::size_t kMaxTokens = 500;
constexpr std::size_t kMaxScopes = 200;
constexpr UnixMillis kWriteEvery = 60'000;

Result<void> check_token_name(std::string_view name) {
    const bool plain = is_utf8(name) && std::none_of(name.begin(), name.end(),
                                                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!name.empty() && name.size() <= 100 && plain && ascii_trim(name) == name) return ok();
    return Error{Code::kInvalidArgument, "A token needs a name of 1 to 100 characters.", Reason::kNameInvalid, "", "name"};
}

Result<void> check_entity(const Scope& scope) {
    const auto parts = split(scope.entity_name, '/');
    const bool is_owner = scope.entity_type == "user" || scope.entity_type == "org";
    if (parts.size() != (is_owner ? 1 : 2))
        return Error{Code::kInvalidArgument, "A scope of type \"" + scope.entity_type + "\" names " +
                                                 (is_owner ? "an owner." : "a repository as owner/name.")};
    for (const auto part : parts) TRY(check_repo_name(part));
    if (scope.permissions.empty())
        return Error{Code::kInvalidArgument, "The scope for \"" + scope.entity_name + "\" permits nothing."};
    return ok();
}

/// Gives the scopes as they are kept.
Result<std::string> checked_scopes(const NewToken& wanted) {
    if (wanted.role != TokenRole::kFineGrained) {
        if (wanted.scopes.empty()) return std::string();
        return Error{Code::kInvalidArgument, "Only a fineGrained token has scopes."};
    }
    if (wanted.scopes.size() > kMaxScopes) return Error{Code::kInvalidArgument, "A token may have at most 200 scopes."};
    for (const auto& scope : wanted.scopes) TRY(check_entity(scope));
    auto text = write_scopes(wanted.scopes);
    TRY(parse_scopes(text));  // refuses types and permissions that are unknown
    return text;
}

/// Whatever is wrong with the scopes is said of them, not of what the rule that was broken is otherwise about.
Result<std::string> about_scopes(Result<std::string> scopes) {
    if (scopes.has_value()) return scopes;
    auto error = std::move(scopes).error();
    error.reason = Reason::kScopesInvalid;
    error.field = "fineGrained";
    return error;
}

Result<void> check_room_for(Session& session, RowId user, const std::string& name) {
    TRY(const auto tokens, catalog::tokens_of(session, user));
    if (tokens.size() >= kMaxTokens) return Error{Code::kConflict, "You have 500 tokens. Revoke some before you make another."};
    if (std::any_of(tokens.begin(), tokens.end(), [&](const auto& token) { return token.name == name; }))
        return Error{Code::kAlreadyExists, "You have a token named \"" + name + "\" already.", Reason::kNameTaken, "", "name"};
    return ok();
}

Error no_token() { return Error{Code::kNotFound, "There is no such token. It may have been revoked already."}; }

}  // namespace

Secret new_token_text() { return Secret("hf_" + random_alphanumeric(kTokenLetters)); }

Result<MadeToken> create_token(Hub& hub, const Actor& by, RowId user, const NewToken& wanted) {
    TRY(check_token_name(wanted.name));
    TRY(auto scopes, about_scopes(checked_scopes(wanted)));
    const auto now = hub.clock.now();
    if (wanted.expires && *wanted.expires <= now)
        return Error{Code::kInvalidArgument, "The token would have expired already. Choose a later day.", Reason::kDateInvalid,
                     "", "expiresAt"};
    MadeToken made{{new_row_id(), user, wanted.name, wanted.role, std::move(scopes), now, {}, wanted.expires}, new_token_text()};
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(check_room_for(s, user, wanted.name));
        TRY(catalog::insert_token(s, made.row, sha256_of(made.text.reveal()), std::nullopt));
        return audit(s, hub, by, "token.create", wanted.name + " (" + std::string(name_of(wanted.role)) + ")");
    }));
    return made;
}

Result<std::vector<AccessToken>> list_tokens(Hub& hub, RowId user) {
    return hub.catalog.read([&](Session& s) { return catalog::tokens_of(s, user); });
}

Result<void> revoke_token(Hub& hub, const Actor& by, RowId user, RowId token) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto tokens, catalog::tokens_of(s, user));
        const auto found = std::find_if(tokens.begin(), tokens.end(), [&](const auto& t) { return t.id == token; });
        if (found == tokens.end()) return no_token();
        TRY(catalog::delete_token_by_id(s, user, token));
        return audit(s, hub, by, "token.revoke", found->name);
    });
}

Result<void> revoke_token(Hub& hub, const Actor& by, RowId user, const std::string& name) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const bool deleted, catalog::delete_token(s, user, name));
        if (!deleted) return no_token();
        return audit(s, hub, by, "token.revoke", name);
    });
}

Result<int> revoke_leaked(Hub& hub, const Actor& by, std::span<const std::string> texts) {
    return hub.catalog.write([&](Session& s) -> Result<int> {
        int revoked = 0;
        for (const auto& text : texts) {
            TRY(const auto token, catalog::find_token(s, sha256_of(text)));
            if (!token) continue;
            TRY(catalog::delete_token_by_id(s, token->user, token->id));
            TRY(audit(s, hub, by, "token.revoke-leaked", token->name));
            ++revoked;
        }
        return revoked;
    });
}

std::string_view name_of(TokenRole role) {
    switch (role) {
        case TokenRole::kRead: return "read";
        case TokenRole::kWrite: return "write";
        case TokenRole::kFineGrained: return "fineGrained";
    }
    return "read";
}

Result<TokenRole> parse_token_role(std::string_view text) {
    for (const auto role : {TokenRole::kRead, TokenRole::kWrite, TokenRole::kFineGrained})
        if (name_of(role) == text) return role;
    return Error{Code::kInvalidArgument,
                 "The role \"" + std::string(text.substr(0, 100)) + "\" is not one of read, write, fineGrained.",
                 Reason::kRoleInvalid, "", "role"};
}

void LastUsed::note(RowId token, UnixMillis now) {
    const std::lock_guard lock(mutex_);
    uses_[token].used = now;
}

std::vector<std::pair<RowId, UnixMillis>> LastUsed::take_due(UnixMillis now, Which which) {
    std::vector<std::pair<RowId, UnixMillis>> due;
    const std::lock_guard lock(mutex_);
    for (auto it = uses_.begin(); it != uses_.end();) {
        auto& [token, use] = *it;
        const bool rested = use.written + kWriteEvery <= now;
        if (use.used > use.written && (rested || which == Which::kAll)) {
            due.emplace_back(token, use.used);
            use.written = now;
        } else if (use.used <= use.written && rested) {
            it = uses_.erase(it);  // not used since; the map holds only tokens that are in use
            continue;
        }
        ++it;
    }
    return due;
}

Result<void> LastUsed::flush(Hub& hub, Which which) {
    const auto due = take_due(hub.clock.now(), which);
    if (due.empty()) return ok();
    return hub.catalog.write([&](Session& s) -> Result<void> {
        for (const auto& [token, used] : due) TRY(catalog::touch_token(s, token, used));
        return ok();
    });
}

}  // namespace mirfa::hub
