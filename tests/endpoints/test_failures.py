"""What each way of failing costs: the row, or nothing but time."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import time
from pathlib import Path

import pytest
from endpoint_requests import ask, collect, run_all

from scripted_server import Call, Say, ScriptedServer, completion, echo
from synthllm.builder.endpoints import (
    Completion,
    Endpoint,
    EndpointRefused,
    EndpointUnavailable,
    Failure,
    Outcome,
)
from synthllm.builder.endpoints.failures import backoff_s, retry_after_s
from synthllm.builder.endpoints.transport import Reply

PASSING = {
    "429": Say(status=429),
    "429 with Retry-After": Say(status=429, headers={"retry-after": "1"}),
    "500": Say(status=500),
    "502": Say(status=502),
    "503": Say(status=503),
    "half a reply": Say(completion("x" * 500).payload, how="half"),
    "truncated JSON": Say(completion("x" * 500).payload, how="cut"),
    "a page": Say(raw=b"<html>busy</html>", content_type="text/html"),
    "reset": Say(how="reset"),
    "not HTTP in JSON": Say(raw=b"[1, 2]"),
}


def test_a_failure_that_passes_costs_nothing_but_time(tmp_path: Path) -> None:
    """Every kind of failure once, among requests that succeed."""
    prompts = [*PASSING, *(f"fine {number}" for number in range(40))]

    def script(call: Call) -> Say:
        return PASSING[call.prompt] if call.prompt in PASSING and call.times == 1 else echo(call)

    with ScriptedServer(script) as server:
        outcomes = run_all(server.url, tmp_path, [ask(prompt) for prompt in prompts], max_in_flight=8)
        assert {index: outcome.text for index, outcome in outcomes.items() if isinstance(outcome, Completion)} == {
            index: f"echo {prompt}" for index, prompt in enumerate(prompts)
        }
        assert server.times == {prompt: 2 if prompt in PASSING else 1 for prompt in prompts}


def test_a_failure_that_stays_costs_its_row_and_no_other(tmp_path: Path) -> None:
    staying = {
        "400": (Say(status=400), "refused", 1),
        "422": (Say(status=422), "refused", 1),
        "500": (Say(status=500), "server_error", 3),
        "424": (Say(status=424), "server_error", 3),
        "504": (Say(status=504), "server_error", 3),
        "a page": (Say(raw=b"<html>", content_type="text/html"), "bad_reply", 3),
        "reset": (Say(how="reset"), "dropped", 3),
        "half": (Say({"error": "x" * 300}, how="half"), "dropped", 3),
        "unknown finish": (completion("x", finish_reason="exploded"), "bad_reply", 3),
    }
    prompts = [*staying, *(f"fine {number}" for number in range(200))]

    def script(call: Call) -> Say:
        say = staying[call.prompt][0] if call.prompt in staying else echo(call)
        return say if call.prompt in staying else Say(say.payload, delay_s=0.1)

    with ScriptedServer(script) as server:
        outcomes = run_all(server.url, tmp_path, [ask(prompt) for prompt in prompts], max_in_flight=20, max_attempts=3)
        failed = {prompts[index]: outcome for index, outcome in outcomes.items() if isinstance(outcome, Failure)}
        assert {prompt: failure.kind for prompt, failure in failed.items()} == {
            prompt: kind for prompt, (_, kind, _) in staying.items()
        }
        assert {prompt: server.times[prompt] for prompt in staying} == {
            prompt: times for prompt, (_, _, times) in staying.items()
        }
        assert len(outcomes) == len(prompts)
        sent = server.times.total()
        # Known to be hopeless: not sent again by a later run. The others get another chance.
        again = run_all(server.url, tmp_path, [ask(one) for one in ("400", "422", "fine 1")])
        assert server.times.total() == sent
        assert [type(again[index]) for index in range(3)] == [Failure, Failure, Completion]


@pytest.mark.parametrize("how", ["whole", "until_close", "chunked"])
def test_a_reply_of_100_mb_is_cut_off_and_fails_its_row_at_once(how: str, tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        huge = Say(raw=b" " * 100_000_000, how=how)  # type: ignore[arg-type]
        return huge if call.prompt == "huge" else echo(call)

    with ScriptedServer(script) as server:
        for _ in range(2):
            outcomes = run_all(server.url, tmp_path, [ask("fine"), ask("huge")])
            assert isinstance(outcomes[0], Completion)
            assert isinstance(outcomes[1], Failure)
            assert outcomes[1].kind == "too_large"
            assert "16777216" in outcomes[1].detail
        assert server.times == {"fine": 1, "huge": 1}


def test_a_request_that_hangs_is_given_up_after_its_time(tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        hangs = call.prompt == "always" or (call.prompt == "once" and call.times == 1)
        return Say(how="hang") if hangs else Say(completion("x").payload, delay_s=0.05)

    prompts = ["always", "once", *(str(number) for number in range(100))]
    with ScriptedServer(script) as server:
        outcomes = run_all(
            server.url, tmp_path, [ask(one) for one in prompts], timeout_s=2.0, max_attempts=2, max_in_flight=5
        )
        assert [index for index, outcome in outcomes.items() if isinstance(outcome, Failure)] == [0]
        assert outcomes[0] == Failure("timeout", None, "no whole reply within 2 s")
        assert server.times["always"] == 2
        assert server.times["once"] == 2


def test_one_poisoned_prompt_alone_is_given_up_without_stopping_the_run(tmp_path: Path) -> None:
    with ScriptedServer(lambda call: Say(status=500)) as server:
        outcomes = run_all(server.url, tmp_path, [ask("poison")], max_attempts=2)
        assert isinstance(outcomes[0], Failure)
        assert outcomes[0].status == 500
        assert server.times["poison"] == 2


@pytest.mark.parametrize("framing", ["chunked", "until_close"])
def test_replies_are_read_however_they_are_framed(framing: str) -> None:
    def script(call: Call) -> Say:
        return Say(completion("long " * 500).payload, how=framing)  # type: ignore[arg-type]

    with ScriptedServer(script) as server:
        outcomes = run_all(server.url, None, [ask(str(number)) for number in range(5)])
        assert all(isinstance(one, Completion) and one.text == "long " * 500 for one in outcomes.values())


def test_truncated_and_empty_answers_are_answers_and_are_not_paid_for_again(tmp_path: Path) -> None:
    def script(call: Call) -> Say:
        return completion("and so", "length", 5, 100) if call.prompt == "long" else completion("")

    with ScriptedServer(script) as server:
        for _ in range(2):
            outcomes = run_all(server.url, tmp_path, [ask("long", max_tokens=100), ask("empty")])
            assert outcomes[0] == Completion("and so", "length", 5, 100, "tiny/model")
            assert outcomes[1] == Completion("", "stop", 7, 3, "tiny/model")
        assert server.times == {"long": 1, "empty": 1}


def test_retry_after_is_obeyed() -> None:
    arrivals: list[float] = []

    def script(call: Call) -> Say:
        arrivals.append(time.monotonic())
        return Say(status=429, headers={"Retry-After": "1"}) if call.times == 1 else completion("x")

    with ScriptedServer(script) as server:
        run_all(server.url, None, [ask("x")])
    assert arrivals[1] - arrivals[0] >= 1.0  # without it, a quarter of a second at most


def test_retry_after_is_read_as_a_number_or_a_date() -> None:
    def given(value: str) -> float | None:
        return retry_after_s(Reply(429, {b"retry-after": value.encode()}))

    assert given("7") == 7.0
    assert given("0.5") == 0.5
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    assert given(email.utils.format_datetime(later, usegmt=True)) == pytest.approx(30, abs=2)
    assert given("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert given("soon") is None
    assert given("nan") is None
    assert given("99999999") == 300.0


def test_backoff_doubles_with_jitter_and_is_bounded() -> None:
    for attempt, longest in ((1, 0.25), (2, 0.5), (4, 2.0), (30, 20.0)):
        drawn = [backoff_s(attempt, None) for _ in range(200)]
        assert min(drawn) >= longest / 2
        assert max(drawn) <= longest
        assert max(drawn) - min(drawn) > longest / 5
    assert backoff_s(1, 9.0) >= 9.0


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_refuses_everything_stops_the_run_with_a_clear_message(status: int, tmp_path: Path) -> None:
    with ScriptedServer(lambda call: Say({"error": "no such model"}, status=status)) as server:
        with pytest.raises(EndpointRefused, match=f"status {status}.*no such model.*expected"):
            run_all(server.url, tmp_path, [ask(str(number)) for number in range(1000)], max_in_flight=10)
        assert server.times.total() <= 10


def test_no_server_at_all_is_said_in_one_line() -> None:
    with pytest.raises(EndpointUnavailable, match=r"127\.0\.0\.1:9.*no server answered.*start it") as raised:
        run_all("http://127.0.0.1:9", None, [ask("x")], patience_s=0.5)
    assert "\n" not in str(raised.value)


def test_a_server_that_goes_for_good_stops_the_run_with_everything_saved(tmp_path: Path) -> None:
    requests = [ask(str(number)) for number in range(500)]
    seen: dict[int, Outcome] = {}

    async def run(server: ScriptedServer) -> None:
        async with Endpoint(server.url, "m", ledger=tmp_path, max_in_flight=10, patience_s=1.0) as endpoint:
            async for index, outcome in endpoint.map(requests):
                seen[index] = outcome
                if len(seen) == 100:
                    await asyncio.to_thread(server.stop)

    with ScriptedServer(lambda call: Say(completion("x").payload, delay_s=0.005)) as server:
        with pytest.raises(EndpointUnavailable, match=r"no server has answered.*saved.*run again"):
            asyncio.run(run(server))
        answered = server.answered.copy()
    assert len(seen) >= 100
    with ScriptedServer(port=server.port) as second:
        outcomes = run_all(second.url, tmp_path, requests, model="m")
        assert len(outcomes) == 500
        assert all(isinstance(one, Completion) for one in outcomes.values())
        # Paid twice at most for what was in flight when the server went.
        assert sum((answered & second.answered).values()) <= 10


def test_a_server_that_fails_everything_for_a_while_costs_no_row(tmp_path: Path) -> None:
    """Five hundred requests, and for two seconds every one is answered with 500."""
    began: list[float] = []

    def script(call: Call) -> Say:
        began.append(time.monotonic())
        if 0.2 < time.monotonic() - began[0] < 2.2:
            return Say(status=500)
        return Say(completion("x").payload, delay_s=0.02)

    with ScriptedServer(script) as server:
        server.routes["GET", "/health"] = lambda call: Say({})  # it says that it is well, and is not
        outcomes = run_all(server.url, tmp_path, [ask(str(number)) for number in range(800)], max_in_flight=20)
    assert len(outcomes) == 800
    assert all(isinstance(outcome, Completion) for outcome in outcomes.values())
    assert server.times.total() < 800 + 150


def test_a_request_that_is_put_off_for_ever_costs_its_row_while_others_are_answered() -> None:
    def script(call: Call) -> Say:
        return Say(status=429) if call.prompt == "never" else Say(completion("x").payload, delay_s=0.1)

    with ScriptedServer(script) as server:
        requests = [ask("never"), *(ask(str(number)) for number in range(150))]
        outcomes = run_all(server.url, None, requests, max_in_flight=5, patience_s=1.0, waking_patience_s=1.0)
    assert [index for index, outcome in outcomes.items() if isinstance(outcome, Failure)] == [0]
    assert outcomes[0] == Failure("overloaded", 429, '{"error": "scripted 429"}')


def test_a_quota_that_is_used_up_stops_the_run_and_fails_no_row(tmp_path: Path) -> None:
    with ScriptedServer(lambda call: echo(call) if call.number <= 30 else Say(status=429)) as server:
        requests = [ask(str(number)) for number in range(100)]
        with pytest.raises(EndpointUnavailable, match=r"every request was put off.*status 429.*saved.*run again"):
            run_all(server.url, tmp_path, requests, max_in_flight=5, patience_s=0.5, waking_patience_s=0.5)
    with ScriptedServer() as server:
        outcomes = run_all(server.url, tmp_path, requests)
        assert all(isinstance(outcome, Completion) for outcome in outcomes.values())
        assert server.times.total() == 70


def test_patience_is_counted_from_when_the_server_went_and_not_from_the_last_answer(tmp_path: Path) -> None:
    """A run may have had other things to do for a while, in which nothing was asked."""

    async def run(server: ScriptedServer) -> Outcome:
        async with Endpoint(server.url, "m", ledger=tmp_path, patience_s=30.0) as endpoint:
            await endpoint.generate(ask("first"))
            await asyncio.to_thread(server.stop)
            endpoint._fleet.servers[0].last_success -= 1000.0  # so long ago
            second = asyncio.create_task(endpoint.generate(ask("second")))
            await asyncio.sleep(0.2)
            revived = ScriptedServer(port=server.port)
            await asyncio.to_thread(revived.__enter__)
            outcome = await second
            await asyncio.to_thread(revived.stop)
            return outcome

    with ScriptedServer() as server:
        assert isinstance(asyncio.run(run(server)), Completion)


def test_waking_from_zero_is_waited_for(tmp_path: Path) -> None:
    """A scaled-to-zero endpoint answers 503 to everything until it is up."""
    began = time.monotonic()

    def asleep(call: Call) -> bool:
        return time.monotonic() - began < 1.5

    with ScriptedServer(lambda call: Say(status=503) if asleep(call) else echo(call)) as server:
        server.routes["GET", "/info"] = lambda call: Say(status=503 if asleep(call) else 404)
        server.routes["GET", "/health"] = lambda call: Say(status=503 if asleep(call) else 200, payload={})
        outcomes = run_all(server.url, tmp_path, [ask(str(n)) for n in range(50)], patience_s=0.5, max_in_flight=5)
        assert all(isinstance(outcome, Completion) for outcome in outcomes.values())
        assert server.times.total() <= 60


def test_the_consumer_may_stop_early(tmp_path: Path) -> None:
    async def run(url: str) -> int:
        async with Endpoint(url, "m", ledger=tmp_path, max_in_flight=4) as endpoint:
            async for _ in endpoint.map(ask(str(number)) for number in range(10**9)):
                break
            outcomes = await collect(endpoint, [ask("after")])
            return len(outcomes)

    with ScriptedServer() as server:
        assert asyncio.run(run(server.url)) == 1
        assert server.times.total() < 100
