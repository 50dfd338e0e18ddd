# SPDX-License-Identifier: Apache-2.0
"""Runs one function of a test inside a client's own environment; started by clients.py, never imported by tests.

Reads {"source", "name", "arguments"} as JSON from the file argv[1] and writes {"value"} or {"failure"} to argv[2].
The function finds `api` (an HfApi with all defaults), `hub` (the library), `json`, `os` and `Path` as globals.
"""

import json
import os
import sys
import traceback
from pathlib import Path


def described(error: BaseException) -> dict:
    response = getattr(error, "response", None)
    return {
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "text": str(error),
        "status": getattr(response, "status_code", None),
        "request_id": getattr(error, "request_id", None),
        "trace": traceback.format_exc(),
    }


def main() -> None:
    import huggingface_hub as hub

    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    scope = {"api": hub.HfApi(), "hub": hub, "json": json, "os": os, "Path": Path}
    exec(compile(request["source"], request["name"], "exec"), scope)
    try:
        answer = {"value": scope[request["name"]](**request["arguments"])}
    except Exception as error:
        answer = {"failure": described(error)}
    Path(sys.argv[2]).write_text(json.dumps(answer, default=str), encoding="utf-8")
    # How the libraries' own threads end with the interpreter (pyarrow's abort now and then) is not what is tested.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


main()
