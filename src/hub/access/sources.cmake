# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS access/principal.h access/permission.h access/keyring.h access/names.h)
list(APPEND HUB_SOURCES access/principal.cpp access/permission.cpp access/keyring.cpp access/names.cpp)
list(APPEND HUB_TESTS access/access_test.cpp)
