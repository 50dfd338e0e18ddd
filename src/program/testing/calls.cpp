// SPDX-License-Identifier: Apache-2.0
#include "program/testing/calls.h"

namespace mirfa::program {

double weigh() { return fixture_weigh(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16); }
double add() { return fixture_add(3, 0.5, 1.5, 2.5); }
FixtureTriple triple() { return fixture_triple(7); }
long value() {
    (void)fixture_triple(0);
    return fixture_value;
}
int call_what_is_absent() { return absent_function(); }

}  // namespace mirfa::program
