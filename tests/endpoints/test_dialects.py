"""What is sent in each dialect, and what its replies are read as."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from dataclasses import replace
from typing import Any, get_args

import huggingface_hub as hub
import pytest
from endpoint_requests import ask, run_all
from huggingface_hub.inference._generated.types import text_generation
from hypothesis import given, settings
from hypothesis import strategies as st
from tgi_schema import SCHEMAS, problems

from scripted_server import Call, Dialect, Say, ScriptedServer, completion
from synthllm.builder.endpoints import Completion, Endpoint, Failure, Outcome, Request
from synthllm.builder.endpoints.dialects import DIALECTS, BadReply
from synthllm.builder.endpoints.failures import judge
from synthllm.builder.endpoints.transport import Reply

SCHEMA = {"type": "object", "properties": {"rating": {"type": "integer"}}, "required": ["rating"]}
OK = Reply(200, {b"x-prompt-tokens": b"11"})

requests = st.builds(
    Request,
    messages=st.lists(
        st.fixed_dictionaries({"role": st.sampled_from(["system", "user", "assistant"]), "content": st.text()}),
        min_size=1,
        max_size=4,
    ),
    max_tokens=st.integers(1, 10_000),
    temperature=st.one_of(st.just(0.0), st.floats(0.01, 2.0)),
    top_p=st.one_of(st.just(1.0), st.floats(0.01, 1.0)),
    seed=st.one_of(st.none(), st.integers(0, 2**63 - 1)),
    stop=st.lists(st.text(min_size=1), max_size=4).map(tuple),
    json_schema=st.one_of(st.none(), st.just(SCHEMA)),
)


@settings(max_examples=200, deadline=None)
@given(requests)
def test_every_request_fits_tgis_schema(request: Request) -> None:
    for name, schema in (("tgi", "GenerateRequest"), ("tgi-messages", "ChatRequest")):
        dialect = DIALECTS[name]
        assert dialect.encode_count is not None
        for encode in (dialect.encode, dialect.encode_count):
            assert problems(json.loads(json.dumps(encode(request, "m"))), SCHEMAS[schema]) == []
    plain = json.loads(json.dumps(DIALECTS["completions"].encode(replace(request, json_schema=None), "m")))
    # The document has a list of texts only. Its server takes one text too, and `transformers serve` nothing else.
    plain["prompt"] = [plain["prompt"]]
    assert problems(plain, SCHEMAS["CompletionRequest"]) == []


def test_the_schema_checker_finds_what_is_wrong() -> None:
    wrong = {"inputs": 3, "parameters": {"temperature": 0, "top_p": 1.5, "seed": 0, "stop": list("abcde"), "best": 1}}
    found = " ".join(problems(wrong, SCHEMAS["GenerateRequest"]))
    for name in ("inputs", "temperature", "top_p", "seed", "stop", "best"):
        assert name in found
    assert problems({}, SCHEMAS["GenerateRequest"]) == ["$: inputs is missing"]
    assert problems({"messages": [{"role": "user", "content": None}], "seed": None}, SCHEMAS["ChatRequest"])
    assert problems({"messages": [], "seed": 2**63, "max_tokens": 2**31}, SCHEMAS["ChatRequest"]) == [
        f"$.seed: {2**63} is no int64",
        f"$.max_tokens: {2**31} is no int32",
    ]
    assert problems({"type": "json_schema", "value": SCHEMA}, SCHEMAS["GrammarType"])  # it wants {"schema": ...}


GENERATED = {
    "GenerateRequest": hub.TextGenerationInput,
    "GenerateParameters": hub.TextGenerationInputGenerateParameters,
    "GenerateResponse": hub.TextGenerationOutput,
    "Details": hub.TextGenerationOutputDetails,
    "PrefillToken": hub.TextGenerationOutputPrefillToken,
    "Token": hub.TextGenerationOutputToken,
    "ChatRequest": hub.ChatCompletionInput,
    "Message": hub.ChatCompletionInputMessage,
    "ChatCompletion": hub.ChatCompletionOutput,
    "ChatCompletionComplete": hub.ChatCompletionOutputComplete,
    "TextMessage": hub.ChatCompletionOutputMessage,
    "Usage": hub.ChatCompletionOutputUsage,
}


@pytest.mark.parametrize("name", GENERATED)
def test_the_schema_agrees_with_the_types_that_the_hubs_client_has_from_tgi(name: str) -> None:
    """A second witness of what was written down by hand: the Hub generates these classes from TGI's document."""
    fields = {field.name: field for field in dataclasses.fields(GENERATED[name])}
    ours = SCHEMAS[name]["properties"].keys() - {"object"}
    assert ours <= fields.keys()
    needed = {field.name for field in fields.values() if field.default is dataclasses.MISSING}
    assert needed <= set(SCHEMAS[name].get("required", ()))
    scalars = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
    for field in ours & fields.keys():
        expected = scalars.get(SCHEMAS[name]["properties"][field].get("type"))
        assert expected is None or expected in str(fields[field].type), f"{name}.{field}: {fields[field].type}"


def test_tgis_grammars_and_finish_reasons_are_those_of_the_hubs_client() -> None:
    ours = [form["properties"]["type"]["enum"][0] for form in SCHEMAS["GrammarType"]["oneOf"]]
    assert ours == list(get_args(text_generation.TypeEnum))
    reasons = SCHEMAS["Details"]["properties"]["finish_reason"]["enum"]
    assert reasons == list(get_args(text_generation.TextGenerationOutputFinishReason))


def test_greedy_and_sampled_requests_to_tgi() -> None:
    greedy = DIALECTS["tgi"].encode(ask("Hi", max_tokens=9), "m")
    assert greedy == {
        "inputs": "Hi",
        "parameters": {"max_new_tokens": 9, "details": True, "return_full_text": False, "do_sample": False},
    }
    sampled = DIALECTS["tgi"].encode(
        ask("Hi", temperature=0.7, top_p=0.9, seed=0, stop=("\n",), json_schema=SCHEMA), "m"
    )["parameters"]
    assert sampled["do_sample"] is True
    assert (sampled["temperature"], sampled["top_p"], sampled["seed"], sampled["stop"]) == (0.7, 0.9, 1, ["\n"])
    assert sampled["grammar"] == {"type": "json", "value": SCHEMA}


@pytest.mark.parametrize("dialect", ["openai", "vllm", "sglang", "providers"])
def test_requests_to_openai_compatible_servers(dialect: str) -> None:
    body = DIALECTS[dialect].encode(ask("Hi", temperature=0.7, seed=5, stop=("x",), json_schema=SCHEMA), "m")
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (body["model"], body["seed"], body["stop"], body["stream"]) == ("m", 5, ["x"], False)


def test_replies_in_tgis_schema_are_read() -> None:
    native = {
        "generated_text": "4",
        "details": {
            "finish_reason": "eos_token",
            "generated_tokens": 2,
            "prefill": [],
            "seed": None,
            "tokens": [{"id": 1, "text": "4", "logprob": -0.1, "special": False}],
        },
    }
    assert problems(native, SCHEMAS["GenerateResponse"]) == []
    assert DIALECTS["tgi"].decode(native, OK) == Completion("4", "stop", 11, 2)
    for reason, expected in (("length", "length"), ("stop_sequence", "stop")):
        native["details"]["finish_reason"] = reason  # type: ignore[index]
        assert problems(native, SCHEMAS["GenerateResponse"]) == []
        assert DIALECTS["tgi"].decode(native, OK).finish_reason == expected
    chat = {
        "object": "chat.completion",
        "id": "",
        "created": 1706270835,
        "model": "a/model",
        "system_fingerprint": "3.3.6-native",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "4"}, "logprobs": None, "finish_reason": "length"}
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
    }
    assert problems(chat, SCHEMAS["ChatCompletion"]) == []
    assert DIALECTS["tgi-messages"].decode(chat, OK) == Completion("4", "length", 5, 1, "a/model")
    plain = chat | {
        "object": "text_completion",
        "choices": [{"index": 0, "text": "4", "logprobs": None, "finish_reason": "stop_sequence"}],
    }
    assert problems(plain, SCHEMAS["CompletionFinal"]) == []
    assert DIALECTS["completions"].decode(plain, OK) == Completion("4", "stop", 5, 1, "a/model")


def test_tokens_counted_in_tgis_schema_are_read() -> None:
    tokens = [{"id": 1, "text": "Hi", "start": 0, "stop": 2}, {"id": 2, "text": "!", "start": 2, "stop": 3}]
    templated = {"tokenize_response": tokens, "templated_text": "<user>Hi!"}
    for name, schema, reply in (
        ("tgi", "TokenizeResponse", tokens),
        ("tgi-messages", "ChatTokenizeResponse", templated),
    ):
        assert problems(reply, SCHEMAS[schema]) == []
        count = DIALECTS[name].count
        assert count is not None
        assert count(reply) == 2


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (422, "validation", "refused"),
        (424, "generation", "server_error"),
        (429, "overloaded", "overloaded"),
        (500, "incomplete_generation", "server_error"),
    ],
)
def test_every_error_in_tgis_document_has_its_kind(status: int, error: str, kind: str) -> None:
    said = {"error": "what was wrong", "error_type": error}
    assert problems(said, SCHEMAS["ErrorResponse"]) == []
    for name in ("tgi", "tgi-messages", "completions"):
        outcome = judge(Reply(status, {}, json.dumps(said).encode()), DIALECTS[name], "http://server")
        assert isinstance(outcome, Failure)
        assert (outcome.kind, outcome.status) == (kind, status)
        assert "what was wrong" in outcome.detail


BROKEN: list[tuple[str, Any]] = [
    ("tgi", {}),
    ("tgi", {"generated_text": "x"}),
    ("tgi", {"generated_text": None, "details": {}}),
    ("tgi", {"generated_text": "x", "details": {"finish_reason": "eos_token", "generated_tokens": -1}}),
    ("openai", []),
    ("openai", {"choices": []}),
    ("openai", {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}),
    (
        "openai",
        {
            "choices": [{"message": {"content": ["x"]}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        },
    ),
    (
        "openai",
        {
            "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": True, "completion_tokens": 1},
        },
    ),
    (
        "openai",
        {
            "choices": [{"message": {"content": "x"}, "finish_reason": None}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        },
    ),
]


@pytest.mark.parametrize(("dialect", "payload"), BROKEN)
def test_a_reply_that_is_not_what_was_promised_is_refused(dialect: str, payload: Any) -> None:
    with pytest.raises(BadReply):
        DIALECTS[dialect].decode(payload, OK)


@pytest.mark.parametrize("dialect", ["tgi", "tgi-messages", "openai", "vllm", "sglang", "silent"])
def test_the_dialect_is_found_by_asking(dialect: Dialect) -> None:
    async def run(url: str) -> tuple[Outcome, str]:
        async with Endpoint(url, "tiny/model") as endpoint:
            outcome = await endpoint.generate(ask("hello"))
            found = endpoint._fleet.servers[0].dialect
            assert found is not None
            return outcome, found.name

    with ScriptedServer(dialect=dialect) as server:
        if dialect == "tgi-messages":  # its model has a chat template
            server.routes["POST", "/chat_tokenize"] = lambda call: Say({"tokenize_response": [], "templated_text": ""})
        outcome, found = asyncio.run(run(server.url))
    assert found == {"silent": "openai"}.get(dialect, dialect)
    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.finish_reason, outcome.prompt_tokens) == ("echo hello", "stop", 7)
    assert outcome.model == "tiny/model"


def test_plain_text_goes_to_completions_without_a_chat_template() -> None:
    async def run(url: str) -> Outcome:
        async with Endpoint(url, "tiny/model", dialect="completions") as endpoint:
            return await endpoint.generate(replace(ask("Question: 1 + 1?\nAnswer:"), stop=("\n\n",), seed=3))

    with ScriptedServer(lambda call: completion(" 2", "length")) as server:
        outcome = asyncio.run(run(server.url))
        (call,) = [call for call in server.calls if call.method == "POST"]
    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.finish_reason, outcome.completion_tokens) == (" 2", "length", 3)
    assert call.path == "/v1/completions"
    assert "messages" not in call.body
    assert (call.body["prompt"], call.body["stop"]) == ("Question: 1 + 1?\nAnswer:", ["\n\n"])


def test_the_scripted_server_itself_speaks_tgis_schema() -> None:
    """So that the other tests meet what a real server would send."""
    server = ScriptedServer(dialect="tgi")
    for path, name in (
        ("/generate", "GenerateResponse"),
        ("/v1/chat/completions", "ChatCompletion"),
        ("/v1/completions", "CompletionFinal"),
    ):
        body, _ = server.render(completion("four", "length"), path)
        assert problems(json.loads(body), SCHEMAS[name]) == []
    assert "x-prompt-tokens" in server.render(completion("four"), "/generate")[1]
    assert problems(server._about("GET", "/info").payload, SCHEMAS["Info"]) == []


@pytest.mark.parametrize("left_on", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_the_path_of_a_route_may_be_left_on_the_url(left_on: str) -> None:
    with ScriptedServer(dialect="vllm") as server:
        assert isinstance(run_all(server.url + left_on, None, [ask("x")])[0], Completion)


def test_the_model_is_asked_of_the_server_where_it_is_not_named() -> None:
    async def run(url: str, dialect: str | None = None) -> str:
        async with Endpoint(url, dialect=dialect) as endpoint:
            await endpoint.ready()
            return endpoint.model

    with ScriptedServer(dialect="vllm") as server:
        assert asyncio.run(run(server.url)) == "tiny/model"
    alone = {"id": "tiny/model", "object": "model", "created": 1, "owned_by": "tiny/model"}
    assert problems(alone, SCHEMAS["ModelInfo"]) == []  # not in a list, in TGI's document
    with ScriptedServer(dialect="tgi") as server:
        server.routes["GET", "/v1/models"] = lambda call: Say(alone)
        assert asyncio.run(run(server.url, "completions")) == "tiny/model"


def test_a_filtered_answer_and_a_reasoning_answer_without_content() -> None:
    def script(call: Call) -> Say:
        if call.prompt == "filtered":
            return completion("", finish_reason="content_filter")
        said = {"role": "assistant", "content": None, "reasoning_content": "hm"}
        choice = {"index": 0, "message": said, "finish_reason": "length"}
        return Say({"choices": [choice], "usage": {"prompt_tokens": 1, "completion_tokens": 50}})

    with ScriptedServer(script) as server:
        outcomes = run_all(server.url, None, [ask("filtered"), ask("reasoned")])
        filtered = outcomes[0]
        assert isinstance(filtered, Failure)
        assert filtered.kind == "filtered"
        assert server.times["filtered"] == 1
        assert outcomes[1] == Completion("", "length", 1, 50, "tiny/model")


SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("dialect", "weights", "revision"),
    [
        ("tgi", {"model_sha": SHA}, SHA),
        ("tgi", {}, ""),
        ("vllm", {"root": f"/cache/models--tiny--model/snapshots/{SHA}"}, SHA),
        ("vllm", {"root": "tiny/model"}, ""),
        ("openai", {}, ""),
    ],
)
def test_revision_of_the_weights_is_what_the_server_tells(
    dialect: Dialect, weights: dict[str, str], revision: str
) -> None:
    async def ask_it(url: str) -> str:
        async with Endpoint(url) as endpoint:
            await endpoint.generate(ask("Hi"))
            return endpoint.revision

    with ScriptedServer(dialect=dialect) as server:
        server.weights = weights
        assert asyncio.run(ask_it(server.url)) == revision


def test_revisions_of_several_servers_are_all_told() -> None:
    async def ask_both(urls: list[str]) -> str:
        async with Endpoint(urls) as endpoint:
            await endpoint.ready()
            return endpoint.revision

    with ScriptedServer(dialect="tgi") as one, ScriptedServer(dialect="tgi") as other:
        one.weights, other.weights = {"model_sha": "bbb"}, {"model_sha": "aaa"}
        assert asyncio.run(ask_both([one.url, other.url])) == "aaa, bbb"
