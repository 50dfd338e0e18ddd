// SPDX-License-Identifier: Apache-2.0
// Two shared libraries whose loading is delayed in a test: one that is there, and one that cannot be found.
#pragma once

extern "C" {

struct FixtureTriple {
    long first, second, third;
};

/// The sum of all, each times its place: arguments in every register, and on the stack.
double fixture_weigh(long a, long b, long c, long d, long e, long f, long g, double h, double i, double j, double k, double l,
                     double m, double n, double o, double p);
/// The sum of so many numbers.
double fixture_add(int count, ...);
/// A result in memory.
FixtureTriple fixture_triple(long first);
/// 0 until fixture_start(), then how often that was called.
extern long fixture_value;
void fixture_start();

int absent_function();
}
