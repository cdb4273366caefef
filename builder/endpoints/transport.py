"""HTTP/1.1 to one origin over asyncio sockets: kept-alive connections, bounded replies, no redirects, no surprises.

Replies are parsed by httptools (llhttp, the parser of Node.js); what is here is the pool of connections, deadlines and
limits. It stands in place of aiohttp because a client library is the largest cost of a request: with aiohttp under the
same `Endpoint`, 20,000 requests to a 50 ms server take 2.9 to 3.0 times the CPU, which is 5.0 to 5.2 times the floor of
bare sockets where at most 4 are allowed; as it is, 1.7 (medians of three runs each at 500 and 2,000 in flight, on 2
cores under changing load; `python tests/benchmarks/endpoints.py` prints both in one run).

A connection carries one request at a time, so nothing is pipelined. How connections are made, with TLS and through
proxies, is in dialing.py.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Mapping
from typing import NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

import httptools

from ..errors import EndpointError
from .dialing import TransportError, dial

MAX_HEAD_BYTES = 64 * 1024
MAX_REDIRECTS = 3
READ_BYTES = 64 * 1024
SPARE_FILES = 256
"""Open files that the rest of a run needs."""


class Reply(NamedTuple):
    """One whole HTTP reply; the names of headers are in lower case."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of a header (its last, where it is repeated), or None."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")


def allow_connections(count: int) -> None:
    """Raise this process's limit of open files, as far as it may, to hold so many connections.

    Raises:
        EndpointError: It may not be raised far enough.
    """
    needed = count + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise EndpointError(
            f"max_in_flight: {count} requests need as many connections, and this process may open {hard} files; "
            f"expected at most {max(1, hard - SPARE_FILES)}, or a higher limit (ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


class _Connection(asyncio.BufferedProtocol):
    """One socket: writes a request, gathers its reply, and hands it to the future that waits for it.

    What comes is read into the origin's buffer and used up at once: without one, asyncio asks the system for 256 KiB at
    every read, which takes longer than the read does. The parser calls the methods `on_...` while it is fed.
    """

    __slots__ = (
        "_buffer",
        "_chunks",
        "_deadline",
        "_fed",
        "_headers",
        "_in_body",
        "_max_bytes",
        "_parser",
        "_problem",
        "_seen",
        "_timeout_s",
        "_timer",
        "_whole",
        "alive",
        "keep",
        "transport",
        "waiter",
    )

    def __init__(self, max_bytes: int, buffer: memoryview) -> None:
        self._max_bytes = max_bytes
        self._buffer = buffer
        self._parser = httptools.HttpResponseParser(self)
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[Reply] | None = None
        self.alive = False
        self.keep = True
        self._deadline = self._timeout_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._reset()

    def _reset(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._fed = self._seen = 0  # bytes of the reply so far, and of its body
        self._in_body = False
        self._problem: TransportError | None = None
        self._whole: Reply | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.alive = True

    def send(self, data: bytes, waiter: asyncio.Future[Reply], deadline: float, timeout_s: float) -> None:
        """Write a request whose reply has until `deadline`, on the loop's clock."""
        self.waiter = waiter
        self._deadline, self._timeout_s = deadline, timeout_s
        if self._timer is None or self._timer.when() > deadline:
            self._set_timer()
        assert self.transport is not None
        self.transport.write(data)

    def _set_timer(self) -> None:
        """One timer serves request after request: it is not moved by a reply, but set anew when it finds more time."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(self._deadline, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self.waiter is None:
            return
        if asyncio.get_running_loop().time() < self._deadline:
            self._set_timer()
        else:
            self._fail(TransportError("timeout", f"no whole reply within {self._timeout_s:g} s"))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self.waiter is None:  # bytes that nobody asked for: this connection cannot be trusted any more
            self.close()
            return
        self._fed += nbytes
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keep = False
            start = bytes(self._buffer[: min(nbytes, 60)])
            self._problem = self._problem or TransportError("bad_reply", f"not an HTTP reply ({error}): {start!r}")
        if self._whole is not None:
            self._finish(self._whole)
        elif self._problem is not None:
            self._fail(self._problem)
        elif not self._in_body and self._fed > MAX_HEAD_BYTES:
            self._fail(TransportError("bad_reply", f"more than {MAX_HEAD_BYTES} bytes of headers"))
        elif self._fed > 8 * self._max_bytes + MAX_HEAD_BYTES:  # a chunk of one byte takes six; trailers have no limit
            self._fail(TransportError("too_large", f"a reply of {self._fed} bytes and more"))

    def on_message_begin(self) -> None:
        if self._whole is not None:
            self.keep = False  # a second reply to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        self._in_body = True
        length = self._headers.get(b"content-length")
        if length is not None and int(length) > self._max_bytes:
            self._refuse_size(int(length))

    def on_body(self, data: bytes) -> None:
        self._seen += len(data)
        if self._seen > self._max_bytes:
            self._refuse_size(self._seen)
        elif self._problem is None:
            self._chunks.append(data)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:  # the real reply follows
            self._headers.clear()
            self._in_body = False
        elif self._whole is None and self._problem is None:
            self.keep = self._parser.should_keep_alive()
            self._whole = Reply(status, self._headers, self._body())
            self._headers = {}

    def _refuse_size(self, size: int) -> None:
        self._problem = TransportError("too_large", f"a reply of {size} bytes, more than the {self._max_bytes} allowed")

    def _body(self) -> bytes:
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def _finish(self, reply: Reply) -> None:
        waiter, self.waiter = self.waiter, None
        self._reset()
        if not self.keep:
            self.close()
        if waiter is not None and not waiter.done():
            waiter.set_result(reply)

    def _fail(self, problem: TransportError) -> None:
        waiter, self.waiter = self.waiter, None
        self._reset()
        self.close()
        if waiter is not None and not waiter.done():
            waiter.set_exception(problem)

    def connection_lost(self, error: Exception | None) -> None:
        self.alive = False
        if self._timer is not None:
            self._timer.cancel()
        if self.waiter is None:
            return
        framed = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if self._in_body and not framed and error is None:  # such a reply ends with its connection
            self.keep = False
            self._finish(Reply(self._parser.get_status_code(), self._headers, self._body()))
        elif not self._fed:
            why = f" ({error})" if error else ""
            self._fail(TransportError("dropped", f"the connection was closed before a reply{why}"))
        else:
            self._fail(TransportError("dropped", f"the connection was closed after {self._fed} bytes of a reply"))

    def close(self) -> None:
        self.alive = False
        if self.transport is not None:
            self.transport.abort()


class SocketOrigin:
    """One scheme, host and port, with its pool of idle connections.

    Args:
        url: The base of all requests; a path in it is put before each request's.
        token: Sent as a bearer token with every request to this origin and to no other.
        max_reply_bytes: A longer reply is given up with `too_large`, at its first bytes where its length is announced.
    """

    def __init__(self, url: str, token: str | None = None, max_reply_bytes: int = 16 * 2**20) -> None:
        parts: SplitResult = urlsplit(url)
        self.url = url.rstrip("/")
        self.host = parts.hostname or ""
        self.secure = parts.scheme == "https"
        self.port = parts.port or (443 if self.secure else 80)
        self._base = parts.path.rstrip("/")
        self._max_bytes = max_reply_bytes
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._idle: list[_Connection] = []
        netloc = parts.netloc.rpartition("@")[2]
        lines = [f"host: {netloc}", "accept: application/json", "user-agent: synthllm"]
        if token:
            lines.append(f"authorization: Bearer {token}")
        self._head = ("\r\n".join(lines) + "\r\n").encode("latin-1")
        self._prefixes: dict[tuple[str, str], bytes] = {}

    def __repr__(self) -> str:  # never shows the token
        return f"SocketOrigin({self.url!r})"

    async def send(self, method: str, path: str, body: bytes = b"", timeout_s: float = 600.0) -> Reply:
        """Send one request and wait for its whole reply.

        A redirect (307, 308) is followed on this origin only; any other is returned as it is.

        Raises:
            EndpointRefused: The server's certificate is not valid.
            TransportError: No whole reply came back within `timeout_s`.
        """
        reply = await self._exchange(method, path, body, timeout_s)
        for _ in range(MAX_REDIRECTS):
            if reply.status not in (307, 308):
                break
            target = self._path_here(reply.header("location"))
            if target is None:
                break
            reply = await self._exchange(method, target, body, timeout_s)
        return reply

    def _path_here(self, location: str | None) -> str | None:
        """The path of an address if it is on this very origin, else None."""
        if location is None:
            return None
        parts = urlsplit(location)
        if parts.scheme or parts.netloc:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            if (parts.scheme == "https") != self.secure or parts.hostname != self.host or port != self.port:
                return None
        if not parts.path.startswith(self._base + "/") or any(character <= " " for character in location):
            return None
        path = parts.path[len(self._base) :]
        return f"{path}?{parts.query}" if parts.query else path

    async def _exchange(self, method: str, path: str, body: bytes, timeout_s: float) -> Reply:
        """One request, one reply."""
        prefix = self._prefixes.get((method, path))
        if prefix is None:
            prefix = f"{method} {self._base}{path} HTTP/1.1\r\n".encode() + self._head
            prefix += b"content-type: application/json\r\n"
            self._prefixes[method, path] = prefix
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        connection = await self._connection(timeout_s)
        waiter: asyncio.Future[Reply] = loop.create_future()
        connection.send(b"%bcontent-length: %d\r\n\r\n%b" % (prefix, len(body), body), waiter, deadline, timeout_s)
        try:
            reply = await waiter
        except asyncio.CancelledError:
            connection.waiter = None
            connection.close()
            raise
        if connection.alive and connection.keep:
            if reply.status < 500:
                self._idle.append(connection)
            else:  # servers close it after an error of their own, and the next request would be dropped with it
                connection.close()
        return reply

    async def _connection(self, timeout_s: float) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.alive:
                return connection
        return await dial(self.host, self.port, self.secure, timeout_s, self._new_connection)

    def _new_connection(self) -> _Connection:
        return _Connection(self._max_bytes, self._buffer)

    async def close(self) -> None:
        """Close the idle connections; those in use are closed by whoever waits on them."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        await asyncio.sleep(0)
