"""A generation server on loopback that does what a test tells it to, and counts what it was asked.

It runs in a thread of the test with its own event loop, so that clients of any kind, in this process or another, meet
real sockets. A script is a function from a `Call` to a `Say`:

    def script(call):
        return Say(status=429, headers={"retry-after": "1"}) if call.times == 1 else completion("fine")

    with ScriptedServer(script) as server:
        ... requests to server.url ...
    assert server.times["the prompt"] == 2
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

Dialect = Literal["openai", "vllm", "sglang", "tgi", "tgi-messages", "silent"]


@dataclass(frozen=True)
class Call:
    """One request that came in. `times` counts this prompt's arrivals, from 1; `number` all generations, from 1."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    prompt: str
    times: int
    number: int


@dataclass(frozen=True)
class Say:
    """What to answer, and how to fail at it.

    `how`: `whole` answers; `half` closes in the middle of the body; `cut` announces the length of the first half and
    so sends JSON that breaks off; `hang` never answers; `reset` drops the connection; `chunked` and `until_close`
    answer whole, framed so.
    """

    payload: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    how: Literal["whole", "half", "cut", "hang", "reset", "chunked", "until_close"] = "whole"
    raw: bytes | None = None
    content_type: str = "application/json"


Script = Callable[[Call], Say]


def completion(text: str, finish_reason: str = "stop", prompt_tokens: int = 7, completion_tokens: int = 3) -> Say:
    """A good reply, in the dialect of the server that says it."""
    return Say(
        {
            "text": text,
            "finish_reason": finish_reason,
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
        }
    )


def echo(call: Call) -> Say:
    """Answer every prompt with itself."""
    return completion(f"echo {call.prompt}")


class ScriptedServer:
    """The server; a context manager. `calls` holds what came, `times` how often each prompt was sent to generate.

    `weights` is what the server says of its weights: `model_sha` at `/info`, `root` at `/v1/models`.
    """

    def __init__(
        self, script: Script = echo, dialect: Dialect = "openai", port: int = 0, max_total: int = 8192
    ) -> None:
        self.script = script
        self.dialect = dialect
        self.port = port
        self.max_total = max_total
        self.weights: dict[str, str] = {}
        self.calls: list[Call] = []
        self.times: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.in_flight = 0
        self.most_in_flight = 0
        self.routes: dict[tuple[str, str], Script] = {}
        self._connections: set[asyncio.Transport] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._server = self._loop.run_until_complete(
                self._loop.create_server(lambda: _Conversation(self), "127.0.0.1", self.port, backlog=4096)
            )
            self.port = self._server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the scripted server did not start within 10 s")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Go away at once: stop listening and drop every connection."""
        if self._loop.is_closed():
            return

        async def close() -> None:
            self._server.close()
            for transport in tuple(self._connections):
                transport.abort()
            await asyncio.sleep(0.01)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[Say, bool, str]:
        """What to say to a request, whether it is a generation, and its prompt."""
        decoded = json.loads(body) if body else None
        generation = method == "POST" and path in ("/generate", "/v1/chat/completions", "/v1/completions")
        prompt = ""
        if isinstance(decoded, dict) and generation:
            written = decoded.get("inputs", decoded.get("prompt"))
            prompt = decoded["messages"][-1]["content"] if written is None else written
            self.times[prompt] += 1
        call = Call(method, path, headers, decoded, prompt, self.times[prompt], self.times.total())
        self.calls.append(call)
        route = self.routes.get((method, path))
        if route is not None:
            return route(call), False, prompt
        if generation:
            return self.script(call), True, prompt
        return self._about(method, path), False, prompt

    def _about(self, method: str, path: str) -> Say:
        """What the server says of itself."""
        if (method, path) == ("GET", "/health") and self.dialect != "silent":
            return Say({})
        if (method, path) == ("GET", "/info") and self.dialect in ("tgi", "tgi-messages"):
            return Say(
                {
                    "model_id": "tiny/model",
                    "max_concurrent_requests": 128,
                    "max_best_of": 2,
                    "max_stop_sequences": 4,
                    "max_input_tokens": self.max_total - 1,
                    "max_total_tokens": self.max_total,
                    "validation_workers": 2,
                    "max_client_batch_size": 4,
                    "router": "text-generation-router",
                    "version": "3.3.6",
                    **self.weights,
                }
            )
        if (method, path) == ("GET", "/v1/models") and self.dialect != "silent":
            owner = self.dialect if self.dialect in ("vllm", "sglang") else "someone"
            model: dict[str, Any] = {"id": "tiny/model", "object": "model", "owned_by": owner}
            if self.dialect in ("vllm", "sglang"):
                model["max_model_len"] = self.max_total
            model |= self.weights
            return Say({"object": "list", "data": [model]})
        return Say({"error": "not found"}, status=404)

    def render(self, say: Say, path: str) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of an answer, in the dialect of the path that was asked."""
        if say.raw is not None:
            return say.raw, {}
        payload = say.payload
        if say.status != 200 and payload is None:
            payload = {"error": f"scripted {say.status}"}
        headers: dict[str, str] = {}
        if isinstance(payload, dict) and set(payload) == {
            "text",
            "finish_reason",
            "prompt_tokens",
            "completion_tokens",
        }:
            if path == "/generate":
                reason = {"stop": "eos_token"}.get(payload["finish_reason"], payload["finish_reason"])
                headers["x-prompt-tokens"] = str(payload["prompt_tokens"])
                details = {
                    "finish_reason": reason,
                    "generated_tokens": payload["completion_tokens"],
                    "seed": None,
                    "prefill": [],
                    "tokens": [],
                }
                payload = {"generated_text": payload["text"], "details": details}
            else:
                text = {"message": {"role": "assistant", "content": payload["text"]}}
                if path == "/v1/completions":
                    text = {"text": payload["text"]}
                payload = {
                    "id": "chat-1",
                    "object": "chat.completion",
                    "created": int(time.time()),
                    "model": "tiny/model",
                    "system_fingerprint": "scripted",
                    "choices": [
                        {
                            "index": 0,
                            **text,
                            "finish_reason": payload["finish_reason"],
                        }
                    ],
                    "usage": {
                        "prompt_tokens": payload["prompt_tokens"],
                        "completion_tokens": payload["completion_tokens"],
                        "total_tokens": payload["prompt_tokens"] + payload["completion_tokens"],
                    },
                }
        return json.dumps(payload).encode(), headers


class _Conversation(asyncio.Protocol):
    """One connection: reads requests and says what the script says."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.buffer = b""
        self.waiting = False
        self.closes = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.server._connections.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.server._connections.discard(self.transport)
        if self.waiting:
            self._leave()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = int(headers.get("content-length", 0))
        if len(self.buffer) < end + 4 + length:
            return
        body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
        method, path, _ = head[0].split(" ", 2)
        self.closes = headers.get("connection", "").lower() == "close"
        say, generation, prompt = self.server.answer(method, path, headers, body)
        if generation:
            self.waiting = True
            self.server.in_flight += 1
            self.server.most_in_flight = max(self.server.most_in_flight, self.server.in_flight)
        if say.how != "hang":
            asyncio.get_running_loop().call_later(say.delay_s, self._say, say, path, prompt)

    def _leave(self) -> None:
        self.waiting = False
        self.server.in_flight -= 1

    def _say(self, say: Say, path: str, prompt: str) -> None:
        if self.waiting:
            self._leave()
        if self.transport.is_closing():
            return
        if say.how == "reset":
            self.transport.abort()
            return
        body, extra = self.server.render(say, path)
        headers = {"content-type": say.content_type, **extra, **say.headers}
        if say.how == "cut":
            body = body[: len(body) // 2]
        if say.how == "chunked":
            headers["transfer-encoding"] = "chunked"
        elif say.how != "until_close":
            headers["content-length"] = str(len(body))
        lines = [f"HTTP/1.1 {say.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if say.how == "half":
            self.transport.write(head + body[: len(body) // 2])
            self.transport.close()
            return
        if say.how == "chunked":
            pieces = [body[start : start + 100] for start in range(0, len(body), 100)]
            body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        self.transport.write(head + body)
        if say.status == 200 and say.how != "cut":
            self.server.answered[prompt] += 1
        if say.how == "until_close" or self.closes:
            self.transport.close()
