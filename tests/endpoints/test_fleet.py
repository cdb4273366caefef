"""How many requests go where: the knee, shares of unequal servers, servers that come and go, fixed rates."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from endpoint_requests import ask, run_all

from scripted_server import Call, Say, Script, ScriptedServer, completion
from synthllm.builder.endpoints import Completion, Endpoint, EndpointError, EndpointRefused
from synthllm.builder.endpoints.concurrency import Rate
from synthllm.builder.endpoints.knee import Knee


def simulate(
    slots: Callable[[float], int],
    seconds: float,
    ceiling: int,
    tokens: Callable[[random.Random], int] = lambda draw: 100,
    refuse_above: int | None = None,
) -> list[tuple[float, int]]:
    """Drive a knee against a server of so many slots at a time; returns (time, limit) at every reply.

    A request takes 50 ms for 100 tokens once it has a slot and waits for one before that; above `refuse_above` in
    flight it is refused at once.
    """
    draw, knee, now, in_flight, busy = random.Random(0), Knee(ceiling), 0.0, 0, 0
    events: list[tuple[float, int, int, float]] = []  # time, order, tokens (0 is a refusal), when it was sent
    queue: list[tuple[int, float]] = []
    order, history = itertools.count(), []
    while now < seconds:
        while in_flight < knee.limit:
            in_flight += 1
            size = tokens(draw)
            if refuse_above is not None and in_flight > refuse_above:
                heapq.heappush(events, (now + 0.02, next(order), 0, now))
            elif busy < slots(now):
                busy += 1
                heapq.heappush(events, (now + 0.05 * size / 100, next(order), size, now))
            else:
                queue.append((size, now))
        now, _, size, sent = heapq.heappop(events)
        if size:
            busy -= 1
            while queue and busy < slots(now):
                busy += 1
                following, waits_since = queue.pop(0)
                heapq.heappush(events, (now + 0.05 * following / 100, next(order), following, waits_since))
            knee.on_reply(now, now - sent, in_flight, size)
        else:
            knee.on_overload(now)
        in_flight -= 1
        history.append((now, knee.limit))
    return history


def limits_between(history: list[tuple[float, int]], start: float, end: float) -> float:
    return statistics.fmean(limit for now, limit in history if start <= now < end)


def of_many_lengths(draw: random.Random) -> int:
    return max(5, int(draw.lognormvariate(4.3, 0.8)))


@pytest.mark.parametrize("slots", [8, 32, 400])
def test_the_limit_finds_the_knee(slots: int) -> None:
    history = simulate(lambda now: slots, 40.0, ceiling=2000)
    assert 0.8 * slots <= limits_between(history, 30, 40) <= 1.5 * slots


def test_the_limit_finds_the_knee_with_replies_of_many_lengths() -> None:
    history = simulate(lambda now: 32, 40.0, ceiling=2000, tokens=of_many_lengths)
    assert 24 <= limits_between(history, 20, 40) <= 80


def test_the_limit_follows_a_server_that_becomes_slower_and_faster() -> None:
    history = simulate(lambda now: 128 if now < 20 or now > 60 else 32, 100.0, ceiling=2000, tokens=of_many_lengths)
    assert 100 <= limits_between(history, 10, 20) <= 220
    assert 24 <= limits_between(history, 45, 60) <= 80
    assert 100 <= limits_between(history, 85, 100) <= 220


def test_a_server_that_refuses_beyond_a_number_is_held_just_below_it() -> None:
    history = simulate(lambda now: 10**9, 20.0, ceiling=1000, refuse_above=100)
    assert 80 <= limits_between(history, 10, 20) <= 105


def test_a_server_without_a_knee_gets_all_that_is_allowed() -> None:
    history = simulate(lambda now: 10**9, 5.0, ceiling=300)
    assert limits_between(history, 2, 5) >= 270


def test_a_ramp_goes_on_after_one_slow_measurement_and_ends_after_two() -> None:
    """As where new connections are still being made: the first replies at a higher limit come late."""
    knee, now = Knee(2000), 0.0

    def replies(count: int, per_second: float) -> None:
        nonlocal now
        for _ in range(count):
            now += 1 / per_second
            knee.on_reply(now, 0.05, knee.limit, 100)

    replies(64, 1000)
    assert knee.limit == 256
    replies(256, 1000)
    assert knee.limit == 256
    replies(256, 4000)
    assert knee.limit == 1024
    replies(1024, 4000)
    assert knee.limit == 1024
    replies(1024, 4000)
    assert 256 <= knee.limit < 300


def test_a_slow_start_does_not_let_the_next_limits_pass() -> None:
    """As where connections take longer than replies: what was sent under the first limit measures it once more."""
    knee, now = Knee(2000), 0.4
    for _ in range(64):
        now += 1 / 320
        knee.on_reply(now, now, knee.limit, 100)
    assert knee.limit == 256
    began = now
    for number in range(512):
        now += 1 / 320
        knee.on_reply(now, now - began + (0.1 if number < 64 else -0.001), knee.limit, 100)
    assert 64 <= knee.limit < 80


def slots_script(count: int, service_s: float) -> Script:
    """A server that works on `count` requests at a time; others wait."""
    free = [0.0] * count
    lock = threading.Lock()

    def script(call: Call) -> Say:
        with lock:
            start = max(time.monotonic(), heapq.heappop(free))
            heapq.heappush(free, start + service_s)
        return Say(completion("x").payload, delay_s=start + service_s - time.monotonic())

    return script


def test_a_real_server_is_kept_at_its_knee_and_not_at_the_ceiling(tmp_path: Path) -> None:
    work, held = slots_script(16, 0.05), []

    def script(call: Call) -> Say:
        held.append(server.in_flight)
        return work(call)

    with ScriptedServer(script) as server:
        run_all(server.url, tmp_path, [ask(str(number)) for number in range(2000)], max_in_flight=500)
    assert statistics.median(held[1200:]) < 100


def test_unequal_servers_share_by_what_they_can_do(tmp_path: Path) -> None:
    """They can do four times as much as each other; their work takes long enough that a busy machine does not show."""
    with ScriptedServer(slots_script(4, 0.1)) as slow, ScriptedServer(slots_script(16, 0.1)) as fast:
        run_all([slow.url, fast.url], tmp_path, [ask(str(number)) for number in range(1000)], max_in_flight=100)
        assert 2.0 < fast.times.total() / slow.times.total() < 8.0
        assert not fast.times & slow.times


def test_of_two_servers_one_may_die_and_come_back(tmp_path: Path) -> None:
    requests = [ask(str(number)) for number in range(1200)]

    def script(call: Call) -> Say:
        return Say(completion("x").payload, delay_s=0.02)

    async def run(urls: list[str], mortal: ScriptedServer) -> tuple[int, Counter[str]]:
        second: Counter[str] = Counter()
        async with Endpoint(urls, "m", ledger=tmp_path, max_in_flight=8) as endpoint:
            answered = 0
            revived: ScriptedServer | None = None
            async for _, outcome in endpoint.map(requests):
                assert isinstance(outcome, Completion)
                answered += 1
                if answered == 200:
                    await asyncio.to_thread(mortal.stop)
                if answered == 400:
                    revived = ScriptedServer(script, port=mortal.port)
                    await asyncio.to_thread(revived.__enter__)
            assert revived is not None
            second = revived.times
            await asyncio.to_thread(revived.stop)
        return answered, second

    with ScriptedServer(script) as steady, ScriptedServer(script) as mortal:
        answered, second = asyncio.run(run([steady.url, mortal.url], mortal))
        assert answered == 1200
        assert mortal.times.total() > 50
        assert second.total() > 50
        paid = steady.answered + mortal.answered + second
        assert sum(times - 1 for times in paid.values()) <= 8  # what was in flight at the one that died


def test_a_run_starts_while_one_of_its_servers_is_still_down(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        outcomes = run_all(["http://127.0.0.1:9", server.url], tmp_path, [ask(str(number)) for number in range(50)])
        assert all(isinstance(outcome, Completion) for outcome in outcomes.values())


def test_servers_of_different_models_are_refused() -> None:
    with ScriptedServer(dialect="vllm") as one, ScriptedServer(dialect="vllm") as other:
        other.routes["GET", "/v1/models"] = lambda call: Say({"data": [{"id": "other/model", "owned_by": "vllm"}]})
        with pytest.raises(EndpointRefused, match="expected one model at all urls") as raised:
            run_all([one.url, other.url], None, [ask("x")], model=None)
        assert "other/model" in str(raised.value)
        assert "tiny/model" in str(raised.value)


def test_requests_per_minute_are_never_exceeded(tmp_path: Path) -> None:
    arrivals: list[float] = []

    def script(call: Call) -> Say:
        arrivals.append(time.monotonic())
        return completion("x")

    with ScriptedServer(script) as server:
        run_all(server.url, tmp_path, [ask(str(number)) for number in range(60)], requests_per_minute=1200)
    assert arrivals[-1] - arrivals[0] > 1.8  # sixty at twenty a second, the first second's worth at once


def test_no_minute_exceeds_a_rate() -> None:
    """Take as fast as it lets, on a clock of our own, for ten minutes."""
    rate, now = Rate(90), 1000.0
    rate._at = now
    taken = []
    while now < 1600.0:
        wait_s = rate.wait_s(1, now)
        if wait_s:
            now += wait_s + 1e-6
            continue
        rate.take(1)
        taken.append(now)
    busiest = max(sum(start <= one < start + 60 for one in taken) for start in taken)
    assert busiest <= 90
    assert len(taken) > 0.9 * 90 * 10


def test_tokens_per_minute_hold_back_and_unused_tokens_are_given_back(tmp_path: Path) -> None:
    with ScriptedServer(lambda call: completion("x", prompt_tokens=10, completion_tokens=90)) as server:
        began = time.monotonic()
        requests = [ask(str(number), max_tokens=400) for number in range(40)]
        run_all(server.url, tmp_path, requests, tokens_per_minute=120_000)
        assert time.monotonic() - began > 0.8  # 40 x 100 tokens at 2,000 a second, less the first second's worth
    # The same on a clock of our own: what is set aside and not used does not hold others back, which would take 8 s.
    rate = Rate(120_000)
    began = now = rate._at
    for _ in range(40):
        now += rate.wait_s(430, now)
        rate.take(430)
        rate.give_back(330)
    assert 0.8 < now - began < 2.0


def test_the_limit_of_open_files_is_raised_as_far_as_needed_and_said_where_it_cannot_be() -> None:
    code = """
import asyncio, resource, sys
from synthllm.builder.endpoints import Endpoint, EndpointError
async def enter(count):
    async with Endpoint("http://127.0.0.1:9", "m", max_in_flight=count):
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
resource.setrlimit(resource.RLIMIT_NOFILE, (300, 3000))
print(asyncio.run(enter(2000)) >= 2000)
try:
    asyncio.run(enter(5000))
except EndpointError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0] == "True"
    assert "5000 requests need as many connections" in said[1]
    assert "at most 2744" in said[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"urls": []}, "none was given"),
        ({"urls": "localhost:8080"}, "not an address"),
        ({"urls": "ftp://x"}, "not an address"),
        ({"urls": "http://x:99999"}, "Port out of range"),
        ({"urls": "http://user:secret@x:99999"}, "Port out of range"),
        ({"urls": "http://[::1"}, "Invalid IPv6"),
        ({"urls": "http://x y"}, "characters that no address has"),
        ({"urls": "http://x\nevil: 1"}, "characters that no address has"),
        ({"urls": "http://user:secret@host"}, "a name or password"),
        ({"urls": "http://x", "dialect": "tgj"}, "known dialects: tgi"),
        ({"urls": "http://x", "max_in_flight": 0}, "at least 1"),
        ({"urls": "http://x", "token": "a b"}, "characters that no token has"),
    ],
)
def test_arguments_that_make_no_sense_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(EndpointError, match=message) as raised:
        Endpoint(**options)  # type: ignore[arg-type]
    assert "secret" not in str(raised.value)
