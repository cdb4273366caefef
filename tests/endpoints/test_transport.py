"""Bytes on the wire: framing, connections kept and dropped, both address families, TLS, and the way through a proxy."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from synthllm.builder.endpoints import EndpointRefused
from synthllm.builder.endpoints.dialing import TransportError
from synthllm.builder.endpoints.transport import Reply, SocketOrigin

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


class RawServer:
    """Says the same bytes to every request, and counts connections and requests."""

    def __init__(self, said: bytes, close: bool = False) -> None:
        self.said, self.close = said, close
        self.connections = 0
        self.heads: list[bytes] = []
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(self.said)
                await writer.drain()
                if self.close:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a free port of an address; gives the port. At the end all conversations are over."""
    talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks[task] = writer
        await talk(reader, writer)

    server = await asyncio.start_server(take, host, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in talks.values():
            writer.transport.abort()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0.01)


def exchange(server: RawServer, times: int = 1, max_reply_bytes: int = 1000) -> list[Reply]:
    async def run() -> list[Reply]:
        async with listening(server.talk) as port:
            origin = SocketOrigin(f"http://127.0.0.1:{port}", max_reply_bytes=max_reply_bytes)
            replies = [await origin.send("GET", "/", timeout_s=10) for _ in range(times)]
            await origin.close()
            return replies

    return asyncio.run(run())


@pytest.mark.parametrize(
    "said",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;note=x\r\nh\r\n1\r\ni\r\n0\r\nX-Trailer: y\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + OK,
        b"HTTP/1.1 200\r\nContent-Length:   2  \r\n\r\nhi",
    ],
)
def test_replies_are_read_and_their_connection_is_used_again(said: bytes) -> None:
    server = RawServer(said)
    assert [(reply.status, reply.body) for reply in exchange(server, times=3)] == [(200, b"hi")] * 3
    assert server.connections == 1


@pytest.mark.parametrize(
    ("said", "close"),
    [
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi", True),
        (b"HTTP/1.0 200 OK\r\n\r\nhi", True),
        (OK + OK, False),  # a second reply belongs to nobody, and must not become the next request's
        (OK + b"stray", False),
    ],
)
def test_a_connection_that_cannot_be_trusted_is_not_used_again(said: bytes, close: bool) -> None:
    server = RawServer(said, close)
    assert [reply.body for reply in exchange(server, times=3)] == [b"hi"] * 3
    assert server.connections == 3


def test_headers_are_found_in_any_case_and_a_second_reply_does_not_change_them() -> None:
    second = b"HTTP/1.1 500 No\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n"
    reply = exchange(RawServer(b"HTTP/1.1 200 OK\r\nRetry-AFTER: 7\r\ncontent-length: 2\r\n\r\nhi" + second))[0]
    assert (reply.status, reply.header("retry-after"), reply.header("x-missing")) == (200, "7", None)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "bad_reply"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "bad_reply",
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi", "bad_reply"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nhi", "bad_reply"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhi\r\n", "bad_reply"),
        (b"HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n", "bad_reply"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 700_000, "bad_reply"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n", "too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"y" * 1001, "too_large"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"64\r\n" + b"y" * 100 + b"\r\n", "dropped"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1\r\ny\r\n" * 1001, "too_large"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: " + b"y" * 700_000, "too_large"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi", "dropped"),
        (b"HTTP/1.1 200 OK\r\ncontent-le", "dropped"),
        (b"", "dropped"),
    ],
)
def test_what_is_not_a_whole_reply_is_told_by_its_kind(said: bytes, kind: str) -> None:
    with pytest.raises(TransportError) as raised:
        exchange(RawServer(said, close=True))
    assert raised.value.kind == kind


def test_a_reply_longer_than_one_read_is_whole() -> None:
    text = bytes(range(256)) * 1000
    said = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(text) + text
    assert [reply.body for reply in exchange(RawServer(said), times=2, max_reply_bytes=300_000)] == [text] * 2


@pytest.mark.parametrize(
    ("timeouts_s", "longest_s"),
    [
        ((1.0, 60), 1.5),  # more time than the request before it had
        ((60, 0.3), 5.0),  # less
    ],
)
def test_every_request_of_a_connection_has_its_own_deadline(timeouts_s: tuple[float, float], longest_s: float) -> None:
    """The server answers the first request at once, and the second later."""
    asked = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await reader.readuntil(b"\r\n\r\n"):
            asked += 1
            if asked == 2:
                await asyncio.sleep(longest_s)
            writer.write(OK)

    async def run() -> str:
        async with listening(talk) as port:
            origin = SocketOrigin(f"http://127.0.0.1:{port}")
            await origin.send("GET", "/", timeout_s=timeouts_s[0])
            try:
                return (await origin.send("GET", "/", timeout_s=timeouts_s[1])).body.decode()
            except TransportError as error:
                return str(error)
            finally:
                await origin.close()

    expected = "hi" if timeouts_s[1] > longest_s else "timeout: no whole reply within 0.3 s"
    assert asyncio.run(run()) == expected
    assert asked == 2


def test_addresses_of_both_families_are_asked() -> None:
    async def run(host: str, shown: str) -> bytes:
        server = RawServer(OK)
        async with listening(server.talk, host) as port:
            origin = SocketOrigin(f"http://{shown}:{port}/base/", token="hf_x")
            assert (await origin.send("POST", "/path", b"{}", timeout_s=10)).body == b"hi"
            await origin.close()
            return server.heads[0].replace(str(port).encode(), b"PORT")

    head = asyncio.run(run("127.0.0.1", "127.0.0.1"))
    assert head.startswith(b"POST /base/path HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n")
    assert b"authorization: Bearer hf_x\r\n" in head
    try:
        head = asyncio.run(run("::1", "[::1]"))
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    assert b"host: [::1]:PORT\r\n" in head


def test_a_server_that_takes_a_connection_and_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def run(scheme: str) -> None:
        async with listening(silent) as port:
            await SocketOrigin(f"{scheme}://127.0.0.1:{port}").send("GET", "/", timeout_s=0.2)

    for scheme, message in (("http", "timeout: no whole reply within 0.2 s"), ("https", "did not take a connection")):
        with pytest.raises(TransportError, match=message):
            asyncio.run(run(scheme))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, signed by itself, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run([openssl, "req", "-x509", *made, *name], check=True, capture_output=True)
    with file.open("a") as both:
        both.write(Path(f"{file}.crt").read_text())
    return file


def secured(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


ASK = """
import asyncio, sys
from synthllm.builder.endpoints.transport import SocketOrigin
async def run():
    origin = SocketOrigin(sys.argv[1], token="hf_SECRET")
    print((await origin.send("GET", "/", timeout_s=20)).body.decode())
    await origin.close()
asyncio.run(run())
"""


async def ask_elsewhere(url: str, **environment: str) -> tuple[str, str]:
    """Ask in a process of its own, since trust and proxies come from the environment; what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASK, url, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, complained = await process.communicate()
    return said.decode().strip(), complained.decode()


def test_a_certificate_is_verified(certificate: Path) -> None:
    server = RawServer(OK)

    async def run() -> None:
        async with listening(server.talk, context=secured(certificate)) as port:
            with pytest.raises(EndpointRefused, match=r"its certificate is not valid.*SSL_CERT_FILE"):
                await SocketOrigin(f"https://localhost:{port}", token="hf_SECRET").send("GET", "/", timeout_s=20)
            trusting = {"SSL_CERT_FILE": f"{certificate}.crt"}
            said, complained = await ask_elsewhere(f"https://localhost:{port}", **trusting)
            assert said == "hi", complained
            # Trusted, but for another name.
            said, complained = await ask_elsewhere(f"https://127.0.0.1:{port}", **trusting)
            assert said == "" and "its certificate is not valid" in complained

    asyncio.run(run())
    assert len(server.heads) == 1


def test_tls_goes_through_the_proxy_of_the_environment_which_sees_neither_token_nor_reply(certificate: Path) -> None:
    server = RawServer(OK)
    asked: list[bytes] = []
    seen = bytearray()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            seen.extend(data)
            writer.write(data)
            await writer.drain()
        writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head)
        if b"Basic bWU6cEA6c3M=" not in head:  # me:p@:ss
            writer.write(b"HTTP/1.1 407 Who are you\r\n\r\n")
            writer.close()
            return
        port = int(head.split(b" ")[1].rsplit(b":", 1)[1])
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Go ahead\r\nvia: test\r\n\r\n")
        await asyncio.gather(pump(reader, upstream_writer), pump(upstream_reader, writer))

    async def run() -> None:
        async with listening(server.talk, context=secured(certificate)) as port, listening(proxy) as through:
            url, trusting = f"https://localhost:{port}", {"SSL_CERT_FILE": f"{certificate}.crt"}
            address = f"http://me:p%40%3Ass@127.0.0.1:{through}"
            said, complained = await ask_elsewhere(url, HTTPS_PROXY=address, **trusting)
            assert said == "hi", complained
            assert asked[0].startswith(f"CONNECT localhost:{port} HTTP/1.1\r\n".encode())
            assert len(seen) > 0 and b"hf_SECRET" not in bytes(seen)
            said, complained = await ask_elsewhere(url, HTTPS_PROXY=f"http://127.0.0.1:{through}", **trusting)
            assert said == "" and f"proxy 127.0.0.1:{through} refused CONNECT: HTTP/1.1 407" in complained
            # Past the proxy where the environment says so, and for addresses without TLS.
            said, complained = await ask_elsewhere(url, HTTPS_PROXY=address, NO_PROXY="localhost", **trusting)
            assert said == "hi", complained
            async with listening(server.talk) as plain:
                said, complained = await ask_elsewhere(f"http://127.0.0.1:{plain}", HTTP_PROXY=address)
                assert said == "hi", complained

    asyncio.run(run())
    assert len(asked) == 2
