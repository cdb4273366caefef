"""A Hub on loopback that unmodified `huggingface_hub` and `datasets` talk to, with real files and faults on demand.

    with Hub(folder) as hub:
        environment = hub.environment("alice-writes")   # HF_ENDPOINT, HF_TOKEN and so on, for a subprocess
        hub.fail("POST .*/commit/", status=503, times=2)
        ...
        assert hub.requests("POST .*/commit/") ...

Two ports are served: the Hub itself, and the storage of large files, on links that are signed and carry no token, as on
the Hub. Accounts are alice, who is in the organisation lab, and bob. What is served: see ROUTES in routes.py.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

from .repository import Refused, Repository, Store

How = Literal["status", "drop", "drop after", "hold"]


@dataclass(frozen=True)
class Token:
    """An access token: whose, and what it may do."""

    user: str
    role: Literal["read", "write", "fineGrained"]
    scoped: tuple[str, ...] = ()  # namespaces or repositories that a fine-grained token may write
    organizations: tuple[str, ...] = ()


TOKENS = {
    "hf_aliceWritesWithThisTokenOfTests01": Token("alice", "write", organizations=("lab",)),
    "hf_aliceReadsWithThisTokenOfTests002": Token("alice", "read", organizations=("lab",)),
    "hf_aliceScopedToOneRepositoryToken03": Token("alice", "fineGrained", ("alice/rows",)),
    "hf_bobWritesWithThisTokenOfTests0004": Token("bob", "write"),
}
WRITE, READ, SCOPED, BOB = TOKENS


@dataclass
class Seen:
    """One request that came in, and how it was answered; `status` is None where the connection was dropped."""

    method: str
    path: str
    user: str | None
    received: int = 0
    status: int | None = None
    ended: bool = False
    at: float = field(default_factory=time.monotonic)

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Fault:
    """What happens to the next `times` requests that match, after `skip` that do not suffer it.

    `drop` closes the connection unanswered, `drop after` does the work first; `hold` waits for `release` before the
    work is done, having set `reached`.
    """

    pattern: str
    how: How
    times: int
    skip: int
    status: int
    headers: Mapping[str, str]
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        self.released.set()


class Hub:
    """The server; use as a context manager."""

    def __init__(self, folder: Path, page_size: int = 1000, part_bytes: int = 1 << 30, port: int = 0) -> None:
        self.store = Store(folder)
        self.page_size, self.part_bytes = page_size, part_bytes
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.lock = threading.RLock()
        self.log: list[Seen] = []
        self.faults: list[Fault] = []
        self.parts: dict[str, dict[int, Path]] = {}
        self._servers = [_Server(("127.0.0.1", at), self, name) for name, at in (("hub", port), ("storage", 0))]
        self.url, self.storage_url = (f"http://127.0.0.1:{server.server_address[1]}" for server in self._servers)

    def __enter__(self) -> Self:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for fault in self.faults:
            fault.release()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def environment(self, home: Path, token: str | None = WRITE) -> dict[str, str]:
        """The variables that point a subprocess at this Hub, with a home of its own."""
        import os

        kept = {n: value for n, value in os.environ.items() if n != "PYTHONPATH" and not n.startswith("HF_")}
        ours = {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        return kept | ours | ({} if token is None else {"HF_TOKEN": token})

    def dataset(self, name: str) -> Repository:
        return self.repositories["dataset", name]

    def fail(
        self,
        pattern: str,
        how: How = "status",
        *,
        times: int = 1,
        skip: int = 0,
        status: int = 503,
        headers: Mapping[str, str] | None = None,
    ) -> Fault:
        """Make requests whose `METHOD path` matches fail."""
        fault = Fault(pattern, how, times, skip, status, headers or {})
        self.faults.append(fault)
        return fault

    def requests(self, pattern: str) -> list[Seen]:
        """The requests so far whose `METHOD path` matches."""
        return [seen for seen in self.log if re.search(pattern, seen.line)]

    def fault_for(self, seen: Seen) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if re.search(fault.pattern, seen.line):
                    if fault.skip > 0:
                        fault.skip -= 1
                    elif fault.times > 0:
                        fault.times -= 1
                        return fault
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        super().__init__(address, Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of the server's."""


class Handler(BaseHTTPRequestHandler):
    """One connection: reads a request, suffers its fault, and answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    seen: Seen

    def _handle(self) -> None:
        try:
            self._respond()
        finally:
            self.seen.ended = True

    def _respond(self) -> None:
        from .routes import route

        hub, split = self.server.hub, urlsplit(self.path)
        self._read_already = False
        self.query = {name: values[-1] for name, values in parse_qs(split.query).items()}
        self.user_token = self.headers.get("authorization", "").removeprefix("Bearer ") or None
        token = TOKENS.get(self.user_token or "")
        self.seen = Seen(self.command, self.path, token.user if token else None)
        self._silent = False
        hub.log.append(self.seen)
        fault = hub.fault_for(self.seen)
        if fault is not None and fault.how == "hold":
            fault.reached.set()
            fault.released.wait()  # meanwhile a test may turn it into another fault
        if fault is not None and fault.how == "drop":
            self._drop()
            return
        if fault is not None and fault.how == "status":
            self.answer(fault.status, {"error": f"fault {fault.status}"}, fault.headers)
            return
        self._silent = fault is not None and fault.how == "drop after"
        try:
            route(self, self.server.name, unquote(split.path))
        except Refused as refused:
            code = {"X-Error-Code": refused.code} if refused.code else {}
            self.answer(refused.status, {"error": refused.message}, code | {"X-Error-Message": refused.message})

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    # Reading

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes in, whether its length was announced or not."""
        self._read_already = True
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self._exactly(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("content-length", 0))
        while left:
            piece = self._exactly(min(left, 1 << 18))
            left -= len(piece)
            yield piece

    def _exactly(self, size: int) -> bytes:
        piece = self.rfile.read(size)
        if len(piece) < size:
            raise ConnectionError("the client went away")
        self.seen.received += len(piece)
        return piece

    def body(self) -> bytes:
        return b"".join(self.pieces())

    def json(self) -> Any:
        return json.loads(self.body() or b"{}")

    def save(self, path: Path) -> None:
        """Write the body to a file."""
        with path.open("wb") as file:
            for piece in self.pieces():
                file.write(piece)

    # Answering

    def answer(self, status: int, payload: Any = None, headers: Mapping[str, str] | None = None) -> None:
        """Answer with JSON."""
        self.send(
            status,
            b"" if payload is None else json.dumps(payload).encode(),
            {"Content-Type": "application/json"} | dict(headers or {}),
        )

    def send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        """Answer with bytes; the reply to HEAD keeps the length and drops the bytes."""
        if not self._read_already:
            for _ in self.pieces():
                pass
        if self._silent:
            self._drop()
            return
        self.seen.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Requests are in `Hub.log`."""
