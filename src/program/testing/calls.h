// SPDX-License-Identifier: Apache-2.0
// As a room would be: compiled on its own, with calls of libraries in it.
#pragma once

#include "program/testing/fixture.h"

namespace mirfa::program {

double weigh();          ///< 1 to 16 in fixture_weigh
double add();            ///< 0.5, 1.5 and 2.5 in fixture_add
FixtureTriple triple();  ///< from 7
long value();            ///< of the variable, after a call
int call_what_is_absent();

}  // namespace mirfa::program
