// SPDX-License-Identifier: Apache-2.0
// The schema and every statement are written for two dialects. PostgreSQL has no driver yet; that it will need none of
// them rewritten is what this test holds fast.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "catalog/catalog.h"
#include "catalog/detail/repo_where.h"
#include "catalog/testing/temporary_postgres.h"

namespace mirfa::catalog {
namespace {

class Postgres : public testing::Test {
protected:
    void SetUp() override {
        auto started = TemporaryPostgres::start();
        if (!started.has_value() && started.error().code == Code::kUnsupported) GTEST_SKIP() << started.error().message;
        ASSERT_TRUE(started.has_value()) << describe(started.error());
        server = std::move(started).value();
        connection.reset(PQconnectdb(server->connection_string().c_str()));
        ASSERT_EQ(PQstatus(connection.get()), CONNECTION_OK) << PQerrorMessage(connection.get());
        for (const auto& migration : migrations())
            for (const auto& sql : statements_of(migration, Dialect::kPostgres))
                ASSERT_EQ(run(sql), "") << migration.name << ": " << sql;
    }

    /// The error text, "" for success.
    std::string run(const std::string& sql) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), PQclear);
        return PQresultErrorMessage(result.get());
    }
    std::string prepare(const std::string& sql) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQprepare(connection.get(), "", sql.c_str(), 0, nullptr),
                                                                    PQclear);
        return PQresultErrorMessage(result.get());
    }

    std::unique_ptr<TemporaryPostgres> server;
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection{nullptr, PQfinish};
};

TEST_F(Postgres, TakesEveryMigrationAndPreparesEveryStatement) {
    ASSERT_GT(Statement::all().size(), 100u);
    for (const auto* statement : Statement::all()) {
        const std::string sql(statement->sql(Dialect::kPostgres));
        EXPECT_EQ(prepare(sql), "") << sql;
    }
}

/// Statements of lists are put together; here are their parts in all combinations that matter.
TEST_F(Postgres, PreparesListsAndCounts) {
    const detail::Membership facet{"repository_facet", "facet_id", RowId{1}, 50'000, FacetKind::kTask};
    const detail::Membership tag{"repository_tag", "tag", std::string("x"), 3, std::nullopt};
    RepoQuery query;
    query.type = RepoType::kModel;
    query.owner = 1;
    query.search = {"x"};
    query.gated = true;
    query.min_parameters = 1;
    query.viewer = 2;
    query.after = {1, 2};
    for (const auto sort : {RepoSort::kTrending, RepoSort::kParameters, RepoSort::kRelevance})
        for (const auto& memberships : {std::vector<detail::Membership>{}, {facet}, {facet, tag}})
            for (const char* text : {"", "'x':*"}) {
                query.sort = sort;
                detail::Where of_list;
                const auto list = detail::list_sql(of_list, {false, memberships, text}, query, Dialect::kPostgres);
                EXPECT_EQ(prepare(list), "") << list;
                detail::Where of_named;
                const auto named = detail::list_sql(of_named, {false, memberships, text, {1, 0}}, query, Dialect::kPostgres);
                EXPECT_EQ(prepare(named), "") << named;
                detail::Where of_counts;
                const auto counts = detail::facets_sql(of_counts, {false, memberships, text}, query, Dialect::kPostgres);
                EXPECT_EQ(prepare(counts), "") << counts;
            }
}

}  // namespace
}  // namespace mirfa::catalog
