"""The embedded teacher's server: Text Generation Inference's protocol on loopback.

| route | what it gives |
|---|---|
| GET /health | 200 as long as the workers live |
| GET /info, /v1/models | the model and its limits |
| POST /generate | a reply to `inputs` |
| POST /v1/chat/completions | a reply to `messages`, whole or as a stream of events |
| GET /metrics | counters in Prometheus' text form |

Where Text Generation Inference refuses a request (422, with `error` and `error_type`), so does this server. Tokens are
counted as `tokens.py` says. Run it with `python -m synthllm.builder.teacher.server`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Annotated, Any, Literal

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ... import __version__
from ..workers import start_pool
from .jobs import Done, Job, generate, ready

MODEL_ID = f"symbolic-teacher/{__version__}"
MAX_INPUT_TOKENS = 32_768
MAX_TOTAL_TOKENS = 65_536
MAX_CONCURRENT_REQUESTS = 1_024
MAX_STOP_SEQUENCES = 4
BODY_LIMIT = 32 * 2**20
PARENT_POLL_S = 0.5
STREAM_WORDS = 8  # words in one event of a stream


class Refused(Exception):
    """A request that is answered with an error: its kind as Text Generation Inference names it, and the status."""

    def __init__(self, error: str, kind: str = "validation", status: int = 422) -> None:
        super().__init__(error)
        self.error, self.kind, self.status = error, kind, status


Seed = Annotated[int, Field(ge=0, lt=2**64)]


class Parameters(BaseModel):
    """The parameters of `/generate`. Those that cannot change a symbolic teacher's reply are read and ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)

    max_new_tokens: int | None = 100
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    do_sample: bool = False
    seed: Seed | None = None
    stop: list[str] = []
    details: bool = False
    return_full_text: bool | None = None
    best_of: int | None = None
    grammar: dict[str, Any] | None = None


class GenerateBody(BaseModel):
    """The body of `/generate`."""

    model_config = ConfigDict(extra="ignore", strict=True)

    inputs: str
    parameters: Parameters = Parameters()


class ChatMessage(BaseModel):
    """One turn of a chat; content may come in text parts."""

    model_config = ConfigDict(extra="ignore", strict=True)

    role: str
    content: str | list[dict[str, Any]] = ""

    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "".join(str(part.get("text", "")) for part in self.content if part.get("type") == "text")


class ChatBody(BaseModel):
    """The body of `/v1/chat/completions`."""

    model_config = ConfigDict(extra="ignore", strict=True)

    messages: list[ChatMessage] = Field(min_length=1)
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: Seed | None = None
    stop: list[str] | str | None = None
    stream: bool = False
    n: Literal[1] | None = None
    response_format: dict[str, Any] | None = None


class Server:
    """The routes, the pool of workers behind them, and the counters."""

    def __init__(self, error_rate: float = 0.0, workers: int = 2) -> None:
        self.error_rate = error_rate
        self.workers = workers
        self.counts: Counter[str] = Counter()
        self.in_flight = 0

    def application(self) -> web.Application:
        """The aiohttp application; its workers start and end with it."""
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_errors_as_json])
        app.add_routes(
            [
                web.get("/health", self.health),
                web.get("/info", self.info),
                web.get("/v1/models", self.models),
                web.get("/metrics", self.metrics),
                web.post("/generate", self.generate),
                web.post("/v1/chat/completions", self.chat),
            ]
        )
        app.cleanup_ctx.append(self._pool)
        return app

    async def _pool(self, app: web.Application) -> AsyncIterator[None]:
        self.pool = start_pool(self.workers, ready)
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self.pool, ready) for _ in range(self.workers)))
        yield
        self.pool.shutdown(wait=True, cancel_futures=True)

    async def health(self, request: web.Request) -> web.Response:
        return web.Response()

    async def info(self, request: web.Request) -> web.Response:
        return _json(
            {
                "model_id": MODEL_ID,
                "model_sha": __version__,
                "model_pipeline_tag": "text-generation",
                "max_concurrent_requests": MAX_CONCURRENT_REQUESTS,
                "max_best_of": 1,
                "max_stop_sequences": MAX_STOP_SEQUENCES,
                "max_input_tokens": MAX_INPUT_TOKENS,
                "max_total_tokens": MAX_TOTAL_TOKENS,
                "validation_workers": self.workers,
                "max_client_batch_size": 1,
                "router": "synthllm-teacher",
                "version": __version__,
                "sha": __version__,
                "docker_label": None,
            }
        )

    async def models(self, request: web.Request) -> web.Response:
        model = {"id": MODEL_ID, "object": "model", "created": 0, "owned_by": "synthllm"}
        return _json({"object": "list", "data": [model]})

    async def metrics(self, request: web.Request) -> web.Response:
        lines: list[str] = []
        for name in (
            "tgi_request_count",
            "tgi_request_success",
            "tgi_request_failure",
            "tgi_request_input_tokens",
            "tgi_request_generated_tokens",
        ):
            lines += [f"# TYPE {name} counter", f"{name} {self.counts[name]}"]
        lines += ["# TYPE tgi_queue_size gauge", f"tgi_queue_size {self.in_flight}"]
        return web.Response(text="\n".join(lines) + "\n")

    async def generate(self, request: web.Request) -> web.Response:
        with self._counted():
            body = _read(GenerateBody, await request.read())
            wanted = body.parameters
            if wanted.temperature is not None and wanted.temperature <= 0:
                raise Refused("`temperature` must be strictly positive")
            if wanted.max_new_tokens is not None and wanted.max_new_tokens <= 0:
                raise Refused("`max_new_tokens` must be strictly positive")
            if wanted.best_of not in (None, 1):
                raise Refused("`best_of` must be 1: this server gives one reply to a request")
            if wanted.grammar is not None:
                raise Refused("grammar is not supported")
            sampled = wanted.do_sample or wanted.temperature not in (None, 1.0)
            sampled = sampled or wanted.top_p is not None or wanted.top_k is not None
            stop = _stop_sequences(wanted.stop)
            done = await self._done(body.inputs, wanted.max_new_tokens, sampled, wanted.seed, wanted.top_p, stop)
        text = body.inputs + done.text if wanted.return_full_text else done.text
        reply: dict[str, Any] = {"generated_text": text}
        if wanted.details:
            reply["details"] = {
                "finish_reason": done.finish_reason,
                "generated_tokens": done.generated_tokens,
                "seed": wanted.seed,
                "prefill": [],
                "tokens": [],
            }
        return _json(reply, {"x-prompt-tokens": str(done.prompt_tokens)})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        with self._counted():
            body = _read(ChatBody, await request.read())
            if body.temperature is not None and body.temperature < 0:
                raise Refused("`temperature` must be strictly positive")
            limit = body.max_completion_tokens if body.max_tokens is None else body.max_tokens
            if limit is not None and limit <= 0:
                raise Refused("`max_new_tokens` must be strictly positive")
            if body.response_format is not None and body.response_format.get("type") != "text":
                raise Refused("grammar is not supported")
            stop = _stop_sequences([body.stop] if isinstance(body.stop, str) else body.stop or [])
            text = "\n\n".join(message.text() for message in body.messages)
            done = await self._done(text, limit, body.temperature != 0, body.seed, body.top_p, stop)
        if body.stream:
            return await _stream(request, done)
        message = {"role": "assistant", "content": done.text}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _chat_reason(done)}
        return _json({**_chat_head("chat.completion"), "choices": [choice], "usage": _usage(done)})

    async def _done(
        self, text: str, limit: int | None, sampled: bool, seed: int | None, top_p: float | None, stop: tuple[str, ...]
    ) -> Done:
        """The reply, worked out in the pool."""
        if not text:
            raise Refused("`inputs` cannot be empty")
        if top_p is not None and not 0 < top_p <= 1:
            raise Refused("`top_p` must be > 0.0 and < 1.0")
        if self.in_flight >= MAX_CONCURRENT_REQUESTS:
            raise Refused("Model is overloaded", "overloaded", 429)
        job = Job(text, limit, sampled, seed, stop, self.error_rate, MAX_INPUT_TOKENS, MAX_TOTAL_TOKENS)
        self.in_flight += 1
        pool = self.pool
        try:
            done = await asyncio.get_running_loop().run_in_executor(pool, generate, job)
        except BrokenProcessPool as error:
            # A worker was killed. The next request finds fresh ones; this one may be sent again.
            if self.pool is pool:
                self.pool = start_pool(self.workers, ready)
            raise Refused("Request failed during generation: a worker process died", "generation", 500) from error
        finally:
            self.in_flight -= 1
        if done.refused:
            raise Refused(done.refused)
        self.counts["tgi_request_input_tokens"] += done.prompt_tokens
        self.counts["tgi_request_generated_tokens"] += done.generated_tokens
        return done

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self.counts["tgi_request_count"] += 1
        try:
            yield
        except BaseException:
            self.counts["tgi_request_failure"] += 1
            raise
        self.counts["tgi_request_success"] += 1


def _read(body: type[Any], data: bytes) -> Any:
    try:
        return body.model_validate_json(data)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'body'}: {problem['msg']}" for problem in error.errors()
        )
        raise Refused(problems) from error


def _stop_sequences(stop: list[str]) -> tuple[str, ...]:
    if len(stop) > MAX_STOP_SEQUENCES:
        raise Refused(f"`stop` supports up to {MAX_STOP_SEQUENCES} stop sequences. Given: {len(stop)}")
    return tuple(one for one in stop if one)


@web.middleware
async def _errors_as_json(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except Refused as refused:
        message = f"Input validation error: {refused.error}" if refused.kind == "validation" else refused.error
        return _json({"error": message, "error_type": refused.kind}, status=refused.status)
    return response


def _json(value: Any, headers: dict[str, str] | None = None, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json", headers=headers, status=status)


def _chat_head(kind: str) -> dict[str, Any]:
    return {"object": kind, "id": "", "created": int(time.time()), "model": MODEL_ID, "system_fingerprint": MODEL_ID}


def _chat_reason(done: Done) -> str:
    return "length" if done.finish_reason == "length" else "stop"


def _usage(done: Done) -> dict[str, int]:
    total = done.prompt_tokens + done.generated_tokens
    return {"prompt_tokens": done.prompt_tokens, "completion_tokens": done.generated_tokens, "total_tokens": total}


async def _stream(request: web.Request, done: Done) -> web.StreamResponse:
    """The reply as server-sent events, a few words at a time."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    head = _chat_head("chat.completion.chunk")
    pieces = done.text.split(" ")
    for start in range(0, len(pieces), STREAM_WORDS):
        piece = " ".join(pieces[start : start + STREAM_WORDS]) + (" " if start + STREAM_WORDS < len(pieces) else "")
        delta = {"role": "assistant", "content": piece}
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        await response.write(b"data: " + orjson.dumps({**head, "choices": [choice]}) + b"\n\n")
    end = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": _chat_reason(done)}
    await response.write(b"data: " + orjson.dumps({**head, "choices": [end], "usage": _usage(done)}) + b"\n\n")
    await response.write(b"data: [DONE]\n\n")
    return response


async def serve(host: str, port: int, error_rate: float, workers: int, parent: int | None = None) -> None:
    """Serve until SIGINT or SIGTERM, or until the process `parent` is gone. Prints the URL once it can answer."""
    runner = web.AppRunner(Server(error_rate, workers).application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0][1]
        sys.stdout.write(f"http://{host}:{bound}\n")
        sys.stdout.flush()
        await _until_told(parent)
    finally:
        await runner.cleanup()


async def _until_told(parent: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PARENT_POLL_S)
        if parent is not None and os.getppid() != parent:
            return


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m synthllm.builder.teacher.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--error-rate", type=float, default=0.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parent", type=int, help="end when the process with this id is gone")
    given = parser.parse_args()
    asyncio.run(serve(given.host, given.port, given.error_rate, given.workers, given.parent))


if __name__ == "__main__":
    main()
