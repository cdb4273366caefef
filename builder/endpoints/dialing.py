"""How a connection is made: deadline, TLS that is verified, and the proxy of this machine where it has one.

An address without TLS is asked directly: it is a server on this machine or beside it. One with TLS is reached through
the proxy that `HTTPS_PROXY` names, unless `NO_PROXY` covers it, by a tunnel (CONNECT), so that the proxy sees neither
token nor prompt.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import urllib.request
from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast
from urllib.parse import unquote, urlsplit

from .protocol import EndpointRefused

CONNECT_TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024
QUIET_S = 60
"""A connection that is silent for so long is tested by the kernel, so that firewalls do not forget it."""

P = TypeVar("P", bound=asyncio.BaseProtocol)


class TransportError(Exception):
    """No whole reply came back. `kind` is one of unreachable, waking, dropped, timeout, too_large, bad_reply."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


async def dial(host: str, port: int, secure: bool, timeout_s: float, protocol: Callable[[], P]) -> P:
    """Connect to a host, which may be a name or an address of either family.

    Raises:
        EndpointRefused: Its certificate is not valid.
        TransportError: It, or the proxy on the way, cannot be reached in time.
    """
    timeout_s = min(timeout_s, CONNECT_TIMEOUT_S)
    where = f"{'https' if secure else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
    proxy = _proxy(host) if secure else None
    try:
        async with asyncio.timeout(timeout_s):
            loop = asyncio.get_running_loop()
            if proxy is None:
                made: tuple[asyncio.Transport, P] = await loop.create_connection(
                    protocol, host, port, ssl=_context() if secure else None
                )
                transport, connection = made
            else:
                tunnel = await _tunnel(proxy, host, port)
                connection = protocol()
                secured = await loop.start_tls(tunnel, connection, _context(), server_hostname=host)
                transport = cast("asyncio.Transport", secured)
                connection.connection_made(transport)
    except TimeoutError:
        raise TransportError("unreachable", f"{where} did not take a connection within {timeout_s:g} s") from None
    except ssl.SSLCertVerificationError as error:
        raise EndpointRefused(
            f"{where}: its certificate is not valid: {error.verify_message}; expected one for this name, signed by an "
            "authority that this machine trusts (SSL_CERT_FILE names a file of others)"
        ) from error
    except OSError as error:  # refused, no route, no such name, no TLS
        raise TransportError("unreachable", f"{where}: {error.strerror or error}") from error
    _keep_alive(transport)
    return connection


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()  # verifies certificate and name


def _proxy(host: str) -> str | None:
    """The address of the proxy for a host, from the environment, or the system's settings where there are such."""
    return None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get("https")


class _ConnectAnswer(asyncio.Protocol):
    """Gathers what a proxy says to CONNECT."""

    def __init__(self) -> None:
        self.said = b""
        self.whole: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.said += data
        if not self.whole.done() and (b"\r\n\r\n" in self.said or len(self.said) > MAX_ANSWER_BYTES):
            self.whole.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.whole.done():
            self.whole.set_result(None)


async def _tunnel(proxy: str, host: str, port: int) -> asyncio.Transport:
    """A connection through a proxy, past its answer to CONNECT.

    Raises:
        OSError: The proxy cannot be reached, or refuses.
    """
    parts = urlsplit(proxy if "//" in proxy else f"http://{proxy}")
    target = f"{f'[{host}]' if ':' in host else host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"host: {target}"]
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"proxy-authorization: Basic {base64.b64encode(secret.encode()).decode()}")
    loop = asyncio.get_running_loop()
    transport, answer = await loop.create_connection(_ConnectAnswer, parts.hostname or proxy, parts.port or 80)
    try:
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        await answer.whole
        if answer.said.split(b" ", 2)[1:2] != [b"200"] or not answer.said.endswith(b"\r\n\r\n"):
            said = answer.said.split(b"\r\n", 1)[0][:100].decode("latin-1") or "nothing"
            # Without the proxy's name and password, since this is logged.
            raise OSError(f"proxy {parts.hostname}:{parts.port or 80} refused CONNECT: {said}")
    except BaseException:
        transport.abort()
        raise
    return transport


def _keep_alive(transport: asyncio.Transport) -> None:
    opened = transport.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, QUIET_S)
