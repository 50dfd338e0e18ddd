# SPDX-License-Identifier: Apache-2.0
"""The real clients, each run as a process of its own on a machine that knows nothing but this server."""

import inspect
import itertools
import json
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .paths import CLIENTS, PROGRAM
from .server import Person, Server

CHILD = Path(__file__).with_name("child.py")
LIMIT_SECONDS = 280


@dataclass(frozen=True)
class Failure:
    """An exception that the client raised: its class and all base classes by name."""

    kinds: list[str]
    text: str
    status: int | None
    request_id: str | None
    trace: str

    @property
    def kind(self) -> str:
        return self.kinds[0]


class ClientFailed(AssertionError):
    def __init__(self, failure: Failure, output: str):
        super().__init__(f"{failure.trace}\n{output}")
        self.failure = failure


class Machine:
    """A computer with an empty home, no proxy to the outside, and one server it talks to."""

    def __init__(self, home: Path, server: Server, endpoint: str | None = None):
        self.home = home
        self.server = server
        self.endpoint = endpoint or server.url
        self.count = itertools.count()
        (home / "hf").mkdir(parents=True, exist_ok=True)

    def environment(self, person: Person | None, **more: str) -> dict[str, str]:
        """Only what is listed here reaches a client. HTTPS goes nowhere: nothing here has to leave the machine."""
        known = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "HF_HOME": str(self.home / "hf"),
            "HF_ENDPOINT": self.endpoint,
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "NO_COLOR": "1",
            "https_proxy": "http://127.0.0.1:9",
            "no_proxy": "127.0.0.1,localhost",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        if person:
            known["HF_TOKEN"] = person.token
        return known | more

    def run(self, command: list, person: Person | None = None, *, check: bool = True, cwd: Path | None = None,
            text: str | None = None, **more: str) -> subprocess.CompletedProcess:
        done = subprocess.run([str(word) for word in command], env=self.environment(person, **more), cwd=cwd or self.home,
                              input=text, stdin=None if text is not None else subprocess.DEVNULL, capture_output=True,
                              encoding="utf-8", errors="replace", timeout=LIMIT_SECONDS)
        words = " ".join(str(word) for word in command)
        assert not check or done.returncode == 0, f"{words}\nexit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def python(self, environment: str, person: Person | None = None, **more: str) -> "PythonClient":
        return PythonClient(self, CLIENTS / environment, person, more)

    def hub2(self, person: Person | None = None, **more: str) -> "PythonClient":
        return self.python("hub-2", person, **more)

    def hub1x(self, person: Person | None = None, **more: str) -> "PythonClient":
        return self.python("hub-1x", person, **more)

    def hub0x(self, person: Person | None = None, **more: str) -> "PythonClient":
        return self.python("hub-0x", person, **more)

    def js(self, person: Person | None = None) -> "JsClient":
        return JsClient(self, CLIENTS / "js", person)

    def git(self, person: Person | None = None) -> "Git":
        return Git(self, person)

    def mirfa(self, *words, person: Person | None = None, check: bool = True, text: str | None = None, cwd: Path | None = None,
              **more: str) -> subprocess.CompletedProcess:
        """Our own command line."""
        return self.run([PROGRAM, *words], person, check=check, text=text, cwd=cwd, **more)

    def curl(self, *words: str, person: Person | None = None, check: bool = True) -> subprocess.CompletedProcess:
        sign = ["-H", f"Authorization: Bearer {person.token}"] if person else []
        return self.run(["curl", "--silent", "--show-error", *sign, *words], check=check)

    def fresh_file(self, suffix: str) -> Path:
        return self.home / f".call-{next(self.count)}{suffix}"


class PythonClient:
    """huggingface_hub of one environment, as a library (`call`) and as a command (`hf`)."""

    def __init__(self, machine: Machine, folder: Path, person: Person | None, more: dict[str, str]):
        self.machine = machine
        self.folder = folder
        self.person = person
        self.more = more

    def call(self, function, **arguments):
        """Runs `function` in the environment; what it returns, through JSON. See child.py for the names it finds."""
        asked, answered = self.machine.fresh_file(".json"), self.machine.fresh_file(".answer.json")
        source = textwrap.dedent(inspect.getsource(function))
        plain = {key: str(value) if isinstance(value, Path) else value for key, value in arguments.items()}
        asked.write_text(json.dumps({"source": source, "name": function.__name__, "arguments": plain}), encoding="utf-8")
        done = self.machine.run([self.folder / "bin/python", "-X", "utf8", CHILD, asked, answered], self.person, **self.more)
        answer = json.loads(answered.read_text(encoding="utf-8"))
        if "failure" in answer:
            raise ClientFailed(Failure(**answer["failure"]), done.stdout + done.stderr)
        return answer["value"]

    def fails(self, function, **arguments) -> Failure:
        try:
            value = self.call(function, **arguments)
        except ClientFailed as error:
            return error.failure
        raise AssertionError(f"{function.__name__} should have failed and returned {value!r}")

    def hf(self, *words, check: bool = True, text: str | None = None, command: str = "hf",
           **more: str) -> subprocess.CompletedProcess:
        return self.machine.run([self.folder / "bin" / command, *words], self.person, check=check, text=text,
                                **self.more, **more)


class JsClient:
    """@huggingface/hub on Node. A script is a module that finds the library as `hub` and calls `give(value)`."""

    PRELUDE = """
        import * as hub from "@huggingface/hub";
        import * as fs from "node:fs";
        const args = JSON.parse(process.env.CALL_ARGUMENTS);
        const hubUrl = process.env.HF_ENDPOINT, accessToken = process.env.HF_TOKEN;
        const give = (value) => fs.writeFileSync(process.env.CALL_ANSWER, JSON.stringify(value ?? null));
        const failure = async (promise) => promise.then(
            (value) => { throw new Error("should have failed: " + JSON.stringify(value)); },
            (error) => ({ kind: error.constructor.name, status: error.statusCode, text: error.message }));
    """

    def __init__(self, machine: Machine, folder: Path, person: Person | None):
        self.machine = machine
        self.folder = folder
        self.person = person

    def call(self, script: str, **arguments):
        source, answered = self.machine.fresh_file(".mjs"), self.machine.fresh_file(".answer.json")
        modules = self.machine.home / "node_modules"
        if not modules.exists():
            modules.symlink_to(self.folder / "node_modules")
        source.write_text(textwrap.dedent(self.PRELUDE) + textwrap.dedent(script), encoding="utf-8")
        self.machine.run([self.folder / "bin/node", source], self.person,
                         CALL_ARGUMENTS=json.dumps(arguments, default=str), CALL_ANSWER=str(answered))
        return json.loads(answered.read_text(encoding="utf-8"))


class Git:
    """git and git-lfs with an identity and, when somebody is signed in, a stored credential."""

    def __init__(self, machine: Machine, person: Person | None):
        self.machine = machine
        self.person = person
        self.config = machine.home / f".gitconfig-{person.name if person else 'nobody'}"
        if not self.config.exists():
            self._configure()

    def __call__(self, *words, cwd: Path | None = None, check: bool = True, text: str | None = None,
                 **more: str) -> subprocess.CompletedProcess:
        return self.machine.run(["git", *words], cwd=cwd, check=check, text=text, GIT_CONFIG_GLOBAL=str(self.config), **more)

    def line(self, *words, cwd: Path | None = None) -> str:
        return self(*words, cwd=cwd).stdout.strip()

    def clone(self, url: str, *words: str, name: str = "clone") -> Path:
        target = self.machine.home / name
        self("clone", *words, url, target)
        return target

    def commit(self, folder: Path, message: str) -> str:
        self("add", "-A", cwd=folder)
        self("commit", "-m", message, cwd=folder)
        return self.line("rev-parse", "HEAD", cwd=folder)

    def _configure(self) -> None:
        name = self.person.name if self.person else "nobody"
        self.config.write_text("", encoding="utf-8")
        settings = {"user.name": name, "user.email": f"{name}@example.test", "init.defaultBranch": "main",
                    "advice.detachedHead": "false", "gc.auto": "0"}
        if self.person:
            store = self.machine.home / f".git-credentials-{name}"
            address = urlsplit(self.machine.endpoint)
            store.write_text(f"{address.scheme}://{name}:{self.person.token}@{address.netloc}\n", encoding="utf-8")
            settings["credential.helper"] = f"store --file={store}"
        for key, value in settings.items():
            self("config", "--global", key, value)
        self("lfs", "install", "--skip-repo")
