"""Inference Providers, through the Hub's own client, against a server that stands in for the router."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from endpoint_requests import ask, collect, run_all
from huggingface_hub import constants

from scripted_server import Call, Say, ScriptedServer, echo
from synthllm.builder.endpoints import Completion, Endpoint, EndpointError, EndpointRefused, Failure, Outcome
from synthllm.builder.endpoints.dialects import DIALECTS
from synthllm.builder.endpoints.providers import ProvidersOrigin

PROMPTS = ["fine", "busy once", "broken once", "bad", "schema"]


def script(call: Call) -> Say:
    if call.times == 1 and call.prompt in ("busy once", "broken once"):
        return Say(status=429 if call.prompt == "busy once" else 500, headers={"retry-after": "0"})
    return Say(status=422) if call.prompt == "bad" else echo(call)


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Hub's client allowed to ask, though tests run offline: it asks loopback only."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def test_the_hubs_client_is_retried_and_its_answers_are_kept(online: None, tmp_path: Path) -> None:
    async def run(url: str) -> dict[int, Outcome]:
        async with Endpoint("providers:auto", "tiny/model", ledger=tmp_path) as endpoint:
            server = endpoint._fleet.servers[0]
            server.origin = ProvidersOrigin("auto", "hf_mine", address=f"{url}/v1")
            requests = [ask(prompt, temperature=0.5, seed=3, stop=("x",)) for prompt in PROMPTS[:4]]
            requests.append(ask("schema", json_schema={"type": "object"}))
            return await collect(endpoint, requests)

    with ScriptedServer(script) as server:
        for _ in range(2):
            outcomes = asyncio.run(run(server.url))
            assert [type(outcomes[index]) for index in range(5)] == [Completion] * 3 + [Failure, Completion]
            assert outcomes[0] == Completion("echo fine", "stop", 7, 3, "tiny/model")
        assert server.times == {"fine": 1, "busy once": 2, "broken once": 2, "bad": 1, "schema": 1}
        sent = next(call for call in server.calls if call.prompt == "fine")
        assert sent.headers["authorization"] == "Bearer hf_mine"
        expected = DIALECTS["providers"].encode(ask("fine", temperature=0.5, seed=3, stop=("x",)), "tiny/model")
        assert {name: sent.body[name] for name in expected} == expected
        schema = next(call for call in server.calls if call.prompt == "schema")
        assert schema.body["response_format"]["value"] == {"type": "object"}  # rewritten so by the Hub's client


def test_a_model_has_to_be_named_and_offline_is_said(online: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EndpointError, match="model: Inference Providers"):
        Endpoint("providers:auto")
    with pytest.raises(EndpointRefused, match="nosuch"):
        run_all("providers:nosuch", None, [ask("x")])
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EndpointRefused, match="HF_HUB_OFFLINE"):
        run_all("providers:hf-inference", None, [ask("x")])
