# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS large/large_objects.h large/lfs.h large/locks.h)
list(APPEND HUB_SOURCES large/large_objects.cpp large/lfs.cpp large/locks.cpp)
list(APPEND HUB_TESTS large/lfs_test.cpp)
