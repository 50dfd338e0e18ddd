// SPDX-License-Identifier: Apache-2.0
#include "api/errors.h"

#include <gtest/gtest.h>

namespace mirfa::api {
namespace {

TEST(Errors, TellProgramsAWordAndTheFieldAtFault) {
    const Error taken{Code::kAlreadyExists, "The name \"a\" is taken.", Reason::kNameTaken, "kept for the log", "name"};
    const auto json = error_response(taken, ErrorStyle::kJson);
    EXPECT_EQ(json.status, 409);
    EXPECT_EQ(json.text, R"({"error":"The name \"a\" is taken.","reason":"name_taken","field":"name"})");
    EXPECT_EQ(json.headers.get("X-Error-Message"), "The name \"a\" is taken.");
    EXPECT_FALSE(json.headers.has("X-Error-Code"));
    EXPECT_EQ(
        error_response(taken, ErrorStyle::kLfs).text,
        R"({"error":"The name \"a\" is taken.","reason":"name_taken","field":"name","message":"The name \"a\" is taken."})");
    EXPECT_EQ(error_response(taken, ErrorStyle::kGit).text, "The name \"a\" is taken.\n");
}

TEST(Errors, WithoutAReasonOfTheirOwnAreNamedByWhatCanBeDone) {
    EXPECT_EQ(error_response({Code::kForbidden, "No."}, ErrorStyle::kJson).text, R"({"error":"No.","reason":"forbidden"})");
    const auto hidden = error_response({Code::kNotFound, "Not found.", Reason::kRepoNotFound}, ErrorStyle::kJson);
    EXPECT_EQ(hidden.text, R"({"error":"Not found.","reason":"repo_not_found"})");
    EXPECT_EQ(hidden.headers.get("X-Error-Code"), "RepoNotFound");
}

}  // namespace
}  // namespace mirfa::api
