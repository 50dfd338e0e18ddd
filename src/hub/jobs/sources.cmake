# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS jobs/convert.h jobs/jobs.h jobs/kinds.h jobs/root_files.h jobs/runner.h jobs/scan.h
     jobs/tensor_diff.h jobs/tool.h)
list(APPEND HUB_SOURCES jobs/convert.cpp jobs/jobs.cpp jobs/kinds.cpp jobs/root_files.cpp jobs/runner.cpp
     jobs/scan.cpp jobs/tensor_diff.cpp jobs/tool.cpp)
list(APPEND HUB_TESTS jobs/convert_test.cpp jobs/jobs_test.cpp jobs/scan_test.cpp jobs/tensor_diff_test.cpp)
