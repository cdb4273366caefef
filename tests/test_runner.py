import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from synthllm.builder.endpoints.protocol import Completion, EndpointUnavailable, Failure, Generate, Outcome, Request
from synthllm.builder.progress import StageProgress
from synthllm.builder.rows import Document, Rejected
from synthllm.builder.runner import ordered_map, run_model_stage
from synthllm.builder.store import StageFolder


class Server:
    """Echoes the prompt after a random while; `poison` is refused, `gone` ends the run."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gone_after: int | None = None

    async def generate(self, request: Request) -> Outcome:
        text = request.messages[0]["content"]
        self.asked.append(text)
        if self.gone_after is not None and len(self.asked) > self.gone_after:
            raise EndpointUnavailable("gone")
        await asyncio.sleep(random.random() / 500)
        if text == "echoed":
            return Failure("refused", 400, "bad header: Bearer hf_" + "a" * 30)
        if text == "poison":
            return Failure("refused", 422, "bad input")
        return Completion(text.upper(), "stop", 1, 2, "echo")


async def ask(text: str, generate: Generate) -> Sequence[Document | Rejected]:
    completion = await generate(Request([{"role": "user", "content": text}]))
    return [Document(text, completion.text)]


SHARDS = {"part-00000": ["a", "poison", "b", "echoed"], "part-00001": [], "part-00002": [f"w{i}" for i in range(30)]}


def run(folder: StageFolder, server: Server) -> None:
    with StageProgress(quiet=True) as progress:
        asyncio.run(
            run_model_stage(
                folder,
                SHARDS,
                lambda shard: iter(SHARDS[shard]),
                ask,
                str,
                Document,
                server,
                5,
                progress,
                lambda: {"prompt_hash": "h"},
            )
        )


def test_rows_are_written_in_the_order_of_the_input_and_a_refused_one_costs_itself(tmp_path: Path) -> None:
    folder = StageFolder(tmp_path / "echo")
    run(folder, Server())
    assert folder.shards() == list(SHARDS)
    assert [row.id for row in folder.read(Document)] == ["a", "b", *SHARDS["part-00002"]]
    refused, echoed = folder.rejected()
    assert refused == Rejected("poison", "echo", "refused", "422: bad input")
    assert echoed.detail == "400: not kept: a Hugging Face token stood in it"
    assert folder.manifest("part-00000")["requests"] == 4
    assert folder.manifest("part-00000")["completion_tokens"] == 4


def test_finished_shards_are_not_asked_again(tmp_path: Path) -> None:
    folder = StageFolder(tmp_path / "echo")
    server = Server()
    server.gone_after = 10
    with pytest.raises(EndpointUnavailable):
        run(folder, server)
    assert folder.shards() == ["part-00000", "part-00001"]
    again = Server()
    run(folder, again)
    assert sorted(again.asked) == sorted(SHARDS["part-00002"])


def test_window_bounds_what_is_under_way_and_the_input_is_read_no_further() -> None:
    under_way = most = read = 0

    def items() -> object:
        nonlocal read
        for i in range(100):
            read += 1
            yield i

    async def work(item: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return item

    async def main() -> None:
        async for item, result in ordered_map(items(), work, 7):  # type: ignore[arg-type, var-annotated]
            assert item == result
            assert read <= item + 1 + 7

    asyncio.run(main())
    assert most <= 7
