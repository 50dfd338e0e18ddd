# SPDX-License-Identifier: Apache-2.0
"""huggingface_hub of the environment it runs in, as a process that uploads what it is told, one file after another.

Says {} when it is ready; reads lines {"repo", "path", "file"} and answers each with {"commit"} once the library says
that it is done.
"""

import json
import sys

from huggingface_hub import HfApi


def main() -> None:
    api = HfApi()
    print("{}", flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        done = api.upload_file(repo_id=wanted["repo"], path_in_repo=wanted["path"], path_or_fileobj=wanted["file"])
        print(json.dumps({"commit": done.oid}), flush=True)


main()
