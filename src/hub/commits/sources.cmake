# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS commits/author.h commits/card_refresh.h commits/commit.h commits/commit_graph.h commits/describe_commit.h
     commits/git_service.h commits/objects.h commits/preupload.h commits/push.h commits/pushed_history.h commits/search_facts.h
     commits/transaction.h commits/tree_of.h commits/weights.h)
list(APPEND HUB_SOURCES commits/author.cpp commits/card_refresh.cpp commits/commit.cpp commits/commit_graph.cpp
     commits/describe_commit.cpp commits/git_service.cpp commits/objects.cpp commits/preupload.cpp commits/push.cpp
     commits/pushed_history.cpp commits/search_facts.cpp commits/transaction.cpp commits/weights.cpp)
list(APPEND HUB_TESTS commits/commit_test.cpp commits/describe_commit_test.cpp commits/finding_test.cpp
     commits/power_cut_test.cpp commits/push_test.cpp commits/pushed_history_test.cpp)
