"""Clients of the Hub of the tests: processes with `HF_ENDPOINT` set, which take one command after another.

Starting Python and importing the libraries takes seconds, so a process serves many commands; what is under test is in
it, unmodified. This file is also what runs in the process: `python client.py`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, Self


class Done:
    """What a command left."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"


class Client:
    """A process that runs commands; use as a context manager."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, __file__], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def ask(self, **command: Any) -> Any:
        """Send a command and wait for what it gives."""
        self.send(**command)
        return self.receive()

    def send(self, **command: Any) -> None:
        assert self.process.stdin is not None
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def receive(self) -> Any:
        assert self.process.stdout is not None
        answer = json.loads(self.process.stdout.readline())
        if "raised" in answer:
            raise AssertionError(answer["raised"])
        return answer["gave"]

    def cli(self, *arguments: str | Path, token: str | None = None) -> Done:
        """Run `synthllm ARGUMENTS` in the process."""
        return Done(*self.ask(do="cli", arguments=[str(argument) for argument in arguments], token=token))

    def run(self, source: str, token: str | None = None) -> Any:
        """Run Python in the process; what it leaves in `result`."""
        return self.ask(do="run", source=source, token=token)

    def rows(self, repository: str, configs: list[str], revision: str | None, *, streaming: bool = False) -> Any:
        """The rows of configs, by `datasets.load_dataset`."""
        return self.ask(do="rows", repository=repository, configs=configs, revision=revision, streaming=streaming)


def run_cli(arguments: list[str], token: str | None) -> tuple[int, str, str]:
    """The command line, as the installed script calls it."""
    from synthllm.builder import cli

    if token is not None:
        os.environ["HF_TOKEN"] = token
    out, err, code = io.StringIO(), io.StringIO(), 0
    sys.argv = ["synthllm", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def load_rows(repository: str, configs: list[str], revision: str | None, streaming: bool) -> dict[str, Any]:
    """Rows by config. This process knows nothing of the package that made them."""
    import datasets

    datasets.disable_progress_bars()
    assert "synthllm" not in sys.modules
    return {
        config: list(datasets.load_dataset(repository, config, revision=revision, split="train", streaming=streaming))
        for config in configs
    }


def run_source(source: str, token: str | None) -> Any:
    """The value that a piece of Python leaves in `result`."""
    if token is not None:
        os.environ["HF_TOKEN"] = token
    names: dict[str, Any] = {}
    exec(source, names)
    return names["result"]


def serve() -> None:
    """Take commands from standard input until it closes."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    sys.path.pop(0)  # this file's folder
    for line in sys.stdin:
        command = json.loads(line)
        do = {"cli": run_cli, "rows": load_rows, "run": run_source}[command.pop("do")]
        try:
            answer = {"gave": do(**command)}
        except BaseException:  # noqa: BLE001 - told to the test, which fails
            answer = {"raised": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve()
