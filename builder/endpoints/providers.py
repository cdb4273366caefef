"""Inference Providers, through the Hub's own client, behind the same calls as any other server.

The Hub's client knows each provider's address, model names and forms. It retries nothing and has no ledger: that is
added by the layers above, to which it looks like one more OpenAI-compatible server.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from typing import Any

import orjson

from .dialing import TransportError
from .protocol import EndpointRefused
from .transport import Reply


class ProvidersOrigin:
    """Inference Providers as an origin.

    Args:
        provider: A provider's name, or `auto`.
        token: A token of the Hub; the saved one where None. The Hub's client sends it to the Hub's router.
        address: Another OpenAI-compatible base URL to ask in place of the router.
    """

    def __init__(self, provider: str, token: str | None, address: str | None = None) -> None:
        self.url = f"providers:{provider}"
        self._provider = provider or "auto"
        self._token = token
        self._address = address
        self._client: Any = None

    async def send(self, method: str, path: str, body: bytes = b"", timeout_s: float = 600.0) -> Reply:
        """Send one chat completion; other questions are answered with 404, since the router has no such pages."""
        if method != "POST" or not path.endswith("/chat/completions"):
            return Reply(404, {})
        from huggingface_hub import AsyncInferenceClient
        from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError, OfflineModeIsEnabled

        # What the Hub's client is built on depends on its release.
        httpx: Any = importlib.import_module("httpx2" if importlib.util.find_spec("httpx2") else "httpx")
        if self._client is None:
            where: dict[str, Any] = {"base_url": self._address} if self._address else {"provider": self._provider}
            self._client = AsyncInferenceClient(**where, token=self._token)
        fields = orjson.loads(body)
        try:
            async with asyncio.timeout(timeout_s):
                output = await self._client.chat_completion(**fields)
        except HfHubHTTPError as error:
            said = error.response
            headers = {name.lower().encode(): value.encode() for name, value in said.headers.items()}
            return Reply(said.status_code, headers, said.content)
        except OfflineModeIsEnabled as error:
            raise EndpointRefused(f"{self.url}: HF_HUB_OFFLINE is set; unset it to ask Inference Providers") from error
        except ValueError as error:  # an unknown provider, or a model that it does not serve
            raise EndpointRefused(
                f"{self.url}: {' '.join(str(error).split())}; correct the provider or model"
            ) from error
        except (InferenceTimeoutError, TimeoutError) as error:
            raise TransportError("timeout", f"no whole reply within {timeout_s:g} s") from error
        except httpx.HTTPError as error:
            kind = "unreachable" if isinstance(error, httpx.ConnectError) else "dropped"
            raise TransportError(kind, str(error)) from error
        return Reply(200, {}, orjson.dumps(output))

    async def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.close()
