# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS jobs/jobs.h jobs/runner.h)
list(APPEND HUB_SOURCES jobs/jobs.cpp jobs/runner.cpp)
list(APPEND HUB_TESTS jobs/jobs_test.cpp)
