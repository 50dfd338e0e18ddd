// SPDX-License-Identifier: Apache-2.0
// The schema and every statement are written for two dialects. PostgreSQL has no driver yet; that it will need none of
// them rewritten is what this test holds fast.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "catalog/catalog.h"
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
        const std::string sql(statement->sql());
        EXPECT_EQ(prepare(sql), "") << sql;
    }
}

}  // namespace
}  // namespace mirfa::catalog
