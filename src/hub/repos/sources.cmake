# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS repos/blame.h repos/card_check.h repos/commit_details.h repos/compare.h repos/counters.h repos/files.h
     repos/history.h repos/large_files.h repos/repositories.h repos/revisions.h repos/search.h repos/security.h repos/tags.h repos/trees.h)
list(APPEND HUB_SOURCES repos/blame.cpp repos/card_check.cpp repos/commit_details.cpp repos/compare.cpp repos/counters.cpp
     repos/files.cpp repos/history.cpp repos/large_files.cpp repos/refs.cpp repos/repositories.cpp repos/revisions.cpp
     repos/search.cpp repos/security.cpp repos/tags.cpp repos/trees.cpp)
list(APPEND HUB_TESTS repos/blame_test.cpp repos/counters_test.cpp repos/history_test.cpp repos/trees_test.cpp
     ../git/testing/git_program.cpp)
