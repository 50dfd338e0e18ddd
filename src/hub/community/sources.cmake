# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS community/pull_requests.h)
list(APPEND HUB_SOURCES community/pull_requests.cpp)
