"""Duplicates, against an exhaustive comparison of all pairs that shares no code with the fast one."""

import numpy as np
import pyarrow as pa
import pytest

from synthllm.builder.curate.duplicates import EXACT, KEPT, MEANING, NEAR, deduplicate
from synthllm.builder.recipe import CurateRecipe, EmbedderRecipe

SETTINGS = CurateRecipe()


def table(questions, prefix="q"):
    return pa.table(
        {"id": [f"{prefix}{i}" for i in range(len(questions))], "question": pa.array(questions, pa.string())}
    )


def shingles(text, width=3):
    words = text.lower().split()
    return {tuple(words[i : i + width]) for i in range(max(1, len(words) - width + 1))}


def jaccard(a, b):
    return len(a & b) / len(a | b)


def corpus(rows, seed=0):
    """Random texts, and copies of them with a few words changed, in random order."""
    rng = np.random.default_rng(seed)
    vocabulary = [f"w{''.join(chr(97 + int(d)) for d in str(i))}" for i in range(3000)]
    texts = []
    while len(texts) < rows:
        words = [vocabulary[i] for i in rng.integers(0, 3000, rng.integers(8, 60))]
        texts.append(" ".join(words))
        for _ in range(int(rng.integers(0, 4))):
            changed = list(words)
            for _ in range(int(rng.integers(0, 5))):
                changed[rng.integers(0, len(changed))] = vocabulary[rng.integers(0, 3000)]
            texts.append(" ".join(changed))
    order = rng.permutation(len(texts))[:rows]
    return [texts[i] for i in order]


def exhaustive(texts, threshold):
    """The written rule, by comparing every row with every kept row: (verdict, similarity to the best keeper)."""
    seen, kept, verdicts = {}, [], []
    for row, text in enumerate(texts):
        key = " ".join(text.lower().split())
        if key in seen:
            verdicts.append((EXACT if verdicts[seen[key]][0] == KEPT else NEAR, None))
            continue
        seen[key] = row
        mine = shingles(text)
        best = max((jaccard(mine, other) for other in kept), default=0.0)
        verdicts.append((NEAR if best >= threshold else KEPT, best))
        if best < threshold:
            kept.append(mine)
    return verdicts


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.95])
def test_verdicts_are_those_of_comparing_all_pairs(threshold):
    texts = corpus(1_500)
    expected = exhaustive(texts, threshold)
    found = deduplicate(table(texts), CurateRecipe(near_duplicate_threshold=threshold))
    wrong = [row for row, (verdict, _) in enumerate(expected) if verdict != found.verdict[row]]
    # Hashing may miss a pair just at the threshold, and each miss can change what depends on it.
    allowed = {0.6: 0.01, 0.8: 0.01, 0.95: 0.01}[threshold]
    assert len(wrong) <= allowed * len(texts)
    kept = set(np.flatnonzero(found.kept))
    for row in np.flatnonzero(found.verdict == NEAR):
        similarity = jaccard(shingles(texts[row]), shingles(texts[found.keeper[row]]))
        assert similarity >= threshold
        assert found.keeper[row] in kept
        assert found.similarity[row] == pytest.approx(similarity)


def test_exact_duplicates_ignore_case_space_and_latex_spelling_but_not_numbers():
    questions = ["Find $\\frac{1}{2}x$.", "find  \\(\\dfrac12 x\\)", "Find $\\frac{1}{3}x$."]
    found = deduplicate(table(questions), SETTINGS)
    assert found.verdict.tolist() == [KEPT, EXACT, KEPT]
    (rejected,) = found.rejected()
    assert (rejected.id, rejected.stage, rejected.reason, rejected.detail) == ("q1", "curate", "exact_duplicate", "q0")


def test_copy_of_a_near_duplicate_points_to_a_row_that_is_kept():
    base = "Janet has sixteen ducks that lay one egg each per day and she sells every egg at the market for two dollars"
    found = deduplicate(table([base, base + " each", base.upper() + " EACH"]), SETTINGS)
    assert found.verdict.tolist() == [KEPT, NEAR, NEAR]
    assert found.keeper.tolist()[1:] == [0, 0]
    assert [row.detail[:2] for row in found.rejected()] == ["q0", "q0"]


def test_first_row_is_kept_and_earlier_releases_come_first():
    text = "How many edges does a cube with a pyramid on one face have in all"
    found = deduplicate(
        table([text, "Something else entirely is asked here", text + " now"], "new"), SETTINGS, table([text], "old")
    )
    assert found.verdict.tolist() == [EXACT, KEPT, NEAR]
    details = [row.detail for row in found.rejected()]
    assert details[0] == "earlier release: old0"
    assert details[1].startswith("earlier release: old0, Jaccard 0.9")


def test_other_numbers_make_another_question_where_the_recipe_says_so():
    words = (
        "A train travels at {} km per hour for {} hours and then returns along the same way without a stop on a"
        " sunny day in"
        " early spring while the driver counts the bridges and tunnels on the way; how far did the train go in all"
    )
    questions = [words.format(60, 3), words.format(80, 5)]
    assert deduplicate(table(questions), CurateRecipe(near_duplicate_threshold=0.7)).verdict.tolist() == [KEPT, NEAR]
    strict = CurateRecipe(near_duplicate_threshold=0.7, near_duplicates_share_numbers=True)
    assert deduplicate(table(questions), strict).verdict.tolist() == [KEPT, KEPT]


def test_a_million_copies_of_one_question_leave_one():
    column = pa.array(["What is the sum of the first ten odd numbers?"]).take(pa.array(np.zeros(1_000_000, np.int64)))
    ids = pa.array(np.arange(1_000_000)).cast(pa.string())
    found = deduplicate(pa.table({"id": ids, "question": column}), SETTINGS)
    assert found.kept.sum() == 1
    assert found.kept[0]
    assert (found.keeper[1:] == 0).all()


def test_many_kept_rows_in_one_bucket_do_not_take_quadratic_time():
    rng = np.random.default_rng(3)
    head = " ".join(f"common{i}" for i in range(12))
    texts = [
        head + " " + " ".join(f"z{chr(97 + int(c))}{int(n)}" for c, n in rng.integers(0, 26, (9, 2)))
        for _ in range(20_000)
    ]
    assert deduplicate(table(texts), SETTINGS).kept.sum() > 19_000


def test_empty_and_hostile_texts_are_rows_like_others():
    texts = ["", None, "   ", "!!!", "שלום עולם", "x" * 1_000_000, "\\frac" * 1000, "NaN"]
    found = deduplicate(table(texts), SETTINGS)
    assert found.verdict.tolist() == [KEPT, EXACT, EXACT, EXACT, KEPT, KEPT, KEPT, KEPT]
    assert deduplicate(table([]), SETTINGS).kept.tolist() == []


def test_duplicates_by_meaning_are_found_with_an_embedder():
    directions = {"a": (1.0, 0.0), "b": (0.99, 0.1), "c": (0.0, 1.0)}

    def embed(texts):
        return np.array([directions[text[0]] for text in texts], np.float32)

    questions = ["a first question about sums", "b the same thing asked in other words", "c nothing of the kind"]
    server = EmbedderRecipe(kind="tei", url="http://127.0.0.1:1")  # not asked: the test embeds by itself
    settings = CurateRecipe(meaning_threshold=0.95, embedder=server)
    found = deduplicate(table(questions), settings, embed=embed)
    assert found.verdict.tolist() == [KEPT, MEANING, KEPT]
    (rejected,) = found.rejected()
    assert rejected.reason == "duplicate_by_meaning"
    assert rejected.detail == "q0, cosine 0.99"
    with pytest.raises(ValueError, match="no embedder"):
        deduplicate(table(questions), settings)
