"""Limits stop a run before they are crossed, over all its sessions, and the receipt adds up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from endpoint_requests import ask, run_all

from scripted_server import Call, Say, ScriptedServer, completion
from synthllm.builder.endpoints import BudgetExhausted, Endpoint, Limits, Outcome, Prices

REQUESTS = [ask(str(number), max_tokens=50) for number in range(400)]


async def spend(url: str, ledger: Path, seen: dict[int, Outcome], limits: Limits, prices: Prices | None = None) -> None:
    async with Endpoint(url, "m", ledger=ledger, max_in_flight=20, limits=limits, prices=prices) as endpoint:
        async for index, outcome in endpoint.map(REQUESTS):
            seen[index] = outcome  # noqa: PERF403 - kept as they come, since the end is an error


def slowly(call: Call) -> Say:
    return Say(completion("x", prompt_tokens=30, completion_tokens=20).payload, delay_s=0.005)


def test_max_requests_is_reached_and_not_crossed_over_several_sessions(tmp_path: Path) -> None:
    with ScriptedServer(slowly) as server:
        for limit in (70, 70, 100):
            seen: dict[int, Outcome] = {}
            with pytest.raises(BudgetExhausted, match=f"max_requests: {limit}.*raise the limit.*run again"):
                asyncio.run(spend(server.url, tmp_path, seen, Limits(max_requests=limit)))
            assert server.times.total() == limit
            assert len(seen) == limit  # what was in flight when the limit came in sight was finished and given


def test_retries_count_as_requests(tmp_path: Path) -> None:
    with ScriptedServer(lambda call: Say(status=429) if call.times == 1 else slowly(call)) as server:
        with pytest.raises(BudgetExhausted):
            asyncio.run(spend(server.url, tmp_path, {}, Limits(max_requests=30)))
        assert server.times.total() <= 30


def test_max_tokens_and_max_cost_are_not_crossed(tmp_path: Path) -> None:
    with ScriptedServer(slowly) as server:
        with pytest.raises(BudgetExhausted, match="max_tokens: 5,000"):
            asyncio.run(spend(server.url, tmp_path / "tokens", {}, Limits(max_tokens=5_000)))
        tokens = server.answered.total() * 50
        assert 4_500 <= tokens <= 5_000
        server.answered.clear()
        with pytest.raises(BudgetExhausted, match=r"max_cost: 0\.01.*spent"):
            asyncio.run(spend(server.url, tmp_path / "cost", {}, Limits(max_cost=0.01), Prices(1.0, 10.0)))
        cost = server.answered.total() * (30 * 1.0 + 20 * 10.0) / 1e6
        assert 0.008 <= cost <= 0.01


def test_the_receipt_adds_up(tmp_path: Path) -> None:
    async def run(url: str, first: bool) -> None:
        async with Endpoint(url, "m", ledger=tmp_path, prices=Prices(2.0, 4.0)) as endpoint:
            async for _ in endpoint.map(REQUESTS[:100]):
                pass
            receipt = endpoint.receipt()
        assert (receipt.requests, receipt.cached) == ((99, 0) if first else (0, 100))
        assert (receipt.prompt_tokens, receipt.completion_tokens) == ((2970, 1980) if first else (0, 0))
        assert receipt.cost == pytest.approx((2970 * 2 + 1980 * 4) / 1e6 if first else 0)
        assert receipt.failed == first
        assert receipt.resent == first
        assert receipt.per_row(50) == pytest.approx(receipt.cost / 50)
        assert receipt.per_row(0) is None
        assert "each row" in "\n".join(receipt.lines(accepted=50))

    def script(call: Call) -> Say:
        if call.prompt == "7":
            return Say(status=422)
        return Say(status=429) if call.prompt == "8" and call.times == 1 else slowly(call)

    with ScriptedServer(script) as server:
        asyncio.run(run(server.url, first=True))
        asyncio.run(run(server.url, first=False))


def test_nothing_is_in_flight_when_the_budget_stops_a_run_however_unequal_its_requests(tmp_path: Path) -> None:
    """The first error ends a task group, which calls off whatever is in flight: paid for, and lost."""

    async def run(url: str) -> tuple[int, int]:
        async with Endpoint(url, "m", ledger=tmp_path, max_in_flight=8, limits=Limits(max_tokens=6_000)) as endpoint:
            with pytest.raises(ExceptionGroup) as raised:
                async with asyncio.TaskGroup() as group:
                    for number in range(200):
                        group.create_task(endpoint.generate(ask(str(number), max_tokens=40 + 700 * (number % 2))))
            assert all(isinstance(error, BudgetExhausted) for error in raised.value.exceptions)
            return endpoint.tally.sent, endpoint.tally.answered

    with ScriptedServer(slowly) as server:
        sent, answered = asyncio.run(run(server.url))
        assert sent == answered == sum(times for prompt, times in server.answered.items() if prompt) > 20


def test_a_run_within_its_budget_ends_well(tmp_path: Path) -> None:
    with ScriptedServer(slowly) as server:
        limits = Limits(max_requests=400, max_tokens=400 * 200, max_cost=1.0)
        assert len(run_all(server.url, tmp_path, REQUESTS, limits=limits, max_in_flight=30)) == 400
