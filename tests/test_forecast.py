"""The forecast of a build: requests, tokens, cost and time, by hand for a recipe of known size."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from pathlib import Path

import pytest

from synthllm.builder.endpoints.ledger import Ledger
from synthllm.builder.forecast import forecast
from synthllm.builder.recipe import Recipe, load_recipe

RECIPE = """
name: priced
seed: 1
domain: mathematics
license: cc-by-4.0
corpus: {source: hub, path: HuggingFaceFW/fineweb-edu, limit: 1000}
endpoint: {urls: ["http://127.0.0.1:8080"], prompt_price: 2.0, completion_price: 10.0}
levels: [level1]
level1: {questions: 2}
answers: {votes: 3}
filter: null
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    file = tmp_path / "recipe.yaml"
    file.write_text(RECIPE)
    return load_recipe(file)


def last_row(text: str) -> list[str]:
    return [cell.strip() for cell in next(line for line in text.splitlines() if "to come" in line).split("│")[1:-1]]


def test_a_forecast_multiplies_out(recipe: Recipe, tmp_path: Path) -> None:
    text = forecast(recipe, tmp_path / "run")
    _, requests, prompt, completion, cost, _ = last_row(text)
    # One request for the concepts of each document, one for its questions, three votes for each of two questions.
    assert requests == f"{1000 + 1000 + 1000 * 2 * 3:,}"
    prompt_tokens, completion_tokens = int(prompt.replace(",", "")), int(completion.replace(",", ""))
    assert completion_tokens == 1000 * 250 + 1000 * 2 * 100 + 6000 * 450
    expected = (prompt_tokens * 2.0 + completion_tokens * 10.0) / 1e6
    assert cost == f"{expected:,.2f}"
    assert f"each accepted row: {expected / 2000:,.6f} at least" in text
    assert "time to come: not known before the first answers" in text


def test_the_time_to_come_goes_by_what_the_run_was_answered_so_far(recipe: Recipe, tmp_path: Path) -> None:
    async def open_once() -> None:
        await Ledger(tmp_path / "run" / "ledger.sqlite").close()

    asyncio.run(open_once())
    connection = sqlite3.connect(tmp_path / "run" / "ledger.sqlite")
    connection.execute("UPDATE sessions SET totals = ?", (json.dumps({"answered": 300, "seconds": 60.0}),))
    connection.commit()
    connection.close()
    found = re.search(r"time to come: ([\d.]+) minutes, at the ([\d.]+) requests/s", forecast(recipe, tmp_path / "run"))
    assert found is not None
    assert found.groups() == (f"{8000 / 5 / 60:.1f}", "5.0")
