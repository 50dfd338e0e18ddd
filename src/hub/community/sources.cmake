# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS community/discussions.h community/events.h community/merging.h
     community/proposal_storage.h community/pull_requests.h)
list(APPEND HUB_SOURCES community/discussions.cpp community/events.cpp community/merging.cpp
     community/proposal_storage.cpp community/pull_requests.cpp)
list(APPEND HUB_TESTS community/discussions_test.cpp)
