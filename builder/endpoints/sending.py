"""The course of one request: sent to one server after another until it is answered, or has failed by its own fault."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson

from .budget import Budget, Tally
from .concurrency import Fleet, Server
from .context import Context
from .dialects import Dialect, body_of
from .dialing import TransportError
from .failures import FINAL, backoff_s, judge, retry_after_s
from .health import Health
from .ledger import Ledger
from .protocol import Completion, EndpointRefused, Failure, Outcome, Request


@dataclass(slots=True)
class Course:
    """What has become of a request so far.

    Attributes:
        prompt_tokens: The most that its prompt may have; 0 where nobody needs to know.
        shortened: Whether its document was cut to make it fit.
        rests: Called before it waits to be sent again.
        body: It as JSON, in the `dialect` that it was last sent in.
        sent: How often it was sent; `charged` of these counted against it, as `waited` did not.
        blamed: Whether it once failed while the server answered others.
        put_off_since: When it was first put off (429, 503), None where it was not.
    """

    request: Request
    model: str
    prompt_tokens: int
    shortened: bool
    rests: Callable[[], None]
    dialect: Dialect | None = None
    body: bytes = b""
    sent: int = 0
    charged: int = 0
    waited: int = 0
    blamed: bool = False
    put_off_since: float | None = None

    @property
    def most(self) -> int:
        """The most tokens that prompt and reply may come to."""
        return self.prompt_tokens + self.request.max_tokens


class Attempt(NamedTuple):
    """What came of sending a request once. Times are in seconds on the monotonic clock."""

    outcome: Outcome
    began: float
    ended: float
    asked_s: float | None  # what Retry-After asks for

    @property
    def is_final(self) -> bool:
        """Whether sending again would bring nothing else."""
        return isinstance(self.outcome, Completion) or self.outcome.kind in FINAL


class Sender:
    """Sends requests within the budget, counts what comes of them, and keeps it in the ledger."""

    def __init__(
        self,
        fleet: Fleet,
        health: Health,
        budget: Budget | None,
        ledger: Ledger | None,
        tally: Tally,
        context: Context,
        timeout_s: float,
        max_attempts: int,
    ) -> None:
        self._fleet = fleet
        self._health = health
        self._budget = budget
        self._ledger = ledger
        self._tally = tally
        self._context = context
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts

    @property
    def estimates(self) -> bool:
        """Whether the number of tokens of a prompt is needed before it is sent."""
        return self._context.is_known or self._budget is not None or self._fleet.tokens_rate is not None

    async def send(self, course: Course, key: bytes) -> Outcome:
        """Send a request until that is over.

        Raises:
            EndpointError: The run cannot go on.
            StoreError: The ledger cannot be written.
        """
        while True:
            if self._budget is not None:
                await self._budget.promise(course.prompt_tokens, course.request.max_tokens)
            sent_before, outcome = course.sent, None
            try:
                server = await self._fleet.acquire(course.most)
                try:
                    attempt = await self._attempt(server, course)
                    outcome = attempt.outcome
                    if attempt.is_final:  # in flight until it is on disk
                        await self.keep(key, outcome, attempt.ended - attempt.began, course)
                        return outcome
                finally:
                    self._fleet.release(server)
            finally:
                if self._budget is not None:
                    sent = course.sent > sent_before
                    self._budget.settle(course.prompt_tokens, course.request.max_tokens, sent, outcome)
            assert isinstance(outcome, Failure)
            if await self._is_over(server, outcome, course, key, attempt.began):
                await self.keep(key, outcome, attempt.ended - attempt.began, course)
                return outcome
            self._tally.count_retry(outcome.kind)
            if outcome.kind != "unreachable":  # then the queue waits for the server to come back
                course.rests()
                await asyncio.sleep(backoff_s(course.charged + course.waited, attempt.asked_s))

    async def keep(self, key: bytes, outcome: Outcome, latency_s: float, course: Course) -> None:
        """Count the outcome of a request, and wait until it is on disk."""
        self._tally.count(outcome, latency_s, course.request.messages[-1]["content"])
        if self._ledger is not None:
            await self._ledger.record(key, outcome, latency_s, course.sent)

    async def _attempt(self, server: Server, course: Course) -> Attempt:
        """Send a request once, and learn from what comes back."""
        dialect = server.dialect
        assert dialect is not None
        if course.dialect is not dialect:
            course.dialect, course.body = dialect, orjson.dumps(body_of(dialect, course.request, course.model))
        course.sent += 1
        self._tally.sent += 1
        outcome: Outcome
        began, asked_s = time.monotonic(), None
        try:
            deadline_s = server.deadline_s(course.request.max_tokens, self._timeout_s)
            reply = await server.origin.send("POST", dialect.path, course.body, deadline_s)
            outcome = judge(reply, dialect, server.origin.url)
            if isinstance(outcome, Failure):
                asked_s = retry_after_s(reply)
        except TransportError as error:
            outcome = Failure(error.kind, None, error.detail)
        except EndpointRefused as error:
            raise self._fleet.stop(error) from error
        ended = time.monotonic()
        if isinstance(outcome, Completion):
            if course.shortened or not outcome.model:
                outcome = replace(outcome, model=outcome.model or course.model, shortened=course.shortened)
            if server.on_success(ended, ended - began, outcome.prompt_tokens, outcome.completion_tokens):
                self._fleet.admit()
            self._learn(course, outcome)
        elif outcome.kind in ("overloaded", "waking"):
            server.knee.on_overload(ended)
        return Attempt(outcome, began, ended, asked_s)

    def _learn(self, course: Course, outcome: Completion) -> None:
        """Learn how many tokens a byte of a prompt has; give back what the rate limit had set aside."""
        if self.estimates:
            self._context.observe(course.request, outcome.prompt_tokens)
        if self._fleet.tokens_rate is not None:
            self._fleet.tokens_rate.give_back(course.most - outcome.prompt_tokens - outcome.completion_tokens)

    async def _is_over(self, server: Server, failure: Failure, course: Course, key: bytes, began: float) -> bool:
        """Whether a request that failed is not to be sent again; takes the server out where it is to blame."""
        if self._health.blames(server, failure, key, began, course.blamed):
            course.charged += 1
            course.blamed = course.blamed or server.last_success > began
        else:
            course.waited += 1
        if course.charged >= self._max_attempts and await self._is_own_fault(server, failure, course):
            return True
        if failure.kind not in ("overloaded", "waking"):
            return False
        if course.put_off_since is None:
            course.put_off_since = began
        return self._health.give_up(failure, course.put_off_since)

    async def _is_own_fault(self, server: Server, failure: Failure, course: Course) -> bool:
        """Whether a request that used up its attempts is to blame; the server is asked where nothing else shows it."""
        if course.blamed or await self._health.is_well(server):
            return True
        self._health.take_out(server, failure)
        return False
