// SPDX-License-Identifier: Apache-2.0
#include "program/testing/fixture.h"

#include <cstdarg>

long fixture_value = 0;

void fixture_start() { ++fixture_value; }

double fixture_weigh(long a, long b, long c, long d, long e, long f, long g, double h, double i, double j, double k, double l,
                     double m, double n, double o, double p) {
    const long whole = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g;
    return static_cast<double>(whole) + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l + 13 * m + 14 * n + 15 * o + 16 * p;
}

double fixture_add(int count, ...) {
    va_list rest;
    va_start(rest, count);
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += va_arg(rest, double);
    va_end(rest);
    return sum;
}

FixtureTriple fixture_triple(long first) { return {first, first + 1, first + 2}; }
