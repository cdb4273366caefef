"""The server over real HTTP: Text Generation Inference's protocol, limits, errors, and its life beside the run's."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
import typer
from asking import answer_prompt, boxed, level1_prompt
from typer.testing import CliRunner

from synthllm import __version__
from synthllm.builder.endpoints.protocol import EndpointUnavailable
from synthllm.builder.teacher.commands import teacher_command
from synthllm.builder.teacher.embedded import EmbeddedTeacher
from synthllm.builder.teacher.tokens import count_tokens, first_tokens

ASK = answer_prompt("Find the number of positive divisors of $48$.")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """One server for the tests that only ask it something."""
    command = [sys.executable, "-m", "synthllm.builder.teacher.server", "--parent", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def _call(url: str, path: str, body: Any = None) -> tuple[int, Any]:
    async def call() -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                "GET" if body is None else "POST",
                url + path,
                data=body if isinstance(body, bytes) else orjson.dumps(body),
            ) as response,
        ):
            text = await response.text()
            return response.status, orjson.loads(text) if response.content_type == "application/json" else text

    return asyncio.run(call())


def test_says_what_it_is(url: str) -> None:
    assert _call(url, "/health") == (200, "")
    _, info = _call(url, "/info")
    assert info["model_id"] == f"symbolic-teacher/{__version__}" and info["version"] == info["model_sha"] == __version__
    assert info["max_total_tokens"] > info["max_input_tokens"] > 0
    assert [model["id"] for model in _call(url, "/v1/models")[1]["data"]] == [f"symbolic-teacher/{__version__}"]


def test_generates(url: str) -> None:
    status, said = _call(url, "/generate", {"inputs": ASK, "parameters": {"max_new_tokens": 500, "details": True}})
    assert status == 200 and boxed(said["generated_text"]) == "10"
    assert said["details"]["finish_reason"] == "eos_token"
    assert said["details"]["generated_tokens"] == count_tokens(said["generated_text"])


def test_chats_in_agreement_with_generate(url: str) -> None:
    sampling = {"temperature": 0.7, "seed": 5}
    _, one = _call(url, "/generate", {"inputs": ASK, "parameters": {**sampling, "max_new_tokens": 500}})
    messages = [{"role": "user", "content": ASK}]
    status, two = _call(url, "/v1/chat/completions", {"messages": messages, "max_tokens": 500, **sampling})
    assert status == 200
    choice = two["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": one["generated_text"]}
    assert choice["finish_reason"] == "stop"
    usage = two["usage"]
    assert usage["prompt_tokens"] == count_tokens(ASK)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_streams_the_same_text(url: str) -> None:
    body = {"messages": [{"role": "user", "content": ASK}], "temperature": 0}
    _, whole = _call(url, "/v1/chat/completions", body)
    _, events = _call(url, "/v1/chat/completions", {**body, "stream": True})
    data = [line.removeprefix("data: ") for line in events.split("\n\n") if line]
    assert data[-1] == "[DONE]"
    chunks = [orjson.loads(one)["choices"][0] for one in data[:-1]]
    text = "".join(chunk["delta"].get("content", "") for chunk in chunks)
    assert text == whole["choices"][0]["message"]["content"]
    assert chunks[-1]["finish_reason"] == "stop"


def test_honours_the_token_limit(url: str) -> None:
    _, said = _call(url, "/generate", {"inputs": ASK, "parameters": {"max_new_tokens": 7, "details": True}})
    assert said["details"]["finish_reason"] == "length" and count_tokens(said["generated_text"]) == 7
    _, said = _call(url, "/v1/chat/completions", {"messages": [{"role": "user", "content": ASK}], "max_tokens": 7})
    assert said["choices"][0]["finish_reason"] == "length" and said["usage"]["completion_tokens"] == 7


def test_stops_at_a_stop_sequence(url: str) -> None:
    parameters = {"stop": ["factorization"], "max_new_tokens": 500, "details": True}
    _, said = _call(url, "/generate", {"inputs": ASK, "parameters": parameters})
    assert said["generated_text"].endswith("factorization")
    assert said["details"]["finish_reason"] == "stop_sequence"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/generate", {"input": "x"}, "inputs"),
        ("/generate", b"{not json", "JSON"),
        ("/generate", {"inputs": ""}, "cannot be empty"),
        ("/generate", {"inputs": "x", "parameters": {"temperature": 0.0}}, "`temperature` must be strictly positive"),
        ("/generate", {"inputs": "x", "parameters": {"max_new_tokens": 0}}, "`max_new_tokens` must be strictly"),
        ("/generate", {"inputs": "x", "parameters": {"top_p": 1.5}}, "`top_p` must be"),
        ("/generate", {"inputs": "x", "parameters": {"seed": -1}}, "seed"),
        ("/generate", {"inputs": "x", "parameters": {"stop": list("abcde")}}, "up to 4 stop sequences. Given: 5"),
        ("/generate", {"inputs": "x", "parameters": {"grammar": {"type": "json"}}}, "grammar is not supported"),
        ("/generate", {"inputs": "a " * 40_000}, "must have less than 32768 tokens. Given: 40000"),
        ("/generate", {"inputs": "x", "parameters": {"max_new_tokens": 10**6}}, "`max_new_tokens` must be <= 65536"),
        ("/v1/chat/completions", {"messages": []}, "messages"),
        ("/v1/chat/completions", {"messages": "hello"}, "messages"),
    ],
)
def test_refuses_what_the_protocol_refuses(url: str, path: str, body: Any, said: str) -> None:
    status, error = _call(url, path, body)
    assert status == 422 and error["error_type"] == "validation"
    assert error["error"].startswith("Input validation error") and said in error["error"]


def test_counts_what_it_did(url: str) -> None:
    def counters() -> dict[str, int]:
        lines = [line.split() for line in _call(url, "/metrics")[1].splitlines() if not line.startswith("#")]
        return {name: int(value) for name, value in lines}

    before = counters()
    _call(url, "/generate", {"inputs": ASK, "parameters": {"max_new_tokens": 9}})
    _call(url, "/generate", {"inputs": ""})
    after = counters()
    grown = {name: after[name] - before[name] for name in after}
    assert grown["tgi_request_count"] == 2
    assert grown["tgi_request_success"] == grown["tgi_request_failure"] == 1
    assert grown["tgi_request_generated_tokens"] == 9
    assert grown["tgi_request_input_tokens"] == count_tokens(ASK)


def test_health_answers_while_the_workers_are_busy(url: str) -> None:
    async def run() -> tuple[float, int]:
        long = level1_prompt("The prime factors and divisors of a number. " * 600, 200)
        async with aiohttp.ClientSession() as session:
            body = {"inputs": long, "parameters": {"max_new_tokens": 100}}
            work = [asyncio.create_task(session.post(f"{url}/generate", json=body)) for _ in range(40)]
            slowest, asked = 0.0, 0
            while not all(task.done() for task in work):
                started = time.perf_counter()
                async with session.get(f"{url}/health") as response:
                    assert response.status == 200
                slowest, asked = max(slowest, time.perf_counter() - started), asked + 1
                await asyncio.sleep(0.01)
            for task in work:
                (await task).release()
            return slowest, asked

    slowest, asked = asyncio.run(run())
    assert asked > 3 and slowest < 1.0


def test_lives_and_ends_with_its_context() -> None:
    async def run() -> tuple[str, int]:
        async with EmbeddedTeacher(workers=1) as teacher:
            assert teacher.model_name == f"symbolic-teacher/{__version__}"
            async with aiohttp.ClientSession() as session, session.get(f"{teacher.url}/health") as response:
                return teacher.url, response.status

    url, status = asyncio.run(run())
    assert status == 200
    with pytest.raises(aiohttp.ClientConnectorError):
        _call(url, "/health")


def test_a_teacher_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with EmbeddedTeacher(workers=0):
            pass

    with pytest.raises(EndpointUnavailable, match="ended at its start with exit code"):
        asyncio.run(run())


def test_every_process_ends_when_the_run_is_killed() -> None:
    """The run gets SIGKILL, so nothing of it can clean up."""
    script = (
        "import asyncio, sys\n"
        "from synthllm.builder.teacher.embedded import EmbeddedTeacher\n"
        "async def main():\n"
        "    async with EmbeddedTeacher(workers=2) as teacher:\n"
        "        print(teacher._process.pid, flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        server = int(run.stdout.readline())
        family = [server, *_children(server)]
        assert len(family) >= 3  # the server and its workers
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while any(map(_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [process for process in family if _alive(process)]


def test_workers_end_when_the_server_is_killed() -> None:
    command = [sys.executable, "-m", "synthllm.builder.teacher.server", "--parent", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        server.stdout.readline()
        workers = _children(server.pid)
        server.kill()
    deadline = time.monotonic() + 15
    while any(map(_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers and not [worker for worker in workers if _alive(worker)]


def test_a_killed_worker_costs_one_error_and_is_replaced() -> None:
    async def run() -> list[int]:
        statuses: list[int] = []
        async with EmbeddedTeacher(workers=1) as teacher, aiohttp.ClientSession() as session:
            assert teacher._process is not None
            victims = [pid for pid in _children(teacher._process.pid) if b"spawn_main" in _command_line(pid)]
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            for _ in range(3):
                async with session.post(f"{teacher.url}/generate", json={"inputs": ASK}) as response:
                    statuses.append(response.status)
        return statuses

    assert asyncio.run(run()) == [500, 200, 200]


def test_the_command_refuses_a_port_that_is_taken(url: str) -> None:
    app = typer.Typer()
    app.command()(teacher_command)
    result = CliRunner().invoke(app, ["--port", url.rsplit(":", 1)[1], "--workers", "1"])
    assert result.exit_code != 0 and "choose another --port" in str(result.exception)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("one two", 2), ("12345", 2), (r"\frac{1}{2}", 8), ("a_b", 3), ("é, é", 3)]
)
def test_tokens_are_counted_by_the_rule(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens
    assert first_tokens(text, tokens) == (text, tokens, False)
    if tokens > 1:
        shortened, kept, cut = first_tokens(text, tokens - 1)
        assert (kept, cut) == (tokens - 1, True) and text.startswith(shortened)


def _children(pid: int) -> list[int]:
    """The processes started by one."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
