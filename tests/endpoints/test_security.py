"""A token goes to its own host and nowhere else, and is written down nowhere."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from endpoint_requests import ask, run_all

from scripted_server import Call, Say, ScriptedServer, completion, echo
from synthllm.builder.endpoints import Completion, Endpoint, EndpointError, EndpointRefused
from synthllm.builder.endpoints.origins import token_for

TOKEN = "hf_SECRETSECRETSECRET"


def test_a_token_goes_to_its_host_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    for host in (
        "127.0.0.1",
        "localhost",
        "example.com",
        "huggingface.co.example.com",
        "nothuggingface.co",
        "a.hf.space",
    ):
        assert token_for("https", host, None) is None
    for host in ("huggingface.co", "abc.us-east-1.aws.endpoints.huggingface.cloud", "router.huggingface.co"):
        assert token_for("https", host, None) == TOKEN
        assert token_for("http", host, None) is None  # not without TLS
    assert token_for("http", "a", {"a": "one", "b": "two"}) == "one"
    assert token_for("http", "c", {"a": "one", "b": "two"}) is None


def test_the_token_is_sent_and_written_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(lambda call: Say(status=500) if call.times == 1 else echo(call)) as server:
        outcomes = run_all(server.url, tmp_path, [ask(str(number)) for number in range(20)], token=TOKEN)
        assert all(isinstance(outcome, Completion) for outcome in outcomes.values())
        assert {call.headers.get("authorization") for call in server.calls} == {f"Bearer {TOKEN}"}
        endpoint = Endpoint(server.url, token=TOKEN)
        assert TOKEN not in repr(endpoint._fleet.servers[0].origin) + repr(endpoint)
    assert TOKEN not in caplog.text
    for file in tmp_path.iterdir():
        assert TOKEN.encode() not in file.read_bytes()


def test_hosts_get_their_own_tokens() -> None:
    with ScriptedServer() as server:
        run_all(server.url, None, [ask("x")], token={"127.0.0.1": "mine", "other": TOKEN})
        assert {call.headers["authorization"] for call in server.calls} == {"Bearer mine"}
        server.calls.clear()
        run_all(server.url, None, [ask("x")], token={"other": TOKEN})
        assert all("authorization" not in call.headers for call in server.calls)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_refused(status: int, tmp_path: Path) -> None:
    with ScriptedServer() as elsewhere:

        def script(call: Call) -> Say:
            return Say(status=status, headers={"location": f"http://localhost:{elsewhere.port}/v1/chat/completions"})

        with (
            ScriptedServer(script) as server,
            pytest.raises(EndpointRefused, match=rf"redirected \(status {status}\) to 'http://localhost"),
        ):
            run_all(server.url, tmp_path, [ask("x")], token=TOKEN)
        assert elsewhere.calls == []


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_on_the_same_host_and_port_is_followed(status: int) -> None:
    def script(call: Call) -> Say:
        return completion("here") if call.path == "/generate" else Say(status=status, headers={"location": "/generate"})

    with ScriptedServer(script) as server:
        server.routes["POST", "/generate"] = lambda call: Say(
            {
                "choices": [{"message": {"content": "here"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1},
            }
        )
        outcome = run_all(server.url, None, [ask("x")], token=TOKEN)[0]
        assert isinstance(outcome, Completion)
        assert outcome.text == "here"


def test_redirects_that_go_round_are_given_up() -> None:
    with (
        ScriptedServer(lambda call: Say(status=307, headers={"location": call.path})) as server,
        pytest.raises(EndpointRefused, match="redirected"),
    ):
        run_all(server.url, None, [ask("x")])


def test_a_token_that_cannot_stand_in_a_header_is_refused_unseen() -> None:
    for bad in ("", "a\r\nx-evil: 1", "with space", "ünïcode"):
        with pytest.raises(EndpointError, match="the token for host") as raised:
            Endpoint("http://host", token=bad)
        assert not bad.strip() or bad not in str(raised.value)


def test_a_wrong_token_is_named_at_once_with_what_to_do() -> None:
    with ScriptedServer() as server:
        server.routes["GET", "/info"] = lambda call: Say(status=401)
        with pytest.raises(EndpointRefused, match=r"status 401.*token_env"):
            asyncio.run(_ready(server.url))


async def _ready(url: str) -> None:
    async with Endpoint(url) as endpoint:
        await endpoint.ready()


def test_headers_of_a_reply_are_bounded() -> None:
    with ScriptedServer(lambda call: Say(headers={"x-long": "y" * 200_000})) as server:
        outcome = run_all(server.url, None, [ask("x")], max_attempts=1)[0]
        assert getattr(outcome, "kind", "") == "bad_reply"
