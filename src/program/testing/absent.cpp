// SPDX-License-Identifier: Apache-2.0
#include "program/testing/fixture.h"

int absent_function() { return 0; }
