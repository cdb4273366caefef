"""What a run may spend, what it is expected to, and what it has.

A request is let through only if the most that it could come to still fits, on top of what is spent and what those in
flight could come to. So no limit is ever crossed; what a reply leaves unused is free again when it arrives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .protocol import BudgetExhausted, Completion, Failure, Outcome

SLOWEST_KEPT = 10


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per million tokens, in any one currency."""

    prompt: float = 0.0
    completion: float = 0.0

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a run, over all its sessions; None where there is none."""

    max_requests: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None

    def __bool__(self) -> bool:
        return not (self.max_requests is None and self.max_tokens is None and self.max_cost is None)


@dataclass(slots=True)
class Tally:
    """Counts of one session, or the sum of several.

    Attributes:
        sent: Requests sent, every attempt counted.
        answered: Completions received. `cached` were in the ledger already and are not among them.
        failures: Rows that failed, by kind.
        retried: Attempts that were to be repeated, by kind.
        slowest: Seconds and first words of the prompt of the slowest answers, slowest first.
    """

    sent: int = 0
    answered: int = 0
    cached: int = 0
    truncated: int = 0
    shortened: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)
    retried: dict[str, int] = field(default_factory=dict)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Rows that failed."""
        return sum(self.failures.values())

    @property
    def resent(self) -> int:
        """Requests sent beyond one for every row: retries, and what was in flight when a run was killed."""
        return self.sent - self.answered - self.failed + self.failures.get("too_long", 0)  # that kind is never sent

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens."""
        return self.prompt_tokens + self.completion_tokens

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tally:
        """From the ledger; a session that was killed at once has no counts."""
        tally = cls(**values)
        tally.slowest = [(float(seconds), str(words)) for seconds, words in tally.slowest]
        return tally

    def add(self, other: Tally) -> None:
        """Add the counts of another session."""
        for name in ("sent", "answered", "cached", "truncated", "shortened", "prompt_tokens", "completion_tokens"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        for mine, theirs in ((self.failures, other.failures), (self.retried, other.retried)):
            for kind, count in theirs.items():
                mine[kind] = mine.get(kind, 0) + count
        self.slowest = sorted([*self.slowest, *other.slowest], reverse=True)[:SLOWEST_KEPT]

    def count(self, outcome: Outcome, latency_s: float, prompt: str) -> None:
        """Count the outcome of a row."""
        if isinstance(outcome, Failure):
            self.failures[outcome.kind] = self.failures.get(outcome.kind, 0) + 1
            return
        self.answered += 1
        self.prompt_tokens += outcome.prompt_tokens
        self.completion_tokens += outcome.completion_tokens
        self.truncated += outcome.finish_reason == "length"
        self.shortened += outcome.shortened
        if len(self.slowest) < SLOWEST_KEPT or latency_s > self.slowest[-1][0]:
            self.slowest.append((round(latency_s, 3), " ".join(prompt[:80].split())))
            self.slowest.sort(reverse=True)
            del self.slowest[SLOWEST_KEPT:]

    def count_retry(self, kind: str) -> None:
        """Count an attempt that is to be repeated."""
        self.retried[kind] = self.retried.get(kind, 0) + 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a session has come to."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cost: float
    cached: int = 0
    failed: int = 0
    resent: int = 0

    def per_row(self, accepted: int) -> float | None:
        """Cost of each accepted row; None where there is none."""
        return self.cost / accepted if accepted else None

    def lines(self, accepted: int | None = None) -> list[str]:
        """The receipt for reading."""
        text = [
            f"requests   {self.requests:,} ({self.cached:,} more were in the ledger, {self.failed:,} failed, "
            f"{self.resent:,} sent again)",
            f"tokens     {self.prompt_tokens:,} in, {self.completion_tokens:,} out",
            f"cost       {self.cost:,.4f}",
            f"time       {self.seconds:,.1f} s",
        ]
        if accepted is not None:
            each = self.per_row(accepted)
            text.append(f"each row   {'none was accepted' if each is None else f'{each:,.6f} ({accepted:,} accepted)'}")
        return text


class Budget:
    """The limits of a run, and what is spent and promised of them.

    Args:
        spent: Of earlier sessions of the same run.
    """

    def __init__(self, limits: Limits, prices: Prices, spent: Tally) -> None:
        self.limits = limits
        self.prices = prices
        self._requests = spent.sent
        self._prompt_tokens = spent.prompt_tokens
        self._completion_tokens = spent.completion_tokens
        self._promised: list[int] = [0, 0, 0]  # requests, prompt tokens, completion tokens
        self._used_up = ""  # by what the run was stopped
        self._changed = asyncio.Event()

    def _crossed(self, prompt_tokens: int, completion_tokens: int) -> str | None:
        """The limit that one more request could cross, with the numbers; None where it fits."""
        requests = self._requests + self._promised[0] + 1
        prompt = self._prompt_tokens + prompt_tokens + self._promised[1]
        completion = self._completion_tokens + completion_tokens + self._promised[2]
        limits, cost = self.limits, self.prices.cost(prompt, completion)
        if limits.max_requests is not None and requests > limits.max_requests:
            return f"max_requests: {limits.max_requests:,}; {self._requests:,} were sent"
        if limits.max_tokens is not None and prompt + completion > limits.max_tokens:
            used = self._prompt_tokens + self._completion_tokens
            return f"max_tokens: {limits.max_tokens:,}; {used:,} are used and the next request may need " + (
                f"{prompt_tokens + completion_tokens:,}"
            )
        if limits.max_cost is not None and cost > limits.max_cost:
            used_cost = self.prices.cost(self._prompt_tokens, self._completion_tokens)
            next_cost = self.prices.cost(prompt_tokens, completion_tokens)
            return f"max_cost: {limits.max_cost:g}; {used_cost:.4f} is spent and the next request may cost " + (
                f"{next_cost:.4f}"
            )
        return None

    async def promise(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Set aside the most that a request may come to; waits for those in flight where that decides.

        Raises:
            BudgetExhausted: It would not fit even if those in flight came to nothing more, or another did not.
        """
        while not self._used_up and (crossed := self._crossed(prompt_tokens, completion_tokens)) is not None:
            if not self._promised[0]:
                # Nothing is in flight, so this is the moment to stop: a smaller request might still fit, and would be
                # paid for and lost where the run is ended by the error that the larger one gets.
                self._used_up = crossed
                self._changed.set()
                break
            self._changed.clear()
            await self._changed.wait()
        if self._used_up:
            raise BudgetExhausted(
                f"the budget is used up ({self._used_up}); every answer so far is saved: raise the limit in the recipe "
                "and run again to go on"
            )
        self._promise(1, prompt_tokens, completion_tokens)

    def _promise(self, requests: int, prompt_tokens: int, completion_tokens: int) -> None:
        for at, amount in enumerate((requests, prompt_tokens, completion_tokens)):
            self._promised[at] += amount

    def settle(self, prompt_tokens: int, completion_tokens: int, sent: bool, outcome: Outcome | None) -> None:
        """Replace what was set aside by what the request came to, where it was sent."""
        self._promise(-1, -prompt_tokens, -completion_tokens)
        self._requests += sent
        if isinstance(outcome, Completion):
            self._prompt_tokens += outcome.prompt_tokens
            self._completion_tokens += outcome.completion_tokens
        self._changed.set()
