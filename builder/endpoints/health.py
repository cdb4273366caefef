"""Whether a server can be used: when to take one out, how to let it back in, and when to give up.

A failure is the request's own fault only where the server shows that it answers others. So:

- a refused connection takes the server out at once;
- several 503 with no answer in between, or ten different requests failing with none, take it out;
- a server that is out is asked for its health, at growing intervals; when that is well it gets one request, and with
  its answer all others;
- where no server has answered for as long as the recipe's patience, the run stops.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

from .concurrency import Fleet, Server
from .dialing import TransportError
from .protocol import EndpointRefused, EndpointUnavailable, Failure

log = logging.getLogger("synthllm.endpoints")

SUSPECTS_TO_OPEN = 10
"""So many different requests that fail with no answer in between are the server's fault, whatever its health says."""
REFUSALS_TO_OPEN = 3
MAX_PAUSE_S = 15.0


class Health:
    """Watches over the servers of a fleet.

    Args:
        patience_s: How long no server may answer before the run stops.
        waking_patience_s: The same where a server says that it is starting (503).
        find: Asks a server what it is; called before a server that was never asked is used.
    """

    def __init__(
        self,
        fleet: Fleet,
        patience_s: float,
        waking_patience_s: float,
        find: Callable[[Server], Awaitable[None]],
    ) -> None:
        self._fleet = fleet
        self._patience_s = patience_s
        self._waking_patience_s = max(patience_s, waking_patience_s)
        self._find = find
        self._dark_since: float | None = None  # when the last server that could be used was taken out
        self._watches: set[asyncio.Task[None]] = set()
        self._refusals: dict[Server, int] = {}

    def blames(self, server: Server, failure: Failure, key: bytes, sent_at: float, blamed: bool) -> bool:
        """Whether a failure counts against the request; takes the server out where it is the server's.

        Args:
            sent_at: When the failed attempt was sent.
            blamed: Whether an earlier failure of this request counted while the server answered others.
        """
        if failure.kind == "overloaded":
            return False
        if failure.kind == "unreachable":
            self.take_out(server, failure)
            return False
        answered_since = server.last_success > sent_at
        if failure.kind == "waking":
            refusals = 1 if answered_since else self._refusals.get(server, 0) + 1
            self._refusals[server] = refusals
            if refusals >= REFUSALS_TO_OPEN:
                self.take_out(server, failure)
            return False
        if answered_since or blamed:
            return True
        server.suspects.add(key)
        if len(server.suspects) < SUSPECTS_TO_OPEN:
            return True
        self.take_out(server, failure)
        return False

    def take_out(self, server: Server, failure: Failure) -> None:
        """Send nothing more to a server until it is well."""
        if not server.up:
            return
        server.up = server.trial = False
        server.down_for = failure.kind
        self._refusals.pop(server, None)
        log.warning("%s is out: %s, %s", server.origin.url, failure.kind, failure.detail)
        if self._dark_since is None or self._last_success() > self._dark_since:
            self._dark_since = time.monotonic()
        watch = asyncio.get_running_loop().create_task(self._watch(server, failure))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def _watch(self, server: Server, failure: Failure) -> None:
        """Wait until a server is well, then let one request through; stop the run where none has been for too long."""
        while True:
            self._check_patience(failure)
            await asyncio.sleep(random.uniform(server.pause_s / 2, server.pause_s))
            server.pause_s = min(server.pause_s * 2, MAX_PAUSE_S)
            self._check_patience(failure)
            if self._fleet.fatal is not None:
                return
            try:
                if not await self.is_well(server):
                    continue
                if server.dialect is None:
                    await self._find(server)
            except EndpointRefused as error:
                self._fleet.stop(error)
                return
            except TransportError:
                continue
            server.up = server.trial = True
            server.suspects.clear()
            log.warning("%s is back", server.origin.url)
            self._fleet.admit()
            return

    async def is_well(self, server: Server) -> bool:
        """Whether a server answers a question after its health; one that has no such page is well if it answers."""
        try:
            reply = await server.origin.send("GET", "/health", timeout_s=10)
        except TransportError:
            return False
        return reply.status < 500 and reply.status != 429

    def _check_patience(self, failure: Failure) -> None:
        servers = self._fleet.servers
        if self._dark_since is None or any(one.up and not one.trial for one in servers):
            self._dark_since = None
            return
        silent_s = time.monotonic() - max(self._dark_since, self._last_success())
        waking = any(one.down_for == "waking" for one in servers)
        if silent_s > (self._waking_patience_s if waking else self._patience_s):
            where = ", ".join(one.origin.url for one in servers)
            self._fleet.stop(
                EndpointUnavailable(
                    f"{where}: no server has answered for {silent_s:.0f} s (last: {failure.kind}, {failure.detail}); "
                    "every answer so far is saved: start the server and run again to go on"
                )
            )

    def _last_success(self) -> float:
        return max(server.last_success for server in self._fleet.servers)

    def give_up(self, failure: Failure, since: float) -> bool:
        """Whether a request that has been put off since `since` is to fail; False while it is worth waiting.

        Raises:
            EndpointUnavailable: No other request was answered in that time either, so the run stops.
        """
        put_off_s = time.monotonic() - since
        if put_off_s <= self._waking_patience_s:
            return False
        if self._last_success() > since:
            return True
        where = ", ".join(one.origin.url for one in self._fleet.servers)
        raise self._fleet.stop(
            EndpointUnavailable(
                f"{where}: every request was put off for {put_off_s:.0f} s (last: status {failure.status}, "
                f"{failure.detail}); every answer so far is saved: run again when the server takes requests"
            )
        )

    async def close(self) -> None:
        """Stop watching."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
