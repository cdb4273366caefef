"""Where requests go: the connection pool of each URL, with the token that belongs to its host and to no other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from ..errors import EndpointError
from .transport import Reply, SocketOrigin

HUB_HOSTS = ("huggingface.co", "hf.co", "huggingface.cloud")
"""Hosts that the Hub's own token belongs to; not `hf.space`, where anyone's program would read it."""
ROUTES = ("/v1/chat/completions", "/generate", "/v1")


class Origin(Protocol):
    """What requests are sent through."""

    url: str

    async def send(self, method: str, path: str, body: bytes = b"", timeout_s: float = 600.0) -> Reply:
        """Send one request and wait for its whole reply; raises `TransportError` where none comes."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


def make_origin(url: str, token: str | Mapping[str, str] | None, max_reply_bytes: int) -> Origin:
    """The origin of a URL.

    Raises:
        EndpointError: The URL cannot be used.
    """
    if url.startswith("providers:"):
        from .providers import ProvidersOrigin

        hub_token = token if isinstance(token, str) else (token or {}).get("huggingface.co")
        return ProvidersOrigin(url.removeprefix("providers:"), hub_token)
    expected = "expected one such as http://127.0.0.1:8080"
    shown = "an address with a name or password in it" if "@" in url else repr(url)
    if not url.isascii() or any(character <= " " for character in url):
        raise EndpointError(f"urls: {shown} has characters that no address has; {expected}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:  # the port, or the brackets of IPv6
        raise EndpointError(f"urls: {shown} is not an address: {error}; {expected}") from error
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise EndpointError(f"urls: {shown} is not an address; {expected}")
    if parts.username or parts.password:
        raise EndpointError(
            f"urls: a name or password in the address of {parts.scheme}://{host}; expected none, since addresses are "
            "logged; name the environment variable of a token in `token_env`"
        )
    if parts.query or parts.fragment:
        raise EndpointError(f"urls: {url!r} has a query or fragment; expected an address without")
    base = url.rstrip("/")
    for route in ROUTES:
        base = base.removesuffix(route)
    return SocketOrigin(base, token_for(parts.scheme, host, token), max_reply_bytes)


def token_for(scheme: str, host: str, token: str | Mapping[str, str] | None) -> str | None:
    """The token for a host: the one given for it, or the Hub's own for a host of Hugging Face, over TLS only."""
    if isinstance(token, str):
        return _printable(token, host)
    if token is not None:
        given = token.get(host)
        return None if given is None else _printable(given, host)
    if scheme == "https" and any(host == known or host.endswith("." + known) for known in HUB_HOSTS):
        saved = os.environ.get("HF_TOKEN", "").strip()
        return _printable(saved, host) if saved else None
    return None


def _printable(token: str, host: str) -> str:
    """The token, if it can stand in a header; the message never shows it."""
    token = token.strip()
    if not token or not token.isascii() or any(character <= " " for character in token):
        raise EndpointError(
            f"the token for {host} is empty or has characters that no token has; expected one line of letters, digits "
            "and signs"
        )
    return token
