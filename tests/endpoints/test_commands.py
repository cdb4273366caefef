"""`synthllm ping` and `synthllm ledger` say what is so."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from endpoint_requests import ask, run_all
from test_fleet import slots_script
from typer.testing import CliRunner

from scripted_server import Call, Say, ScriptedServer, completion
from synthllm.builder.endpoints import EndpointError, EndpointUnavailable
from synthllm.builder.endpoints.commands import ledger, ping
from synthllm.builder.errors import StoreError

app = typer.Typer()
app.command()(ping)
app.command()(ledger)


def output(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_ping_tells_dialect_model_context_latency_throughput_and_knee() -> None:
    with ScriptedServer(slots_script(8, 0.1), dialect="vllm", max_total=4096) as server:
        said = output("ping", server.url, "--max-in-flight", "64")
    lines = dict(line.split(None, 1) for line in said.splitlines())
    assert lines["dialect"] == "vllm"
    assert lines["model"] == "tiny/model"
    assert lines["context"].startswith("4,096 tokens")
    # What no machine can better, and what even a busy one reaches.
    assert float(lines["latency"].split()[0]) >= 99
    assert int(lines["knee"].split()[0]) in (4, 8, 16, 32)
    tokens_per_s = float(lines["throughput"].split()[0].replace(",", ""))
    assert 0.1 * 8 * 3 / 0.1 <= tokens_per_s <= 1.05 * 8 * 3 / 0.1


def test_ping_says_what_is_wrong() -> None:
    with pytest.raises(EndpointUnavailable, match="running generation server"):
        output("ping", "http://127.0.0.1:9")
    with pytest.raises(EndpointError, match="known dialects"):
        output("ping", "http://127.0.0.1:9", "--dialect", "x")
    with pytest.raises(EndpointError, match="NO_SUCH_VARIABLE is not set"):
        output("ping", "http://127.0.0.1:9", "--token-env", "NO_SUCH_VARIABLE")
    with (
        ScriptedServer(lambda call: Say(status=500)) as server,
        pytest.raises(EndpointUnavailable, match="none of 5 requests"),
    ):
        output("ping", server.url)


def test_ledger_shows_what_two_sessions_paid(tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        if call.prompt == "3":
            return Say(status=422)
        if call.prompt == "4" and call.times == 1:
            return Say(status=429)
        if call.prompt == "5 is slow":
            return Say(completion("x", "length", 100, 50).payload, delay_s=0.3)
        return completion("x", prompt_tokens=100, completion_tokens=50)

    with ScriptedServer(script) as server:
        prompts = ["1", "2", "3", "4", "5 is slow"]
        run_all(server.url, tmp_path, [ask(prompt) for prompt in prompts[:3]])
        run_all(server.url, tmp_path, [ask(prompt) for prompt in prompts])
    said = output("ledger", str(tmp_path), "--prompt-price", "1000", "--completion-price", "2000")
    assert "5 rows" in said
    assert "requests    6 sent, 4 answered, 3 found in the ledger" in said
    assert "tokens      400 in, 200 out" in said
    assert "cost        0.8000" in said
    assert "truncated   1" in said
    assert "failed      1: 1 refused" in said
    assert "re-sent     1: 1 after overloaded" in said
    assert "s  5 is slow" in said
    assert said.count("session") == 2


def test_ledger_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no ledger there"):
        output("ledger", str(tmp_path))
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="not a ledger"):
        output("ledger", str(tmp_path))
