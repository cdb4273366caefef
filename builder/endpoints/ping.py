"""Measure one server: what it is, how fast it answers, and how many requests at a time it makes good use of."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from .dialing import TransportError
from .failures import judge
from .origins import Origin
from .probe import Probed
from .protocol import Completion, EndpointUnavailable, Failure, Request

PROMPT = "Question {number}: name the capital of a country, and say in two sentences what it is known for."
GAIN = 1.1
"""Doubling the requests in flight must raise throughput by this factor, or the knee is found."""


@dataclass(frozen=True, slots=True)
class Level:
    """What was measured at one number in flight."""

    in_flight: int
    requests_per_s: float
    tokens_per_s: float
    median_s: float
    failed: int


@dataclass(frozen=True, slots=True)
class Ping:
    """What a server was measured to do."""

    probed: Probed
    latency_s: float
    levels: tuple[Level, ...]

    @property
    def best(self) -> Level:
        """The level of highest throughput."""
        return max(self.levels, key=lambda level: level.tokens_per_s)

    @property
    def knee(self) -> int:
        """The smallest number in flight that comes within a tenth of the best throughput."""
        return next(level.in_flight for level in self.levels if level.tokens_per_s * GAIN >= self.best.tokens_per_s)


async def measure(
    origin: Origin,
    probed: Probed,
    max_in_flight: int,
    max_tokens: int,
    progress: Callable[[Level], None] = lambda level: None,
) -> Ping:
    """Ask with 1, 2, 4, ... requests in flight until more of them bring no more.

    Raises:
        EndpointUnavailable: No request at all was answered.
    """
    numbers = itertools.count()
    alone = await _level(origin, probed, 1, 5, max_tokens, numbers)
    if alone.failed == 5:
        failure = await _ask(origin, probed, max_tokens, next(numbers))
        said = f"{failure.kind}, {failure.detail}" if isinstance(failure, Failure) else "a sixth one was"
        raise EndpointUnavailable(f"{origin.url}: none of 5 requests was answered ({said}); see the server's log")
    progress(alone)
    levels, flat, in_flight = [alone], 0, 2
    while in_flight <= max_in_flight and flat < 2:
        level = await _level(origin, probed, in_flight, max(8, 3 * in_flight), max_tokens, numbers)
        progress(level)
        flat = flat + 1 if level.tokens_per_s < GAIN * max(one.tokens_per_s for one in levels) else 0
        levels.append(level)
        in_flight *= 2
    return Ping(probed, alone.median_s, tuple(levels))


async def _level(
    origin: Origin, probed: Probed, in_flight: int, count: int, max_tokens: int, numbers: itertools.count[int]
) -> Level:
    left, tokens, failed = iter(range(count)), 0, 0
    latencies: list[float] = []

    async def work() -> None:
        nonlocal tokens, failed
        for _ in left:
            began = time.monotonic()
            outcome = await _ask(origin, probed, max_tokens, next(numbers))
            if isinstance(outcome, Completion):
                latencies.append(time.monotonic() - began)
                tokens += outcome.completion_tokens
            else:
                failed += 1

    began = time.monotonic()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    wall_s = max(time.monotonic() - began, 1e-9)
    median_s = statistics.median(latencies) if latencies else 0.0
    return Level(in_flight, len(latencies) / wall_s, tokens / wall_s, median_s, failed)


async def _ask(origin: Origin, probed: Probed, max_tokens: int, number: int) -> Completion | Failure:
    dialect = probed.dialect
    content = PROMPT.format(number=number)
    request = Request(messages=[{"role": "user", "content": content}], max_tokens=max_tokens, seed=number)
    try:
        reply = await origin.send("POST", dialect.path, orjson.dumps(dialect.encode(request, probed.model)), 120.0)
    except TransportError as error:
        return Failure(error.kind, None, error.detail)
    return judge(reply, dialect, origin.url)
