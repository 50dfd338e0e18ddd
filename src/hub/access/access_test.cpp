// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/file.h"
#include "catalog/sqlite_catalog.h"
#include "hub/access/keyring.h"
#include "hub/access/names.h"
#include "hub/access/permission.h"

namespace mirfa::hub {
namespace {

using catalog::OrgRole;
using catalog::Repository;
using catalog::TokenRole;

class FixedClock final : public Clock {
public:
    UnixMillis time = 1'700'000'000'000;
    UnixMillis now() const override { return time; }
};

Principal person(RowId id) {
    Principal who;
    who.kind = PrincipalKind::kSession;
    who.user = id;
    return who;
}
Principal with_token(Principal who, TokenRole role, std::vector<Scope> scopes = {}) {
    who.kind = PrincipalKind::kToken;
    who.token_role = role;
    who.scopes = std::move(scopes);
    return who;
}
Repository repository(bool is_private, std::string gated = "") {
    Repository repo;
    repo.id = 9;
    repo.owner = 100;
    repo.owner_name = "acme";
    repo.name = "m";
    repo.creator = 3;
    repo.is_private = is_private;
    repo.gated = std::move(gated);
    return repo;
}

constexpr Action kActions[] = {Action::kSeeInfo, Action::kReadContent, Action::kPropose, Action::kWrite, Action::kAdminister};

/// One letter per action: y yes, n no, g gated, h hide.
std::string verdicts(const Principal& who, const Repository& repo, OrgRole role) {
    std::string text;
    for (const auto action : kActions) {
        switch (decide(who, repo, Standing{role}, action)) {
            case Verdict::kYes: text += 'y'; break;
            case Verdict::kNo: text += 'n'; break;
            case Verdict::kNoGated: text += 'g'; break;
            case Verdict::kNoDisabled: text += 'd'; break;
            case Verdict::kHide: text += 'h'; break;
        }
    }
    return text;
}

TEST(Permission, FollowsTheTableOfRolesAndVisibility) {
    struct Row {
        const char* who;
        Principal principal;
        OrgRole role;
        const char* open;
        const char* gated;
        const char* closed;
    };
    Principal admin = person(1);
    admin.is_admin = true;
    const Row rows[] = {
        //                                                         public   gated    private
        {"anonymous", Principal{}, OrgRole::kNone, "yynnn", "ygnnn", "hhhhh"},
        {"stranger", person(2), OrgRole::kNone, "yyynn", "ygnnn", "hhhhh"},
        {"reader", person(2), OrgRole::kRead, "yyynn", "yyynn", "yyynn"},
        {"contributor of others", person(2), OrgRole::kContributor, "yyynn", "yyynn", "yyynn"},
        {"contributor of own", person(3), OrgRole::kContributor, "yyyyy", "yyyyy", "yyyyy"},
        {"writer", person(2), OrgRole::kWrite, "yyyyn", "yyyyn", "yyyyn"},
        {"org admin", person(2), OrgRole::kAdmin, "yyyyy", "yyyyy", "yyyyy"},
        {"hub admin", admin, OrgRole::kNone, "yyyyy", "yyyyy", "yyyyy"},
        {"read token of admin", with_token(person(2), TokenRole::kRead), OrgRole::kAdmin, "yynnn", "yynnn", "yynnn"},
        {"write token of stranger", with_token(person(2), TokenRole::kWrite), OrgRole::kNone, "yyynn", "ygnnn", "hhhhh"},
        {"scoped write", with_token(person(2), TokenRole::kFineGrained, {{"model", "ACME/m", {"repo.write"}}}), OrgRole::kAdmin,
         "yyyyn", "yyyyn", "yyyyn"},
        {"may only discuss", with_token(person(2), TokenRole::kFineGrained, {{"org", "acme", {"discussion.write"}}}),
         OrgRole::kAdmin, "yyynn", "ynynn", "ynynn"},
        {"scoped elsewhere", with_token(person(2), TokenRole::kFineGrained, {{"model", "acme/other", {"repo.write"}}}),
         OrgRole::kAdmin, "yynnn", "ygnnn", "hhhhh"},
        {"scoped wrong type", with_token(person(2), TokenRole::kFineGrained, {{"dataset", "acme/m", {"repo.write"}}}),
         OrgRole::kAdmin, "yynnn", "ygnnn", "hhhhh"},
        {"scoped without right", with_token(person(2), TokenRole::kFineGrained, {{"org", "acme", {"repo.admin"}}}),
         OrgRole::kNone, "yyynn", "ygnnn", "hhhhh"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(verdicts(row.principal, repository(false), row.role), row.open) << row.who;
        EXPECT_EQ(verdicts(row.principal, repository(false, "auto"), row.role), row.gated) << row.who;
        EXPECT_EQ(verdicts(row.principal, repository(true), row.role), row.closed) << row.who;
    }
}

TEST(Permission, ACasTokenOpensItsOwnRepositoryOnly) {
    Principal cas;
    cas.kind = PrincipalKind::kCasToken;
    cas.user = 2;
    cas.bound_repo = 9;
    EXPECT_EQ(verdicts(cas, repository(true), OrgRole::kAdmin), "nynnn");
    cas.bound_write = true;
    EXPECT_EQ(verdicts(cas, repository(true), OrgRole::kNone), "nynyn");
    cas.bound_repo = 8;
    EXPECT_EQ(verdicts(cas, repository(false), OrgRole::kAdmin), "hhhhh");
}

TEST(Permission, MissingAndHiddenRepositoriesAreAnsweredAlike) {
    const Principal stranger = person(2);
    const auto hidden = enforce(Verdict::kHide, stranger, repository(true), Action::kReadContent).error();
    EXPECT_EQ(hidden.message, repo_not_found(stranger).message);
    EXPECT_EQ(hidden.code, Code::kNotFound);
    EXPECT_EQ(repo_not_found(Principal{}).code, Code::kUnauthenticated);
}

TEST(Names, AreCheckedAgainstTheClientsRules) {
    for (const char* good : {"a", "A-b_c.d", "bert-base-uncased", "7b"}) EXPECT_TRUE(check_repo_name(good).has_value()) << good;
    for (const char* bad : {"", "-a", "a-", ".a", "a.", "a--b", "a..b", "x.git", "x.GIT", "a/b", "a b", "ü"})
        EXPECT_FALSE(check_repo_name(bad).has_value()) << bad;
    EXPECT_FALSE(check_owner_name("API").has_value());
    EXPECT_TRUE(check_owner_name("acme").has_value());
}

TEST(Keyring, OpensWhatItSealedUntilItExpires) {
    const auto folder = TemporaryFolder::create().value();
    auto database = catalog::open_sqlite(folder.path() / "db").value();
    FixedClock clock;
    Keyring keyring(*database, clock);
    const auto sealed = keyring.seal("cas", "repo|7", clock.time + 1000).value();
    EXPECT_EQ(keyring.open("cas", sealed).value(), "repo|7");
    EXPECT_FALSE(keyring.open("url", sealed).has_value());
    auto altered = sealed;
    altered[0] = altered[0] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(keyring.open("cas", altered).has_value());
    Keyring another_node(*database, clock);
    EXPECT_TRUE(another_node.open("cas", sealed).has_value());
    clock.time += 1000;
    EXPECT_FALSE(keyring.open("cas", sealed).has_value());
}

TEST(Keyring, GoesOnOpeningOldSealsAfterANewKeyWasMade) {
    const auto folder = TemporaryFolder::create().value();
    auto database = catalog::open_sqlite(folder.path() / "db").value();
    FixedClock clock;
    Keyring keyring(*database, clock);
    const auto sealed = keyring.seal("cas", "x", clock.time + 9LL * 24 * 3600 * 1000).value();
    clock.time += 8LL * 24 * 3600 * 1000;
    ASSERT_TRUE(keyring.seal("cas", "y", clock.time + 1).has_value());
    EXPECT_TRUE(keyring.open("cas", sealed).has_value());
}

TEST(Scopes, AreReadBackAsWritten) {
    const std::vector<Scope> scopes = {{"model", "acme/m", {"repo.write", "discussion.write"}}};
    const auto read = parse_scopes(write_scopes(scopes)).value();
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].permissions, scopes[0].permissions);
    EXPECT_FALSE(parse_scopes(R"({"scoped":[{"entity":{"type":"moon","name":"x"},"permissions":[]}]})").has_value());
}

}  // namespace
}  // namespace mirfa::hub
