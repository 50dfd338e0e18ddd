# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS jobs/convert.h jobs/jobs.h jobs/kinds.h jobs/runner.h jobs/scan.h jobs/weight_files.h)
list(APPEND HUB_SOURCES jobs/convert.cpp jobs/jobs.cpp jobs/kinds.cpp jobs/runner.cpp jobs/scan.cpp jobs/weight_files.cpp)
list(APPEND HUB_TESTS jobs/jobs_test.cpp jobs/scan_test.cpp jobs/weight_files_test.cpp)
