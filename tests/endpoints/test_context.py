"""A prompt that would not fit is shortened in its document, at a sentence, and never sent to fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from endpoint_requests import ask, run_all
from hypothesis import given
from hypothesis import strategies as st

from scripted_server import Call, Dialect, Say, ScriptedServer, completion
from synthllm.builder.endpoints import Completion, Endpoint, EndpointError, Failure, Request
from synthllm.builder.endpoints.context import Context, cut_at_sentence, fit

SENTENCES = " ".join(f"Sentence number {number} says something of its own." for number in range(400))


def words(call: Call) -> int:
    """Tokens of a prompt for this server: one for every word."""
    if "inputs" in call.body:
        return len(call.body["inputs"].split())
    return sum(len(message["content"].split()) for message in call.body["messages"])


def counting_server(dialect: Dialect, max_total: int) -> ScriptedServer:
    """A server whose tokens are words and that refuses what does not fit."""

    def script(call: Call) -> Say:
        max_tokens = call.body.get("max_tokens") or call.body["parameters"]["max_new_tokens"]
        if words(call) + max_tokens > max_total:
            return Say(status=422)
        return completion(call.prompt, prompt_tokens=words(call), completion_tokens=1)

    server = ScriptedServer(script, dialect=dialect, max_total=max_total)
    if dialect == "vllm":
        server.routes["POST", "/tokenize"] = lambda call: Say({"count": words(call)})
    if dialect == "tgi":
        server.routes["POST", "/tokenize"] = lambda call: Say([{"id": 0}] * words(call))
    if dialect == "tgi-messages":
        server.routes["POST", "/chat_tokenize"] = lambda call: Say({"tokenize_response": [{}] * words(call)})
    return server


@pytest.mark.parametrize("dialect", ["tgi", "tgi-messages", "vllm"])
def test_a_long_document_is_cut_at_a_sentence_to_just_fit(dialect: Dialect, tmp_path: Path) -> None:
    request = ask(f"Read this.\n{SENTENCES}\nNow ask a question.", document=SENTENCES, max_tokens=100)

    async def run(url: str) -> None:
        async with Endpoint(url, "tiny/model", ledger=tmp_path) as endpoint:
            for _ in range(2):  # from the server, then from the ledger
                outcome = await endpoint.generate(request)
                assert isinstance(outcome, Completion)
                assert outcome.shortened
                assert outcome.text.startswith("Read this.\nSentence number 0 says")
                assert outcome.text.endswith("of its own.\nNow ask a question.")
                assert 900 - 40 < len(outcome.text.split()) <= 900
            assert endpoint.tally.shortened == 1

    with counting_server(dialect, max_total=1000) as server:
        asyncio.run(run(server.url))
        assert server.times.total() == 1


def test_without_a_tokenizer_the_estimate_errs_on_the_safe_side(tmp_path: Path) -> None:
    requests = [ask(f"{number} {SENTENCES}", document=SENTENCES, max_tokens=100) for number in range(50)]
    with counting_server("sglang", max_total=1000) as server:
        outcomes = run_all(server.url, tmp_path, requests, max_in_flight=1)
        kept = [len(one.text.split()) for one in outcomes.values() if isinstance(one, Completion) and one.shortened]
        assert len(kept) == 50  # none was refused
        assert kept[-1] > 2 * kept[0]  # having learned from the counts of the replies, it cuts less


def test_what_may_not_be_cut_fails_unsent_and_what_fits_is_left_alone(tmp_path: Path) -> None:
    with counting_server("vllm", max_total=1000) as server:
        outcomes = run_all(
            server.url,
            tmp_path,
            [
                ask(SENTENCES, max_tokens=100),
                ask(f"{SENTENCES} word", document="word", max_tokens=100),
                ask(SENTENCES[:4000], document=SENTENCES[:4000], max_tokens=100),
            ],
        )
        assert [type(outcomes[index]) for index in range(3)] == [Failure, Failure, Completion]
        for index in (0, 1):
            failure = outcomes[index]
            assert isinstance(failure, Failure)
            assert failure.kind == "too_long"
            assert "900 fit" in failure.detail
        assert not getattr(outcomes[2], "shortened", True)
        assert server.times.total() == 1


def test_a_context_named_by_the_user_is_obeyed() -> None:
    with counting_server("openai", max_total=1000) as server:
        outcomes = run_all(server.url, None, [ask(SENTENCES, document=SENTENCES, max_tokens=100)], context_tokens=1000)
        assert isinstance(outcomes[0], Completion)
        assert outcomes[0].shortened


def test_a_document_that_is_not_in_the_messages_is_a_mistake_of_the_caller() -> None:
    async def count(request: Request) -> int | None:
        return None

    with pytest.raises(EndpointError, match="not found in the messages"):
        asyncio.run(fit(ask("x" * 5000, document="y"), Context(max_total=2000), count))


@given(st.text(alphabet="ab .!?\n\"'é", max_size=200), st.integers(-5, 220))
def test_a_cut_is_a_beginning_that_ends_with_a_sentence_or_a_word(text: str, length: int) -> None:
    kept = cut_at_sentence(text, length)
    assert text.startswith(kept)
    assert len(kept) <= max(length, 0)
    if kept and kept != text:
        rest = text[len(kept) :]
        assert rest[0].isspace() or kept.endswith("\n")


def test_cuts() -> None:
    text = 'One is 3.14 here. "Two!" Three? Four'
    assert cut_at_sentence(text, len(text)) == text
    assert cut_at_sentence(text, 31) == 'One is 3.14 here. "Two!" Three?'
    assert cut_at_sentence(text, 30) == 'One is 3.14 here. "Two!"'
    assert cut_at_sentence(text, 20) == "One is 3.14 here."
    assert cut_at_sentence(text, 10) == "One is"
    assert cut_at_sentence(text, 2) == ""
