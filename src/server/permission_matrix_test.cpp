// SPDX-License-Identifier: Apache-2.0
// Who may do what, for every route of the program: testing/permission_matrix.txt holds the requests and the expected
// verdicts. It is walked here because server/ is the room that puts the routes of api/ and those of pages/ together:
// no other room sees them all.
#include <gtest/gtest.h>

#include <set>

#include "hub/accounts/accounts.h"
#include "server/testing/matrix_world.h"

namespace mirfa::server {
namespace {

using testing::MatrixAnswer;
using testing::MatrixCase;
using testing::MatrixWorld;
using testing::PermissionMatrix;
using Fields = MatrixWorld::Fields;

constexpr const char* kRepositoryNeeds = "info content propose write administer";
constexpr const char* kAccountNeeds = "anyone open user page session create org admin page-org page-admin";
constexpr const char* kVisibilities[] = {"public", "gated", "private"};

/// Complaints are gathered, so that a broken rule shows as a handful of lines and not as ten thousand.
class Complaints {
public:
    void add(const std::string& text) {
        if (++count_ <= 60) text_ += text + "\n";
    }
    ~Complaints() { EXPECT_EQ(count_, 0) << text_; }

private:
    int count_ = 0;
    std::string text_;
};

class PermissionMatrixTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        matrix_ = new PermissionMatrix(PermissionMatrix::read(MIRFA_SOURCE_DIR "/src/server/testing/permission_matrix.txt"));
        world_ = new MatrixWorld;
    }
    static void TearDownTestSuite() {
        delete world_;
        delete matrix_;
    }
    static MatrixWorld& world() { return *world_; }
    static const PermissionMatrix& matrix() { return *matrix_; }
    static const testing::MatrixGrid& grid(const std::string& name) { return matrix_->grids.at(name); }

    /// The worst of the verdicts for the needs of a request, in a word of one letter per need.
    static char verdict_for(const MatrixCase& asked, const std::string& word) {
        static const std::vector<std::string> needs = {"info", "content", "propose", "write", "administer"};
        char worst = 'y';
        for (const auto& need : asked.needs) {
            const auto letter = word.at(static_cast<std::size_t>(std::find(needs.begin(), needs.end(), need) - needs.begin()));
            if (worst == 'y' || letter == 'h') worst = letter;
        }
        return worst;
    }

    /// Pages show people that there is nothing, where the API asks for a token first.
    static bool is_page(const MatrixCase& asked) {
        for (const auto* route : world().app().router().routes())
            if (std::string(http::name_of(route->verb)) + " " + route->pattern == asked.route)
                return route->errors == api::ErrorStyle::kPage;
        return false;
    }

    /// "" when the answer is what the letter says. Those of 'h' and 'm' are compared with other answers besides.
    static std::string judge(char letter, const MatrixCase& asked, const MatrixAnswer& got, bool signed_in) {
        const bool plain = got.error_code.empty();
        const auto is = [&](int status) { return got.status == status; };
        bool right = false;
        switch (letter) {
            case 'y':
                right =
                    std::count(asked.answers.begin(), asked.answers.end(), got.status) == 1 && got.error_code != "RepoNotFound";
                break;
            case 'n': right = is(403) && plain; break;
            case 'g': right = is(signed_in ? 403 : 401) && got.error_code == "GatedRepo"; break;
            case 'a': right = is(401) && plain; break;
            case 'b': right = is(401) && plain && got.error_message == "Invalid credentials in Authorization header"; break;
            case 'c': right = is(403) && plain; break;
            case 's': right = is(303) && got.location.starts_with("/login"); break;
            case 'h': right = is(signed_in || is_page(asked) ? 404 : 401) && got.error_code == "RepoNotFound"; break;
            case 'm': right = is(404) && plain; break;
            default: return std::string("no such verdict: ") + letter;
        }
        if (right) return "";
        return std::string("expected ") + letter + ", got " + std::to_string(got.status) + " " + got.error_code + " " +
               (got.error_message.empty() ? got.body.substr(0, 100) : got.error_message);
    }

    /// What no answer of the hub may be, whoever asked for whatever.
    static std::string never(const MatrixAnswer& got, const std::string& visibility) {
        if (got.headers.find("Access-Control-Allow-Credentials") != std::string::npos) return "lets other sites use cookies";
        if (got.headers.find("Access-Control-Allow-Origin: *\n") == std::string::npos) return "is not open to other origins";
        if (got.headers.find("X-Content-Type-Options: nosniff\n") == std::string::npos) return "lets browsers guess its type";
        if (got.status >= 500) return "is an error of the server: " + got.body.substr(0, 200);
        const bool cached = got.headers.find("Cache-Control: public") != std::string::npos;
        if (cached && visibility != "public") return "lets shared caches keep what is not public";
        return "";
    }

    static std::string leak(const MatrixAnswer& got) {
        for (const auto& word : MatrixWorld::secrets())
            if (got.holds(word)) return "tells \"" + word + "\": " + got.headers + got.body.substr(0, 300);
        return "";
    }

    static std::string describe(const MatrixAnswer& answer) {
        return std::to_string(answer.status) + " " + answer.headers + answer.body.substr(0, 300);
    }

    /// One request, judged in every respect. Gives the status.
    int check(Complaints& complaints, const MatrixCase& asked, const MatrixWorld::Values& values, const Fields& who, char letter,
              const std::string& visibility, const std::string& name) {
        const auto got = world().send(asked, values, who);
        const auto complain = [&](const std::string& what) {
            if (!what.empty())
                complaints.add(asked.route + " [" + asked.target + "] by " + name + " at " + visibility + ": " + what);
        };
        const bool signed_in = !who.empty() && name != "ended-session";
        complain(judge(letter, asked, got, signed_in));
        complain(never(got, visibility));
        if (letter != 'y' && letter != 'n' && letter != 'g') complain(leak(got));
        if (letter == 'h' || letter == 'c' || letter == 'b') {
            const auto missing = world().send(asked, MatrixWorld::at_missing(values), who);
            if (!(got == missing)) complain("differs from a missing one: " + describe(got) + "\n  and " + describe(missing));
            const auto old_name = world().send(asked, MatrixWorld::at_old_name(values), who);
            if (!(old_name == missing))
                complain("differs under its old name: " + describe(old_name) + "\n  and " + describe(missing));
        }
        if (letter == 'm') {
            const auto unknown = world().send(asked, MatrixWorld::at_unknown_content(values), who);
            if (!(got == unknown)) complain("differs from unknown content: " + describe(got) + "\n  and " + describe(unknown));
        }
        return got.status;
    }

private:
    static inline PermissionMatrix* matrix_ = nullptr;
    static inline MatrixWorld* world_ = nullptr;
};

TEST_F(PermissionMatrixTest, NamesEveryRouteAndNoOther) {
    std::set<std::string> routes, named;
    for (const auto* route : world().app().router().routes())
        routes.insert(std::string(http::name_of(route->verb)) + " " + route->pattern);
    for (const auto& asked : matrix().cases) named.insert(asked.route);
    for (const auto& route : routes)
        EXPECT_TRUE(named.contains(route)) << "no line in server/testing/permission_matrix.txt [routes] for: " << route;
    for (const auto& route : named)
        EXPECT_TRUE(routes.contains(route)) << "permission_matrix.txt names a route that is gone: " << route;
}

TEST_F(PermissionMatrixTest, EveryLineAsksForTheRouteItNames) {
    for (const auto& asked : matrix().cases) {
        auto values = world().values("org-admin", "public", asked);
        values.merge(world().sealed("valid"));
        std::string target = asked.target;
        for (const auto& [word, value] : values) {
            const auto at = target.find("$" + word);
            const bool whole =
                at != target.npos && (at + word.size() + 1 == target.size() || !std::isalpha(target[at + word.size() + 1]));
            if (whole) target.replace(at, word.size() + 1, value);
        }
        const auto match = world().app().router().match(asked.verb, target.substr(0, target.find('?'))).value();
        ASSERT_NE(match.route, nullptr) << asked.route << ": " << target;
        EXPECT_EQ(std::string(http::name_of(match.route->verb)) + " " + match.route->pattern, asked.route) << target;
        const bool known = asked.needs_any_of(kRepositoryNeeds) || asked.needs_any_of(kAccountNeeds) ||
                           asked.needs_any_of("cas-token cas-file cas-xorb cas-chunk cas-write seal");
        EXPECT_TRUE(known) << asked.route << " needs something that no table has";
    }
}

TEST_F(PermissionMatrixTest, RepositoriesAnswerAsTheTablesSay) {
    Complaints complaints;
    std::size_t asked_times = 0;
    for (const auto& asked : matrix().cases) {
        if (!asked.needs_any_of(kRepositoryNeeds)) continue;
        for (const std::string visibility : kVisibilities) {
            const auto& table = grid(visibility);
            for (const auto& person : table.rows) {
                for (const auto& kind : table.columns) {
                    const auto letter = verdict_for(asked, table.at(person, kind));
                    const auto values = world().values(person, visibility, asked);
                    const auto status = check(complaints, asked, values, world().credential(person, kind), letter, visibility,
                                              person + "/" + kind);
                    if (asked.rebuild && status < 300) world().rebuild(person, visibility);
                    ++asked_times;
                }
            }
        }
    }
    EXPECT_GT(asked_times, 10'000u);
}

TEST_F(PermissionMatrixTest, EverybodyElseIsAnsweredAtRepositoriesAsTheTableSays) {
    Complaints complaints;
    for (const auto& asked : matrix().cases) {
        if (!asked.needs_any_of(kRepositoryNeeds)) continue;
        for (const std::string visibility : kVisibilities) {
            for (const auto& row : grid("others").rows) {
                const auto& word = grid("others").at(row, asked.is_safe() ? visibility : visibility + "-writes");
                check(complaints, asked, world().values("org-admin", visibility, asked), world().other(row),
                      verdict_for(asked, word), visibility, row);
            }
        }
    }
}

TEST_F(PermissionMatrixTest, AccountsAndPagesAnswerAsTheTableSays) {
    Complaints complaints;
    for (const auto& asked : matrix().cases) {
        if (!asked.needs_any_of(kAccountNeeds)) continue;
        for (const auto& row : grid("accounts").rows) {
            const auto values = world().values("org-admin", "private", asked);
            const char letter = grid("accounts").at(row, asked.needs[0]).at(asked.is_safe() ? 0 : 1);
            const bool hidden = grid("accounts").at(row, "lists") == "hidden";
            check(complaints, asked, values, world().other(row), letter, "public", row);
            if (!hidden || !asked.needs_any_of("anyone open")) continue;  // the others show people what is theirs
            const auto told = leak(world().send(asked, values, world().other(row)));
            if (!told.empty()) complaints.add(asked.route + " by " + row + " " + told);
        }
    }
}

TEST_F(PermissionMatrixTest, ListsShowWhatIsPrivateToThoseWhoMaySeeIt) {
    for (const auto& row : grid("accounts").rows) {
        const bool shown = grid("accounts").at(row, "lists") == "shown";
        for (const auto* target :
             {"/api/models", "/api/models?author=acme", "/api/models?q=hush", "/api/quicksearch?q=hush", "/models", "/acme", "/"})
            EXPECT_EQ(world().send(http::Verb::kGet, target, world().other(row)).holds("acme/hush"), shown)
                << row << " " << target;
    }
}

TEST_F(PermissionMatrixTest, RepositoriesAreCreatedByThoseTheTableNames) {
    Complaints complaints;
    for (const auto& asked : matrix().cases) {
        if (!asked.needs_any_of("create")) continue;
        for (const auto& person : grid("create").rows)
            for (const auto& kind : grid("create").columns)
                check(complaints, asked, world().values("org-admin", "private", asked), world().credential(person, kind),
                      grid("create").at(person, kind).at(0), "private", person + "/" + kind);
    }
}

TEST_F(PermissionMatrixTest, TheChunkStoreAnswersAsTheTableSays) {
    Complaints complaints;
    for (const auto& asked : matrix().cases) {
        if (!asked.needs_any_of("cas-token cas-file cas-xorb cas-chunk cas-write")) continue;
        for (const auto& row : grid("cas").rows) {
            const auto who = world().other(row == "expired" ? "cas-expired" : row);
            const char letter = grid("cas").at(row, asked.needs[0]).at(0);
            check(complaints, asked, world().values("org-admin", "private", asked), who, letter, "private", row);
        }
    }
}

TEST_F(PermissionMatrixTest, SealedAddressesOpenWhatTheTableSays) {
    Complaints complaints;
    for (const auto& asked : matrix().cases) {
        if (!asked.needs_any_of("seal")) continue;
        for (const auto& row : grid("seals").rows)
            check(complaints, asked, world().sealed(row), {}, grid("seals").at(row, "seal").at(0), "private", row);
    }
}

}  // namespace
}  // namespace mirfa::server
