"""A fleet answers requests once, whatever happens in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scripted_server import Call, Dialect, Say, ScriptedServer, completion
from synthllm.builder.endpoints import Completion, Endpoint, Failure, Outcome, Request


def ask(text: str, **options: object) -> Request:
    return Request(messages=[{"role": "user", "content": text}], **options)  # type: ignore[arg-type]


async def collect(endpoint: Endpoint, requests: list[Request]) -> dict[int, Outcome]:
    return {index: outcome async for index, outcome in endpoint.map(requests)}


@pytest.mark.parametrize("dialect", ["tgi", "openai", "vllm", "sglang"])
def test_a_reply_is_the_same_completion_in_every_dialect(tmp_path: Path, dialect: Dialect) -> None:
    async def run(url: str) -> Outcome:
        async with Endpoint(url, ledger=tmp_path / "l.sqlite") as endpoint:
            return await endpoint.generate(ask("hello"))

    with ScriptedServer(dialect=dialect) as server:
        outcome = asyncio.run(run(server.url))
    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.finish_reason) == ("echo hello", "stop")
    assert (outcome.prompt_tokens, outcome.completion_tokens) == (7, 3)


def test_a_second_run_sends_nothing_again(tmp_path: Path) -> None:
    requests = [ask(str(number)) for number in range(300)]

    async def run(url: str) -> dict[int, Outcome]:
        async with Endpoint(url, model="m", ledger=tmp_path, max_in_flight=50) as endpoint:
            return await collect(endpoint, requests)

    with ScriptedServer() as server:
        first = asyncio.run(run(server.url))
        second = asyncio.run(run(server.url))
    assert first == second
    assert len(first) == 300
    assert server.times.total() == 300


def test_a_bad_prompt_costs_its_row_and_a_busy_server_costs_nothing(tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        if call.prompt == "13":
            return Say(status=422)
        if call.times == 1 and int(call.prompt) % 10 == 0:
            return Say(status=429)
        return completion("fine")

    async def run(url: str) -> dict[int, Outcome]:
        async with Endpoint(url, model="m", ledger=tmp_path, max_in_flight=20) as endpoint:
            return await collect(endpoint, [ask(str(number)) for number in range(100)])

    with ScriptedServer(script) as server:
        outcomes = asyncio.run(run(server.url))
    failed = {index: outcome for index, outcome in outcomes.items() if isinstance(outcome, Failure)}
    assert list(failed) == [13]
    assert failed[13].kind == "refused"
    assert failed[13].status == 422
    assert server.times["13"] == 1
    assert len(outcomes) == 100


def test_others_go_on_while_a_request_that_was_put_off_rests(tmp_path: Path) -> None:
    seen: set[str] = set()

    def script(call: Call) -> Say:
        seen.add(call.prompt)
        return Say(status=429) if call.prompt == "0" and len(seen) < 20 else completion("fine")

    async def run(url: str) -> dict[int, Outcome]:
        async with Endpoint(
            url, model="m", ledger=tmp_path, max_in_flight=1, patience_s=2.0, waking_patience_s=2.0
        ) as endpoint:
            return await collect(endpoint, [ask(str(number)) for number in range(20)])

    with ScriptedServer(script) as server:
        outcomes = asyncio.run(run(server.url))
    assert sorted(outcomes) == list(range(20))
    assert all(isinstance(outcome, Completion) for outcome in outcomes.values())
    assert server.times.total() - server.times["0"] == 19
