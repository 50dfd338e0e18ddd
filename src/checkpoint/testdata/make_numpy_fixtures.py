# SPDX-License-Identifier: Apache-2.0
"""Writes numpy.npz and numpy_deflated.npz beside this file with real NumPy; npz_test.cpp knows what is in them."""

from pathlib import Path

import numpy

HERE = Path(__file__).parent
GRID = numpy.arange(6, dtype="<f4").reshape(2, 3)
ARRAYS = {
    "params/Dense_0/kernel": GRID,
    "column_major": numpy.asfortranarray(GRID),
    "big": numpy.array([1, -2], dtype=">i8"),
    "big_complex": numpy.array([1 + 2j], dtype=">c8"),
    "bf16": numpy.array([0x3F80, 0xC020], dtype="<u2").view("V2"),
    "half": numpy.array([0.5], dtype="<f2"),
    "truth": numpy.array([True, False]),
    "scalar": numpy.float64(3.5),
    "empty": numpy.zeros((0, 3), dtype="<i4"),
}

numpy.savez(HERE / "numpy.npz", **ARRAYS)
numpy.savez_compressed(HERE / "numpy_deflated.npz", **ARRAYS)
