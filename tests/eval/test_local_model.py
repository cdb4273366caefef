"""Models on this machine: real generation of a tiny one, against plain loops of the test's own."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
import torch
from small import GSM8K_ROWS, model_folder, recipe, run, write_rows
from transformers import AutoModelForCausalLM, AutoTokenizer

from synthllm.builder.endpoints.protocol import Completion, Failure, Request
from synthllm.builder.errors import EvaluationError, StoreError
from synthllm.eval.generation import Sampling, continuations
from synthllm.eval.local import LocalModel, weights_digest
from synthllm.eval.recipe import LocalRecipe
from synthllm.eval.records import read_records


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_folder(tmp_path_factory.mktemp("model"))


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "gsm8k.jsonl", GSM8K_ROWS)


def answers(folder: Path, requests: list[Request], ledger: Path, batch: int = 4, chat: bool = True) -> list[object]:
    async def ask() -> list[object]:
        found: list[object] = [None] * len(requests)
        async with LocalModel(str(folder), None, chat, LocalRecipe(batch=batch), ledger) as model:
            async for position, outcome in model.map(requests):
                found[position] = outcome
        return found

    return asyncio.run(ask())


def user(text: str, **options: object) -> Request:
    return Request([{"role": "user", "content": text}], **{"max_tokens": 12, **options})  # type: ignore[arg-type]


def test_batched_greedy_answers_are_those_of_one_prompt_at_a_time(folder: Path, tmp_path: Path) -> None:
    texts = ["What is 1 + 1?", "Ann has " + "many pens and " * 9 + "how many?", "Why?"]
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    expected = []
    for text in texts:  # token by token, without padding, cache or generate()
        ids = tokenizer.apply_chat_template(
            [{"role": "user", "content": text}], add_generation_prompt=True, return_dict=False
        )
        written: list[int] = []
        while len(written) < 12 and (not written or written[-1] != tokenizer.eos_token_id):
            with torch.no_grad():
                written.append(int(model(torch.tensor([ids + written])).logits[0, -1].argmax()))
        expected.append(tokenizer.decode(written, skip_special_tokens=True))
    found = answers(folder, [user(text) for text in texts], tmp_path / "l.sqlite")
    assert [one.text for one in found if isinstance(one, Completion)] == expected
    assert any(expected)


def test_samples_do_not_depend_on_the_batch_and_have_the_temperature_of_the_request(
    folder: Path, tmp_path: Path
) -> None:
    requests = [user("Draw.", max_tokens=4, temperature=1.0, seed=seed, sample=seed) for seed in range(40)]
    alone = answers(folder, requests, tmp_path / "a.sqlite", batch=1)
    together = answers(folder, requests, tmp_path / "b.sqlite", batch=16)
    assert [one.text for one in alone] == [one.text for one in together]  # type: ignore[attr-defined]
    assert len({one.text for one in alone}) > 30  # type: ignore[attr-defined]


def test_sampled_tokens_follow_the_softmax_of_temperature_and_nucleus(folder: Path) -> None:
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    prompt = tokenizer("Ann has")["input_ids"]
    with torch.no_grad():
        shares = (model(torch.tensor([prompt])).logits[0, -1] / 0.15).softmax(-1)
    ordered, order = shares.sort(descending=True)
    kept = order[(ordered.cumsum(0) - ordered) < 0.8]
    nucleus = {int(token): float(shares[token] / shares[kept].sum()) for token in kept}
    count = 3000
    drawn = continuations(
        model, tokenizer, [prompt] * count, 1, [tokenizer.eos_token_id], (), Sampling(0.15, 0.8, tuple(range(count)))
    )
    spelt = Counter(one.text for one in drawn)
    expected: Counter[str] = Counter()
    for token, share in nucleus.items():
        expected[tokenizer.decode([token], skip_special_tokens=True)] += share  # type: ignore[assignment]
    assert set(spelt) <= set(expected)
    assert 1 < len(expected) < 320
    for text, share in expected.items():  # five standard errors
        assert abs(spelt[text] / count - share) < 5 * (share * (1 - share) / count) ** 0.5 + 1e-9, text


def test_a_stop_text_ends_an_answer_and_is_no_part_of_it(folder: Path) -> None:
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    prompts = [tokenizer(text)["input_ids"] for text in ("Ann", "How many")]
    stop_ids = [tokenizer.eos_token_id]
    sampling = Sampling(1.0, 1.0, (3, 4))  # greedily a random model repeats itself
    whole = continuations(model, tokenizer, prompts, 24, stop_ids, (), sampling)
    mark = whole[0].text[3:5]
    cut = continuations(model, tokenizer, prompts, 24, stop_ids, (mark,), sampling)
    assert cut[0].text == whole[0].text[: whole[0].text.find(mark)]
    assert cut[0].stopped
    assert not whole[0].stopped
    assert cut[0].tokens < whole[0].tokens == 24


def test_a_prompt_that_does_not_fit_is_refused_and_one_that_nearly_fits_gets_what_room_there_is(tmp_path: Path) -> None:
    small = model_folder(tmp_path / "model", context=64)
    found = answers(small, [user("x" * 200), user("Q" * 30), user("?")], tmp_path / "l.sqlite")
    assert isinstance(found[0], Failure)
    assert found[0].kind == "too_long"
    assert isinstance(found[1], Completion)
    assert found[1].prompt_tokens + found[1].completion_tokens <= 64
    assert found[1].finish_reason == "length" or found[1].completion_tokens < 12
    assert isinstance(found[2], Completion)


def test_a_base_model_is_given_the_prompt_as_it_is_and_cannot_chat(tmp_path: Path) -> None:
    base = model_folder(tmp_path / "base", chat=False)
    (raw,) = answers(base, [user("Question: 1 + 1?\nAnswer:")], tmp_path / "l.sqlite", chat=False)
    assert isinstance(raw, Completion)
    assert raw.prompt_tokens == len(AutoTokenizer.from_pretrained(base)("Question: 1 + 1?\nAnswer:")["input_ids"])
    with pytest.raises(EvaluationError, match=r"no chat template.*prompt: few-shot"):
        answers(base, [user("1 + 1?")], tmp_path / "l.sqlite")


def test_a_model_that_was_trained_again_is_another_model_and_one_that_moved_is_not(rows: Path, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "model")
    before = weights_digest(folder)
    results = run(recipe(rows, temperature=1.0), str(folder), tmp_path / "out")
    moved = folder.rename(tmp_path / "moved")
    again = run(recipe(rows, temperature=1.0), str(moved), tmp_path / "out")
    assert again["tasks"] == results["tasks"]
    with closing(sqlite3.connect(tmp_path / "out" / "ledger.sqlite")) as ledger:
        assert ledger.execute("SELECT count(*) FROM outcomes").fetchone() == (12,), "the same weights elsewhere"
    model_folder(folder, seed=1)
    assert weights_digest(folder) != before
    with pytest.raises(StoreError, match=r"model\.weights: .*--out"):
        run(recipe(rows, temperature=1.0), str(folder), tmp_path / "out")


def test_evaluation_of_a_folder_writes_records_and_asks_nothing_twice(folder: Path, rows: Path, tmp_path: Path) -> None:
    asked = recipe(rows, samples=2, temperature=1.0, local={"batch": 5})
    results = run(asked, str(folder), tmp_path / "out")
    records = list(read_records(tmp_path / "out" / "records" / "gsm8k.parquet"))
    assert [(record.id, record.sample) for record in records] == [(str(n), s) for n in range(12) for s in range(2)]
    assert results["tasks"]["gsm8k"]["completion_tokens"] == sum(record.completion_tokens for record in records)
    assert results["versions"]["torch"] == torch.__version__
    ledger = sqlite3.connect(tmp_path / "out" / "ledger.sqlite")
    assert ledger.execute("SELECT count(*) FROM outcomes").fetchone() == (24,)
    assert run(asked, str(folder), tmp_path / "out") == results
    assert ledger.execute("SELECT count(*), sum(sent) FROM outcomes").fetchone() == (24, 24)


def test_a_killed_evaluation_goes_on_with_the_answers_that_it_has(folder: Path, tmp_path: Path) -> None:
    many = [dict(row, question=f"{row['question']} ({copy})") for copy in range(5) for row in GSM8K_ROWS]
    settings = recipe(write_rows(tmp_path / "gsm8k.jsonl", many), temperature=1.0, max_tokens=24, local={"batch": 2})
    config = tmp_path / "recipe.yaml"
    config.write_text(settings.canonical(), encoding="utf-8")
    out, ledger = tmp_path / "out", tmp_path / "out" / "ledger.sqlite"
    command = [sys.executable, "-m", "synthllm.builder.cli", "eval", config, "--model", folder, "--out", out, "--quiet"]
    process = subprocess.Popen(
        list(map(str, command)),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # several spin where cores are shared
    )

    def stored() -> int:
        if not ledger.exists():
            return 0
        with closing(sqlite3.connect(ledger, timeout=30)) as connection:
            there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'outcomes'").fetchone()
            return int(connection.execute("SELECT count(*) FROM outcomes").fetchone()[0]) if there else 0

    while process.poll() is None and stored() < 10:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 10 <= stored() < 60, "the kill came too late to prove anything"
    assert not (out / "results.json").exists()
    results = run(settings, str(folder), out)
    assert stored() == 60
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT sum(sent) FROM outcomes").fetchone() == (60,), "what was kept was asked again"
    assert run(settings, str(folder), tmp_path / "whole") == results
    kept, whole = (list(read_records(o / "records" / "gsm8k.parquet")) for o in (out, tmp_path / "whole"))
    assert kept == whole
