"""Which server gets the next request, and when.

All requests wait in one queue, first come first served, for room at any server: under its own knee, under the limit of
requests in flight over all of them, and under the rates per minute where the user has them.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from ..errors import EndpointError
from .dialects import Dialect
from .knee import Knee
from .origins import Origin

IDLE_S = 5.0
"""A server that had nothing to do for so long is tried again, whatever its last round trip took."""


class Rate:
    """A limit per minute that no window of sixty seconds exceeds.

    A bucket holds one second's worth and is filled at what is left of the minute. An amount of more than that is let
    through when the bucket is full, and what it took too much is waited for before the next.
    """

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._size = max(1.0, per_minute / 60)
        self._per_second = max(per_minute - self._size, per_minute / 2) / 60
        self._level = self._size
        self._at = time.monotonic()

    def wait_s(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken; an amount above the bucket's size waits until the bucket is full."""
        self._level = min(self._size, self._level + (now - self._at) * self._per_second)
        self._at = now
        missing = min(amount, self._size) - self._level
        return missing / self._per_second if missing > 1e-9 else 0.0

    def take(self, amount: float) -> None:
        """Take `amount`; what is more than there is, is owed."""
        self._level -= amount

    def give_back(self, amount: float) -> None:
        """Return what was taken and not used."""
        self._level = min(self._size, self._level + amount)


class Server:
    """One URL of the fleet: its connections, its knee, what it was found to be, and how it has answered lately."""

    def __init__(self, origin: Origin, ceiling: int) -> None:
        self.origin = origin
        self.knee = Knee(ceiling)
        self.dialect: Dialect | None = None
        self.in_flight = 0
        self.up = True
        self.trial = False  # back again, and to prove it with one request
        self.latency_s = 0.0
        self.pace_s = 0.0  # slowest seconds per token lately
        self.last_sent = 0.0
        self.last_success = 0.0
        self.down_for = ""
        self.pause_s = 0.5
        self.suspects: set[bytes] = set()

    def room(self) -> int:
        """How many more requests it takes now."""
        return (1 if self.trial else self.knee.limit) - self.in_flight if self.up else 0

    def score(self, now: float) -> float:
        """How long one more request would take here, as far as can be told; lower is better."""
        if now - self.last_sent > IDLE_S:
            return 0.0
        return self.latency_s * (self.in_flight + 1) / self.knee.limit

    def on_success(self, now: float, latency_s: float, prompt_tokens: int, completion_tokens: int) -> bool:
        """Learn from an answer; True where more room came of it."""
        self.latency_s += (latency_s - self.latency_s) * (0.05 if self.latency_s else 1.0)
        self.pace_s = max(self.pace_s * 0.9995, latency_s / (completion_tokens or 1))
        self.last_success = now
        if self.suspects:
            self.suspects.clear()
        opened = self.trial
        if opened:
            self.trial = False
            self.pause_s = 0.5
        return self.knee.on_reply(now, latency_s, self.in_flight, completion_tokens) or opened

    def deadline_s(self, max_tokens: int, longest_s: float) -> float:
        """How long a reply may take: a generous multiple of what the slowest of late would need for `max_tokens`.

        So that a connection that died in silence is not waited on for the whole of `longest_s`.
        """
        return min(longest_s, 30.0 + 4.0 * max_tokens * self.pace_s) if self.pace_s else longest_s


class Fleet:
    """The servers, and the queue of requests that wait for one of them.

    Args:
        servers: At least one.
        max_in_flight: Over all servers.
        requests_per_minute: No limit where None; `tokens_per_minute` likewise, prompt and reply counted together.
    """

    def __init__(
        self,
        servers: list[Server],
        max_in_flight: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
    ) -> None:
        self.servers = servers
        self.max_in_flight = max_in_flight
        self.in_flight = 0
        self.fatal: EndpointError | None = None
        self.requests_rate = Rate(requests_per_minute) if requests_per_minute else None
        self.tokens_rate = Rate(tokens_per_minute) if tokens_per_minute else None
        self._waiting: deque[tuple[asyncio.Future[Server], int]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def _pick(self, tokens: int) -> Server | None:
        """Take room for a request of at most `tokens`, or None."""
        if self.in_flight >= self.max_in_flight:
            return None
        best = None
        if len(self.servers) == 1:
            if self.servers[0].room() > 0:
                best = self.servers[0]
        else:
            now = time.monotonic()
            best = min((one for one in self.servers if one.room() > 0), key=lambda one: one.score(now), default=None)
            if best is not None:
                best.last_sent = now
        if best is None or not self._within_rates(tokens):
            return None
        best.in_flight += 1
        self.in_flight += 1
        return best

    def _within_rates(self, tokens: int) -> bool:
        """Take from the rates, or set the timer for when that will be possible."""
        if self.requests_rate is None and self.tokens_rate is None:
            return True
        now = time.monotonic()
        wait_s = max(
            self.requests_rate.wait_s(1, now) if self.requests_rate else 0.0,
            self.tokens_rate.wait_s(tokens, now) if self.tokens_rate else 0.0,
        )
        if wait_s > 0:
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(wait_s, self._on_timer)
            return False
        if self.requests_rate:
            self.requests_rate.take(1)
        if self.tokens_rate:
            self.tokens_rate.take(tokens)
        return True

    def _on_timer(self) -> None:
        self._timer = None
        self.admit()

    async def acquire(self, tokens: int) -> Server:
        """Wait for room at a server, first come first served.

        Args:
            tokens: The most that prompt and reply may come to.

        Raises:
            EndpointError: The run was stopped.
        """
        if self.fatal is not None:
            raise self.fatal
        server = None if self._waiting else self._pick(tokens)
        if server is not None:
            return server
        place: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
        self._waiting.append((place, tokens))
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.release(place.result())  # room was given just as the wait was called off
            raise

    def release(self, server: Server) -> None:
        """Give room back."""
        server.in_flight -= 1
        self.in_flight -= 1
        if self._waiting:
            self.admit()

    def admit(self) -> None:
        """Let those who wait go on, as far as there is room."""
        while self._waiting:
            place, tokens = self._waiting[0]
            if place.done():  # called off
                self._waiting.popleft()
                continue
            server = self._pick(tokens)
            if server is None:
                return
            self._waiting.popleft()
            place.set_result(server)

    def stop(self, error: EndpointError) -> EndpointError:
        """Let nothing more be sent: all who wait, now or later, get the first such error, which is returned."""
        if self.fatal is None:
            self.fatal = error
        for place, _ in self._waiting:
            if not place.done():
                place.set_exception(self.fatal)
        self._waiting.clear()
        return self.fatal

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
