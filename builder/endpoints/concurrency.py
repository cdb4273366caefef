"""How many requests are in flight at each URL, and which URL gets the next one.

Each URL has its own limit, which looks for the knee by itself: the number in flight beyond which more requests only
wait longer. Requests wait in one queue for whichever URL has room first.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from ..errors import EndpointError
from .transport import Origin


class Knee:
    """The limit of requests in flight at one URL.

    Args:
        ceiling: Never more than this.
        start: The first limit.
    """

    def __init__(self, ceiling: int, start: int = 64) -> None:
        self.ceiling = ceiling
        self.limit = min(start, ceiling)
        self._cut_until = 0.0

    def on_reply(self, now: float, in_flight: int, latency_s: float, tokens: int) -> None:
        """A request was answered after `latency_s`, with `in_flight` of them out when it was."""
        if in_flight * 10 >= self.limit * 9 and self.limit < self.ceiling:
            self.limit += 1

    def on_overload(self, now: float, latency_s: float) -> None:
        """The server said that it has too much to do (429, 503): go down, at most once per round trip."""
        if now < self._cut_until:
            return
        self.limit = max(1, int(self.limit * 0.7))
        self._cut_until = now + max(latency_s, 0.05)


class Server:
    """One URL of the fleet: its connection pool, its limit, and whether it can be used."""

    def __init__(self, origin: Origin, ceiling: int) -> None:
        self.origin = origin
        self.knee = Knee(ceiling)
        self.in_flight = 0
        self.up = True
        self.trial = False
        self.latency_s = 0.0
        self.last_success = 0.0
        self.answered = 0

    @property
    def has_room(self) -> bool:
        """Whether one more request may be sent now."""
        return self.up and self.in_flight < (1 if self.trial else self.knee.limit)


class Fleet:
    """The servers, and the queue of requests that wait for room at one of them."""

    def __init__(self, servers: list[Server], max_in_flight: int) -> None:
        self.servers = servers
        self.max_in_flight = max_in_flight
        self.in_flight = 0
        self.fatal: EndpointError | None = None
        self._waiting: deque[asyncio.Future[Server]] = deque()

    def _pick(self) -> Server | None:
        """The server with room that would answer soonest: round trip time times the share of its limit in use."""
        best, best_score = None, 0.0
        if self.in_flight >= self.max_in_flight:
            return None
        for server in self.servers:
            if server.has_room:
                score = (server.latency_s or 1e-3) * (server.in_flight + 1) / server.knee.limit
                if best is None or score < best_score:
                    best, best_score = server, score
        return best

    async def acquire(self) -> Server:
        """Wait for room at a server, first come first served.

        Raises:
            EndpointError: The run was stopped while waiting.
        """
        if self.fatal is not None:
            raise self.fatal
        server = self._pick() if not self._waiting else None
        if server is None:
            place: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                return await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled() and place.exception() is None:
                    self.release(place.result())  # the room was given just as the wait was called off
                raise
        server.in_flight += 1
        self.in_flight += 1
        return server

    def release(self, server: Server) -> None:
        """Give room back."""
        server.in_flight -= 1
        self.in_flight -= 1
        if self._waiting:
            self.admit()

    def admit(self) -> None:
        """Let those who wait go on, as far as there is room."""
        while self._waiting:
            if self._waiting[0].done():
                self._waiting.popleft()
                continue
            server = self._pick()
            if server is None:
                return
            server.in_flight += 1
            self.in_flight += 1
            self._waiting.popleft().set_result(server)

    def stop(self, error: EndpointError) -> None:
        """Let nothing more be sent; everyone who waits, now or later, gets `error`."""
        if self.fatal is None:
            self.fatal = error
        for place in self._waiting:
            if not place.done():
                place.set_exception(self.fatal)
        self._waiting.clear()


def monotonic() -> float:
    """Seconds of the event loop's clock."""
    return time.monotonic()
