# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS jobs/convert.h jobs/jobs.h jobs/kinds.h jobs/runner.h jobs/scan.h)
list(APPEND HUB_SOURCES jobs/convert.cpp jobs/jobs.cpp jobs/kinds.cpp jobs/runner.cpp jobs/scan.cpp)
list(APPEND HUB_TESTS jobs/jobs_test.cpp jobs/scan_test.cpp)
