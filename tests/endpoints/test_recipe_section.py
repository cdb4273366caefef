"""The endpoint section of a recipe refuses what makes no sense, and says how to mend it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from endpoint_requests import ask
from pydantic import ValidationError

from scripted_server import ScriptedServer
from synthllm.builder.endpoints import Completion, Endpoint, EndpointError, open_endpoint
from synthllm.builder.recipe import EndpointRecipe


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "at least one address, or `launch`"),
        ({"launch": "vllm"}, "needs a model to start"),
        ({"launch": "vllm", "model": "m", "urls": ["http://x"]}, "remove one of the two"),
        ({"launch": "ollama", "model": "m"}, "vllm"),
        ({"urls": ["http://x"], "max_cost": 3.0}, "needs prompt_price or completion_price"),
        ({"urls": ["http://x"], "max_in_flght": 3}, "max_in_flght"),
        ({"urls": ["http://x"], "max_in_flight": 0}, "greater than 0"),
        ({"urls": ["http://x"], "token": "hf_secret"}, "token"),  # a secret does not belong in a recipe
    ],
)
def test_sections_that_make_no_sense(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EndpointRecipe.model_validate(given)


def test_tokens_come_from_the_environment_by_the_name_that_the_recipe_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def run(recipe: EndpointRecipe) -> None:
        async with open_endpoint(recipe, tmp_path) as endpoint:
            assert isinstance(await endpoint.generate(ask("x")), Completion)

    with ScriptedServer() as server:
        recipe = EndpointRecipe(urls=(server.url,), model="m", token_env="MY_SERVERS_TOKEN")
        with pytest.raises(EndpointError, match="MY_SERVERS_TOKEN is not set"):
            asyncio.run(run(recipe))
        monkeypatch.setenv("MY_SERVERS_TOKEN", "sesame")
        asyncio.run(run(recipe))
        assert {call.headers["authorization"] for call in server.calls} == {"Bearer sesame"}
        server.calls.clear()
        other = EndpointRecipe(urls=(server.url,), model="n", token_env={"elsewhere": "MY_SERVERS_TOKEN"})
        asyncio.run(run(other))
        assert all("authorization" not in call.headers for call in server.calls)
    assert "sesame" not in recipe.model_dump_json()


def test_fields_beyond_the_shared_ones_are_sent_and_determine_the_reply(tmp_path: Path) -> None:
    extra = {"chat_template_kwargs": {"enable_thinking": False}}

    async def run(url: str, **given: object) -> None:
        recipe = EndpointRecipe.model_validate({"urls": [url], "model": "m", "dialect": "vllm"} | given)
        async with open_endpoint(recipe, tmp_path) as endpoint:
            assert isinstance(await endpoint.generate(ask("x", max_tokens=64)), Completion)

    with ScriptedServer(dialect="vllm") as server:
        for given in ({}, {"extra": extra}, {"extra": extra}, {"extra": extra, "thinking_tokens": 1000}):
            asyncio.run(run(server.url, **given))
        bodies = [call.body for call in server.calls if call.path == "/v1/chat/completions"]
    assert [body.get("chat_template_kwargs") for body in bodies] == [None, *[extra["chat_template_kwargs"]] * 2]
    assert [body["max_tokens"] for body in bodies] == [64, 64, 1064]


def test_extra_parameters_join_those_of_tgis_own_route(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        async with Endpoint(url, "m", dialect="tgi", extra={"parameters": {"repetition_penalty": 1.1}}) as endpoint:
            assert isinstance(await endpoint.generate(ask("x", max_tokens=64)), Completion)

    with ScriptedServer(dialect="tgi") as server:
        asyncio.run(run(server.url))
        (body,) = [call.body for call in server.calls if call.path == "/generate"]
    assert (body["parameters"]["repetition_penalty"], body["parameters"]["max_new_tokens"]) == (1.1, 64)


def test_extra_may_not_say_again_what_a_request_says() -> None:
    with pytest.raises(EndpointError, match="extra: 'temperature' is a field of requests themselves"):
        Endpoint("http://127.0.0.1:1", "m", extra={"temperature": 1})
