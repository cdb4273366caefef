"""Requests are found again in the ledger as they were sent, whatever the recipe's endpoints add to them."""

import asyncio
import dataclasses
from contextlib import closing
from pathlib import Path

import pytest

from scripted_server import ScriptedServer
from synthllm.builder.endpoints import Request, open_endpoint
from synthllm.builder.endpoints.ledger import ledger_file, open_read_only
from synthllm.builder.endpoints.protocol import RequestFailed
from synthllm.builder.explain import Replay
from synthllm.builder.recipe import EndpointRecipe, Recipe

ADDED = {"extra": {"top_k": 20}, "thinking_tokens": 100, "revision": "abc123"}


@pytest.mark.parametrize(("stage", "added"), [("level1", {}), ("level1", ADDED), ("answers", ADDED)])
def test_replay_finds_what_an_endpoint_with_additions_was_asked(
    tmp_path: Path, stage: str, added: dict[str, object]
) -> None:
    request = Request([{"role": "user", "content": "What is $1 + 1$?"}], temperature=0.7, seed=3)
    with ScriptedServer() as server:
        section = EndpointRecipe.model_validate({"urls": [server.url], "model": "m", "dialect": "openai"} | added)

        async def ask() -> None:
            async with open_endpoint(section, tmp_path) as endpoint:
                await endpoint.generate(request)

        asyncio.run(ask())
    plain = EndpointRecipe(urls=("http://127.0.0.1:9",), model="m")
    recipe = Recipe.model_validate({"name": "r", "corpus": {"source": "installed"}})
    used = {"answer_endpoint": section, "endpoint": plain} if stage == "answers" else {"endpoint": section}
    with closing(open_read_only(ledger_file(tmp_path))) as ledger:
        replay = Replay(ledger, recipe.model_copy(update=used), stage, "m")
        assert asyncio.run(replay(request)).text == "echo What is $1 + 1$?"
        with pytest.raises(RequestFailed, match="not_in_ledger"):
            asyncio.run(replay(dataclasses.replace(request, seed=4)))
