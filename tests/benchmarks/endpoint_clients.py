"""The clients of the endpoint benchmark, each run as a program of its own: NAME URL FOLDER REQUESTS IN_FLIGHT.

Each sends REQUESTS prompts with IN_FLIGHT of them out, and prints one JSON line of what it took. CPU is of the process
and its children, and does not count starting the interpreter and importing, which is the same whatever the run.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FILLER = "Write a question about the following passage. " * 10


def prompts(count: int) -> Iterator[str]:
    return (f"prompt-{number} {FILLER}" for number in range(count))


def cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def bare_protocol(url: str, folder: Path, count: int, in_flight: int) -> int:
    """The least that asyncio can do: one callback for each reply, JSON in and out, nothing checked, nothing kept."""
    import orjson

    host, port = url.removeprefix("http://").split(":")

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport: Any = transport
            self.buffer = b""

        def data_received(self, data: bytes) -> None:
            self.buffer = self.buffer + data if self.buffer else data
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            length = int(self.buffer[: end + 2].split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
            if len(self.buffer) >= end + 4 + length:
                body, self.buffer = self.buffer[end + 4 :], b""
                self.waiter.set_result(body)

    answered = 0

    async def run() -> None:
        loop, left = asyncio.get_running_loop(), prompts(count)

        async def work() -> None:
            nonlocal answered
            _, connection = await loop.create_connection(Connection, host, int(port))
            for prompt in left:
                connection.waiter = loop.create_future()
                body = orjson.dumps(body_of(prompt))
                head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body)
                connection.transport.write(head + body)
                said = await connection.waiter
                answered += bool(orjson.loads(said)["choices"])
            connection.transport.close()

        await asyncio.gather(*(work() for _ in range(in_flight)))

    asyncio.run(run())
    return answered


def bare_sockets(url: str, folder: Path, count: int, in_flight: int) -> int:
    """The floor: asyncio's sockets as its documentation has them (streams), JSON in and out, and nothing else."""
    host, port = url.removeprefix("http://").split(":")
    answered = 0

    async def run() -> None:
        left = prompts(count)

        async def work() -> None:
            nonlocal answered
            reader, writer = await asyncio.open_connection(host, int(port))
            for prompt in left:
                body = json.dumps(body_of(prompt)).encode()
                head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body)
                writer.write(head + body)
                said = await reader.readuntil(b"\r\n\r\n")
                length = int(said.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
                said = await reader.readexactly(length)
                answered += bool(json.loads(said)["choices"])
            writer.close()

        await asyncio.gather(*(work() for _ in range(in_flight)))

    asyncio.run(run())
    return answered


def body_of(prompt: str) -> dict[str, Any]:
    return {"model": "bench", "messages": [{"role": "user", "content": prompt}], "max_tokens": 128, "temperature": 0.7}


def synthllm(url: str, folder: Path, count: int, in_flight: int, over_aiohttp: bool = False) -> int:
    """Ours, with a durable ledger."""
    from synthllm.builder.endpoints import Completion, Endpoint, Request

    answered = 0

    async def run() -> None:
        nonlocal answered
        requests = (
            Request([{"role": "user", "content": prompt}], max_tokens=128, temperature=0.7) for prompt in prompts(count)
        )
        endpoint = Endpoint(url, ledger=folder / "ledger.sqlite", max_in_flight=in_flight)
        if over_aiohttp:
            endpoint._fleet.servers[0].origin = aiohttp_origin(url)
        async with endpoint:
            async for _, outcome in endpoint.map(requests):
                answered += isinstance(outcome, Completion)

    asyncio.run(run())
    return answered


def over_aiohttp(url: str, folder: Path, count: int, in_flight: int) -> int:
    """Ours with aiohttp in place of transport.py, and all else the same: what our own transport is worth."""
    return synthllm(url, folder, count, in_flight, over_aiohttp=True)


def aiohttp_origin(url: str) -> Any:
    """An origin that sends through aiohttp, set for speed as its documentation says."""
    import aiohttp
    from yarl import URL

    from synthllm.builder.endpoints.dialing import TransportError
    from synthllm.builder.endpoints.transport import Reply

    class AiohttpOrigin:
        def __init__(self) -> None:
            self.url, self.addresses = url, dict[str, URL]()
            self.session: aiohttp.ClientSession | None = None

        async def send(self, method: str, path: str, body: bytes = b"", timeout_s: float = 600.0) -> Reply:
            if self.session is None:
                self.session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(limit=0),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"content-type": "application/json"},
                    timeout=aiohttp.ClientTimeout(total=None),
                    auto_decompress=False,
                )
            address = self.addresses.setdefault(path, URL(self.url + path))
            try:
                async with (
                    asyncio.timeout(timeout_s),
                    self.session.request(method, address, data=body, allow_redirects=False) as reply,
                ):
                    headers = {name.lower().encode(): value.encode() for name, value in reply.headers.items()}
                    return Reply(reply.status, headers, await reply.read())
            except (aiohttp.ClientError, TimeoutError) as error:
                raise TransportError("dropped", str(error)) from error

        async def close(self) -> None:
            if self.session is not None:
                await self.session.close()

    return AiohttpOrigin()


def aiohttp_client(url: str, folder: Path, count: int, in_flight: int) -> int:
    """aiohttp and orjson, nothing checked, nothing kept."""
    import aiohttp
    import orjson

    answered = 0

    async def run() -> None:
        left = prompts(count)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def work() -> None:
                nonlocal answered
                for prompt in left:
                    body = orjson.dumps(body_of(prompt))
                    async with session.post(f"{url}/v1/chat/completions", data=body) as reply:
                        said = await reply.read()
                    answered += bool(orjson.loads(said)["choices"])

            await asyncio.gather(*(work() for _ in range(in_flight)))

    asyncio.run(run())
    return answered


CLIENTS: dict[str, Callable[[str, Path, int, int], int]] = {
    "bare_protocol": bare_protocol,
    "bare_sockets": bare_sockets,
    "aiohttp": aiohttp_client,
    "synthllm": synthllm,
    "over_aiohttp": over_aiohttp,
}


def main() -> None:
    name, url, folder, count, in_flight = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    if name in ("synthllm", "over_aiohttp"):
        import synthllm.builder.endpoints  # noqa: F401 - imported before the clock starts
    cpu, began = cpu_s(), time.perf_counter()
    answered = CLIENTS[name](url, Path(folder), int(count), int(in_flight))
    took = {
        "answered": answered,
        "wall_s": time.perf_counter() - began,
        "cpu_ms": 1000 * (cpu_s() - cpu) / int(count),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
