# SPDX-License-Identifier: Apache-2.0
"""Where things are: the program under test and the environments of the clients."""

import os
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("MIRFA_PROGRAM", SOURCE / "build/release/mirfa"))


def _clients() -> Path:
    flags = ["--newest"] if os.environ.get("MIRFA_NEWEST_CLIENTS") else []
    found = subprocess.run([SOURCE / "tools/clients/install", "--where", *flags], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


CLIENTS = _clients()
