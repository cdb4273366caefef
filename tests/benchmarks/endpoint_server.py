"""The server of the endpoint benchmark: OpenAI-compatible, 50 ms for every reply, and a memory of what it was asked.

Run as a program with a port. `POST /script` sets faults: shares of 429, of 500 and of answers cut off by max_tokens,
and one poisoned prompt that always gets 500. `GET /counts` tells how often each prompt was sent and was answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import resource
import sys
from collections import Counter

DELAY_S = 0.05
TEXT = "An answer of a few hundred characters, as a model would give. " * 6


def reply(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body


def completion(reason: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": TEXT}, "finish_reason": reason}
    usage = {"prompt_tokens": 60, "completion_tokens": 90, "total_tokens": 150}
    model = {"id": "x", "object": "chat.completion", "created": 1, "model": "bench"}
    return reply(200, json.dumps({**model, "choices": [choice], "usage": usage}).encode())


STOPPED, CUT_OFF = completion("stop"), completion("length")
MODELS = reply(
    200, json.dumps({"object": "list", "data": [{"id": "bench", "object": "model", "owned_by": "x"}]}).encode()
)


class State:
    """What the server is to do, and what it was asked."""

    def __init__(self) -> None:
        self.shares = {"429": 0.0, "500": 0.0, "length": 0.0}
        self.poisoned = b""
        self.sent: Counter[bytes] = Counter()
        self.answered: Counter[bytes] = Counter()
        self.cut_off: set[bytes] = set()
        self.in_flight = 0

    def answer(self, prompt: bytes) -> bytes:
        self.sent[prompt] += 1
        if not any(self.shares.values()):
            self.answered[prompt] += 1
            return STOPPED
        if prompt == self.poisoned:
            return reply(500, b"{}")
        # Which prompts meet which fault does not depend on the order in which they come.
        draw = int.from_bytes(hashlib.blake2b(prompt, digest_size=4).digest(), "big") / 2**32
        if self.sent[prompt] == 1 and draw < self.shares["429"]:
            return reply(429, b"{}")
        if self.sent[prompt] == 1 and draw < self.shares["429"] + self.shares["500"]:
            return reply(500, b"{}")
        self.answered[prompt] += 1
        if draw > 1 - self.shares["length"]:
            self.cut_off.add(prompt)
            return CUT_OFF
        return STOPPED

    def counts(self) -> dict[str, int]:
        return {
            "prompts": len(self.sent),
            "sent": self.sent.total(),
            "answered": self.answered.total(),
            "paid_twice": sum(times - 1 for times in self.answered.values()),
            "cut_off": len(self.cut_off),
            "cut_off_again": sum(self.answered[prompt] > 1 for prompt in self.cut_off),
            "poisoned_sent": self.sent[self.poisoned],
        }


class Conversation(asyncio.Protocol):
    """One connection. The prompt is told by the first word of the last message, which every client sends as it is."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
            self.asked(head, body)

    def say_and_close(self, said: bytes) -> None:
        self.transport.write(said)
        self.transport.close()

    def asked(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"post /v1/chat/completions"):
            at = body.find(b"prompt-")
            said = self.state.answer(body[at : body.find(b" ", at)])
            say = self.say_and_close if b"\r\nconnection: close" in head else self.transport.write
            asyncio.get_running_loop().call_later(DELAY_S, say, said)
        elif head.startswith(b"get /counts"):
            used = resource.getrusage(resource.RUSAGE_SELF)
            counts = self.state.counts() | {"cpu_ms": round(1000 * (used.ru_utime + used.ru_stime))}
            self.transport.write(reply(200, json.dumps(counts).encode()))
        elif head.startswith(b"post /script"):
            given = json.loads(body)
            self.state.__init__()  # type: ignore[misc]
            self.state.shares = given["shares"]
            self.state.poisoned = given["poisoned"].encode()
            self.transport.write(reply(200, b"{}"))
        elif head.startswith(b"get /v1/models"):
            self.transport.write(MODELS)
        else:
            self.transport.write(reply(404, b"{}"))


async def main(port: int) -> None:
    state = State()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(state), "127.0.0.1", port, backlog=8192)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
