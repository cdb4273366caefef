"""Held-out rows, nested subsets, mixtures and curricula, by their definitions."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from synthllm.builder.errors import TrainingError
from synthllm.train.data import curriculum, difficulty, mix, split_held_out
from synthllm.train.prepare import open_pool, prepare, question_of
from synthllm.train.recipe import DataRecipe, OrderRecipe
from synthllm.train.sources import read_source
from synthllm.train.teacher_rows import numbers_in
from train import tiny


def letters(row: dict[str, Any]) -> tuple[list[int], list[int]]:
    """A token per letter, the answer trained on: an encoding that needs no tokenizer."""
    prompt = [ord(letter) for message in row["prompt"] for letter in message["content"]]
    answer = [ord(letter) for letter in row["answer"]]
    return prompt + answer, [-100] * len(prompt) + answer


def data_recipe(*sources: dict[str, Any], **rest: Any) -> DataRecipe:
    return DataRecipe.model_validate({"sources": list(sources), **rest})


def trained_texts(recipe: DataRecipe) -> list[str]:
    prepared = prepare(recipe, open_pool(recipe), letters, seed=3)
    return ["".join(map(chr, row["input_ids"])) for row in prepared.train]


@pytest.fixture
def two_files(tmp_path: Path) -> tuple[str, str]:
    first = tiny.write_rows(tmp_path / "first.jsonl", tiny.questions(300))
    second = tiny.write_rows(tmp_path / "second.jsonl", tiny.questions(100, first=1000))
    return str(first), str(second)


def test_subsets_are_nested_and_never_touch_what_is_held_out(two_files: tuple[str, str]) -> None:
    sources = [{"path": path} for path in two_files]
    held_out = set(open_pool(data_recipe(*sources, held_out=40)).texts())
    before: set[str] = set()
    for rows in (25, 50, 100, 200, 360):
        recipe = data_recipe(*sources, rows=rows, held_out=40)
        pool = open_pool(recipe)
        kept_out = {pool.ids[i][row] for i in range(2) for row in pool.held_out[i]}
        assert len(kept_out) == 40
        now = set(trained_texts(recipe))
        assert len(now) == rows
        assert before <= now
        before = now
        assert not {row["id"] for row in prepare(recipe, pool, letters, 3).held_out_rows} - kept_out
    assert held_out


def test_subset_keeps_its_rows_when_others_are_added(tmp_path: Path) -> None:
    """A place depends on the row alone: rows that come later displace some, and shuffle none."""
    small = tiny.write_rows(tmp_path / "small.jsonl", tiny.questions(100))
    large = tiny.write_rows(tmp_path / "large.jsonl", tiny.questions(200)[::-1])
    few = set(trained_texts(data_recipe({"path": str(small)}, rows=50)))
    many = set(trained_texts(data_recipe({"path": str(large)}, rows=100)))
    originals = {row["messages"][0]["content"] + row["messages"][1]["content"] for row in tiny.questions(100)}
    assert len(few & many) >= 30
    assert len(few) == 50
    assert many & originals <= few or few <= many & originals


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(20, 120), min_size=2, max_size=4),
    weights=st.lists(st.floats(0.1, 5), min_size=4, max_size=4),
    seed=st.integers(0, 9),
)
def test_realised_shares_are_the_weights_to_within_a_row(sizes: list[int], weights: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = weights[: len(sizes)]
    sources = [{"path": f"{i}.jsonl", "weight": weight} for i, weight in enumerate(weights)]
    recipe = DataRecipe.model_validate({"sources": sources})
    tokens = [rng.integers(5, 40, size) for size in sizes]
    pools = [np.arange(size) for size in sizes]
    mixture = mix(recipe, pools, [[f"{i}-{row}" for row in range(size)] for i, size in enumerate(sizes)], tokens)
    total = sum(part.tokens for part in mixture.parts)
    for part, weight in zip(mixture.parts, weights, strict=True):
        assert abs(part.tokens - total * weight / sum(weights)) <= 40 * len(sizes)
        assert len(set(part.rows.tolist())) == len(part.rows)


def test_mixture_of_real_and_synthetic_rows_is_recorded_with_its_shares(two_files: tuple[str, str]) -> None:
    recipe = data_recipe(
        {"path": two_files[0], "weight": 1}, {"path": two_files[1], "weight": 3, "kind": "real", "repeat": 2}
    )
    report = prepare(recipe, open_pool(recipe), letters, seed=0).report
    by_kind = {share["kind"]: share for share in report["mixture"]}
    assert by_kind["real"]["token_share"] == pytest.approx(0.75, abs=0.01)
    assert by_kind["real"]["rows"] == 2 * by_kind["real"]["distinct_rows"] == 200
    assert report["rows"] == sum(share["rows"] for share in report["mixture"])


def test_tokens_of_each_source_are_met(two_files: tuple[str, str]) -> None:
    recipe = data_recipe({"path": two_files[0], "tokens": 1000}, {"path": two_files[1], "tokens": 2000})
    report = prepare(recipe, open_pool(recipe), letters, seed=0).report
    assert [share["tokens"] for share in report["mixture"]] == [
        pytest.approx(1000, abs=40),
        pytest.approx(2000, abs=40),
    ]


def test_too_few_rows_for_what_is_asked_is_an_error(two_files: tuple[str, str]) -> None:
    for recipe, words in (
        (data_recipe({"path": two_files[0]}, rows=301), "301 asked for, the sources have 300"),
        (data_recipe({"path": two_files[0], "tokens": 10**9}), "raise repeat"),
        (data_recipe({"path": two_files[0]}, held_out=300), "would leave none"),
    ):
        with pytest.raises(TrainingError, match=words):
            trained_texts(recipe)


def test_rows_in_two_sources_are_held_out_of_both(tmp_path: Path) -> None:
    path = str(tiny.write_rows(tmp_path / "rows.jsonl", tiny.questions(50)))
    sources = [Dataset.from_list([{"id": row["id"]} for row in tiny.questions(50)])["id"]] * 2
    held_out, rest = split_held_out([list(one) for one in sources], 20, 0)
    assert [len(one) for one in held_out] == [10, 0], "each is measured once"
    for one in rest:
        assert set(one) == set(range(50)) - set(held_out[0])
    assert path


@pytest.mark.parametrize("by", ["level", "school_level", "agreement", "length"])
def test_stages_follow_each_other_from_easy_to_hard(by: str) -> None:
    rows = tiny.questions(200)
    columns = {name: [row[name] for row in rows] for name in ("level", "school_level", "agreement")}
    lengths = np.array([len(row["messages"][0]["content"]) for row in rows])
    hardness = difficulty(by, columns, lengths)
    order = curriculum(OrderRecipe(by=by), hardness, seed=1)  # type: ignore[arg-type]
    assert sorted(order.tolist()) == list(range(200))
    assert (np.diff(hardness[order]) >= 0).all()
    first = [np.flatnonzero(hardness == hardness.min())[:5].tolist(), order[:5].tolist()]
    assert first[0] != first[1], "rows of a stage are shuffled"


def test_agreement_orders_unanimous_votes_first_and_school_levels_by_age() -> None:
    columns = {"agreement": [0.6, 1.0, 0.8], "school_level": ["college", "elementary", "high school"]}
    lengths = np.ones(3, dtype=np.int64)
    assert np.argsort(difficulty("agreement", columns, lengths)).tolist() == [1, 2, 0]
    assert np.argsort(difficulty("school_level", columns, lengths)).tolist() == [1, 2, 0]


def test_blend_goes_from_strict_stages_to_no_order() -> None:
    hardness = np.repeat([0.0, 1.0, 2.0], 500)
    seen = []
    for blend in (0.0, 0.5, 1.0):
        order = curriculum(OrderRecipe(by="level", blend=blend), hardness, seed=2)
        seen.append(np.corrcoef(np.arange(1500), hardness[order])[0, 1])
    assert seen[0] > 0.94
    assert 0.4 < seen[1] < seen[0]
    assert abs(seen[2]) < 0.1


def test_stages_of_equal_size_can_be_cut() -> None:
    hardness = np.random.default_rng(0).random(90)
    order = curriculum(OrderRecipe(by="length", stages=3), hardness, seed=0)
    stages = [set(order[i * 30 : (i + 1) * 30].tolist()) for i in range(3)]
    sorted_rows = np.argsort(hardness).tolist()
    assert stages == [set(sorted_rows[i * 30 : (i + 1) * 30]) for i in range(3)]


def test_shuffled_order_differs_by_seed_and_not_by_run(two_files: tuple[str, str]) -> None:
    recipe = data_recipe({"path": two_files[0]})
    pool = open_pool(recipe)
    orders = [prepare(recipe, pool, letters, seed).report["first_ids"] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_benchmark_question_in_the_data_stops(tmp_path: Path, two_files: tuple[str, str]) -> None:
    asked = "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. How many?"
    benchmark = tiny.write_rows(tmp_path / "gsm8k.jsonl", [{"question": asked}])
    rows = tiny.questions(20)
    clean = data_recipe({"path": two_files[0]}, benchmarks=[str(benchmark)])
    assert prepare(clean, open_pool(clean), letters, 0).report["benchmarks"] == {"gsm8k": 1}
    rows[7]["messages"][0]["content"] = asked.replace("Natalia", "natalia ") + " Show your work."
    bad = data_recipe({"path": str(tiny.write_rows(tmp_path / "bad.jsonl", rows))}, benchmarks=[str(benchmark)])
    with pytest.raises(TrainingError, match=r"1 questions to train on are a benchmark's; the first is row-00007"):
        prepare(bad, open_pool(bad), letters, 0)


def test_long_rows_are_dropped_and_counted_and_too_many_are_an_error(tmp_path: Path) -> None:
    rows = tiny.questions(100)
    for number in (3, 50):
        rows[number]["messages"][1]["content"] = "so " * 200 + "$\\boxed{1}$"
    path = str(tiny.write_rows(tmp_path / "rows.jsonl", rows))
    recipe = data_recipe({"path": path}, max_length=200)
    report = prepare(recipe, open_pool(recipe), letters, 0).report
    assert (report["rows"], report["dropped"]) == (98, 2)
    strict = data_recipe({"path": path}, max_length=200, max_dropped=0.01)
    with pytest.raises(TrainingError, match=r"2 of 100 rows are longer than 200 tokens"):
        prepare(strict, open_pool(strict), letters, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"messages": []}, "row 1: messages is empty"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]}, "assistant message"),
        ({"messages": [{"role": "assistant", "content": "a"}]}, "the roles are assistant"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}, "roles are user, user"),
    ],
)
def test_rows_that_cannot_be_trained_on_are_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    rows = tiny.questions(3)
    rows[1] |= change
    recipe = data_recipe({"path": str(tiny.write_rows(tmp_path / "rows.jsonl", rows))})
    with pytest.raises(TrainingError, match=words):
        open_pool(recipe)


def test_missing_column_file_and_version_are_named(tmp_path: Path) -> None:
    other = tiny.write_rows(tmp_path / "other.jsonl", [{"problem": "1 + 1?", "solution": "2"}])
    with pytest.raises(TrainingError, match="no column 'messages'; the dataset has problem, solution"):
        read_source(data_recipe({"path": str(other)}).sources[0])
    named = read_source(data_recipe({"path": str(other), "question": "problem", "answer": "solution"}).sources[0])
    assert named[0]["prompt"] == [{"role": "user", "content": "1 + 1?"}]
    with pytest.raises(TrainingError, match="no data here"):
        read_source(data_recipe({"path": str(tmp_path / "absent")}).sources[0])
    with pytest.raises(TrainingError, match="set revision"):
        read_source(data_recipe({"path": "somebody/something"}).sources[0])


def test_each_source_can_say_how_many_of_its_rows_are_held_out(two_files: tuple[str, str]) -> None:
    sources = [{"path": two_files[0], "held_out": 7}, {"path": two_files[1]}]
    pool = open_pool(data_recipe(*sources))
    assert [len(one) for one in pool.held_out] == [7, 0]
    assert [len(one) for one in pool.rest] == [293, 100]
    alone = open_pool(data_recipe({"path": two_files[0]}, held_out=7))
    assert pool.held_out[0].tolist() == alone.held_out[0].tolist()
    twice = open_pool(data_recipe({"path": two_files[0], "held_out": 7}, {"path": two_files[0]}))
    assert [len(one) for one in twice.rest] == [293, 293], "a row in two sources is held out of both"
    prepared = prepare(data_recipe(*sources), pool, letters, 0)
    assert set(prepared.held_out["source"]) == {two_files[0]}
    with pytest.raises(TrainingError, match=r"data.sources\[1\].held_out: 100 of 100 rows"):
        open_pool(data_recipe(sources[0], {"path": two_files[1], "held_out": 100}))
    with pytest.raises(ValueError, match="or of each by itself"):
        data_recipe(*sources, held_out=3)


def numbers(row: dict[str, Any]) -> tuple[int, ...]:
    """The numbers of a question, in order of size."""
    return tuple(sorted(map(int, re.findall(r"\d+", row["prompt"][0]["content"]))))


def test_no_two_problems_drawn_have_the_same_numbers_and_more_begin_with_fewer() -> None:
    families = ["sum_and_difference", "greatest_common_divisor"]
    few, many = (read_source(data_recipe({"families": families, "draw": n}).sources[0]) for n in (10, 1_000))
    assert list(many["id"])[:10] == list(few["id"])
    assert len({(row["level"], numbers(row)) for row in many}) == 1_000
    with pytest.raises(TrainingError, match="no family 'linear_equatoin'; near it: linear_equation"):
        read_source(data_recipe({"families": ["linear_equatoin"], "draw": 1}).sources[0])


def test_family_without_further_problems_leaves_its_turns_to_the_others() -> None:
    drawn = read_source(data_recipe({"families": ["hamiltonian_cycles", "clock_sum"], "draw": 80}).sources[0])
    assert 0 < list(drawn["level"]).count("hamiltonian_cycles") < 12
    with pytest.raises(TrainingError, match=r"no more different problems after \d+ of 80; draw fewer"):
        read_source(data_recipe({"families": ["hamiltonian_cycles"], "draw": 80}).sources[0])


def test_problems_drawn_after_a_dataset_are_of_its_families_and_none_is_its_own(tmp_path: Path) -> None:
    own = read_source(data_recipe({"families": ["sum_and_difference", "clock_sum"], "draw": 400}).sources[0])
    rows = [
        {"messages": [*row["prompt"], {"role": "assistant", "content": row["answer"]}], "level": "level1"}
        for row in own
    ]
    path = str(tiny.write_rows(tmp_path / "rows.jsonl", rows))
    drawn = read_source(data_recipe({"path": path, "draw": 400}).sources[0])
    assert set(drawn["level"]) == {"sum_and_difference", "clock_sum"}
    seen, new = ({(row["level"], numbers(row)) for row in one} for one in (own, drawn))
    assert (len(seen), len(new)) == (400, 400)
    assert not seen & new
    clocks = read_source(data_recipe({"path": path, "families": ["clock_sum"], "draw": 300}).sources[0])
    assert not seen & {(row["level"], numbers(row)) for row in clocks}
    strange = str(tiny.write_rows(tmp_path / "strange.jsonl", tiny.questions(5)))
    with pytest.raises(TrainingError, match="none of its 5 questions is one that the embedded teacher can read"):
        read_source(data_recipe({"path": strange, "draw": 10}).sources[0])


PIECES = "A rope of ${0}$ cm is cut into two pieces. One piece is ${1}$ cm longer than the other."
OLDER = "The ages of two foals add up to ${0}$ months, and one is ${1}$ months older than the other."
CYCLES = "the number of Hamiltonian cycles of the complete graph with ${0}$ labelled vertices"
LONGER_PIECE, OLDER_FOAL = "the length of the longer piece in centimetres", "the age of the older foal in months"


def asked(path: Path, *questions: str) -> str:
    """A file with these questions, and an answer to each."""
    answer = {"role": "assistant", "content": "It is $\\boxed{1}$."}
    rows = [{"messages": [{"role": "user", "content": one}, answer]} for one in questions]
    return str(tiny.write_rows(path, rows))


def test_steps_of_a_chain_have_the_numbers_that_they_have_alone() -> None:
    """(30 + 10) / 2 = 20 goes into the second step."""
    chain = f"{PIECES.format(30, 10)} Let $k$ be {LONGER_PIECE}. {OLDER.format('k', 6)} Find {OLDER_FOAL}."
    first, second = f"{OLDER.format(30, 10)} Find {OLDER_FOAL}.", f"{PIECES.format(20, 6)} Compute {LONGER_PIECE}."
    assert len(numbers_in([chain])) == 2
    assert numbers_in([chain]) == numbers_in([first, second])
    assert not numbers_in([chain]) & numbers_in([f"{PIECES.format(30, 6)} Find {LONGER_PIECE}."])
    too_many = f"{PIECES.format(30, 10)} Let $k$ be {LONGER_PIECE}. Find {CYCLES.format('k')}."
    assert numbers_in([too_many, "What is love?"]) == numbers_in([first]), "nothing is asked where a chain breaks"


def test_steps_of_a_datasets_chains_are_not_drawn(tmp_path: Path) -> None:
    """The Hamiltonian cycles on (10 + 6) / 2 = 8 vertices are one of the few problems of their family."""
    chain = f"{PIECES.format(10, 6)} Let $k$ be {LONGER_PIECE}. Find {CYCLES.format('k')}."
    source = {"families": ["hamiltonian_cycles"], "draw": 80}
    with pytest.raises(TrainingError, match=r"after \d+ of 80") as alone:
        read_source(data_recipe(source).sources[0])
    with pytest.raises(TrainingError, match=r"after \d+ of 80") as besides:
        read_source(data_recipe(source | {"path": asked(tmp_path / "rows.jsonl", chain)}).sources[0])
    many, fewer = (int(re.findall(r"after (\d+)", str(one.value))[0]) for one in (alone, besides))
    assert many - fewer == 1


def test_problem_held_out_is_not_trained_on_as_a_step_of_another(tmp_path: Path) -> None:
    pieces = [PIECES.format(s, 10) + f" Find {LONGER_PIECE}." for s in (20, 30, 40, 50)]
    steps = [f"{OLDER.format(s, 10)} Let $k$ be {OLDER_FOAL}. Find {CYCLES.format('k')}." for s in (20, 30, 40, 50)]
    path, chains = asked(tmp_path / "rows.jsonl", *pieces), asked(tmp_path / "chains.jsonl", *steps)
    recipe = data_recipe({"path": path, "families": ["sum_and_difference"], "held_out": 2}, {"path": chains})
    pool = open_pool(recipe)
    assert pool.left_out == 2
    held_out, trained = (
        numbers_in(
            question_of(row) for source, rows in zip(pool.sources, part, strict=True) for row in source.select(rows)
        )
        for part in (pool.held_out, pool.rest)
    )
    assert held_out
    assert not held_out & trained
    assert prepare(recipe, pool, letters, 0).report["left_out"] == 2
    numbers_out = numbers(pool.sources[0][int(pool.held_out[0][0])])
    same = asked(tmp_path / "same.jsonl", OLDER.format(numbers_out[1], numbers_out[0]) + f" Find {OLDER_FOAL}.")
    with pytest.raises(
        TrainingError, match=r"data.sources\[1\]: a problem that is held out comes up in each of its 1 "
    ):
        open_pool(data_recipe({"path": path, "families": ["sum_and_difference"], "held_out": 2}, {"path": same}))


def test_questions_of_a_dataset_can_be_chosen_by_family(tmp_path: Path) -> None:
    drawn = read_source(data_recipe({"families": ["sum_and_difference", "clock_sum"], "draw": 40}).sources[0])
    rows = [{"messages": [*row["prompt"], {"role": "assistant", "content": row["answer"]}]} for row in drawn]
    path = str(tiny.write_rows(tmp_path / "rows.jsonl", rows + tiny.questions(3)))
    kept = read_source(data_recipe({"path": path, "families": ["clock_sum"]}).sources[0])
    assert list(kept["prompt"]) == [row["prompt"] for row in drawn if row["level"] == "clock_sum"]
    with pytest.raises(TrainingError, match="none of its 43 questions is of dot_product"):
        read_source(data_recipe({"path": path, "families": ["dot_product"]}).sources[0])
    with pytest.raises(ValueError, match="how many problems to draw"):
        data_recipe({"families": ["clock_sum"]})
    with pytest.raises(ValueError, match="raw text has no questions"):
        data_recipe({"path": path, "text": "text", "draw": 4})
