import asyncio
import itertools
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import minimize
from sklearn.ensemble import RandomForestRegressor

from synthllm.builder.errors import StoreError
from synthllm.builder.filter import features
from synthllm.builder.filter.calibration import calibrate
from synthllm.builder.filter.classifier import first_pass_cut, train_filter
from synthllm.builder.filter.features import SIZE, feature_sets, linear_sums, word_hashes
from synthllm.builder.filter.forest import train_forest
from synthllm.builder.filter.latent import fit_latent
from synthllm.builder.filter.linear import PENALTY, train_linear
from synthllm.builder.filter.saved import load_filter, save_filter

from .scripted import truth, world
from .test_scan import trained


def sets(*texts: str) -> list[set[int]]:
    places, ends, _ = feature_sets(pa.array(texts))
    return [set(places[start:end].tolist()) for start, end in itertools.pairwise(ends)]


def words(text: str) -> int:
    return len(word_hashes(pa.array([text]))[0])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Let x = 2.5, then", 5),
        ("H2O and CO2", 3),
        ("don't “quote” — dash…end", 5),
        ("naïve Ελληνικά русский", 3),
        ("数学です", 4),
        ("∀x∈ℝ", 4),
        ("a\u00a0b\u2028c\u00b1d", 4),
        ("😀 ok", 2),
        (" \n\t.,;:!?()[]{}", 0),
    ],
)
def test_words_of_many_scripts_are_told_apart(text: str, count: int) -> None:
    assert words(text) == count


def hashes_by_character(text: str) -> list[int]:
    """The words of a text as the definition says, a character at a time."""
    found, word = [], b""
    for character in text + " ":
        code = character.encode()
        if character.isascii() and character.isalnum():
            word += b"0" if character.isdigit() else code.lower()
        elif 0xC3 <= code[0] <= 0xE1:
            word += code
        else:
            if word:
                found.append(sum(byte * 33**power for power, byte in enumerate(reversed(word))) % 2**64)
            word = b""
            if code[0] >= 0xE2 and not 0x2000 <= ord(character) < 0x2080:
                found.append(int.from_bytes(code, "big"))
    return found


def test_words_are_the_same_wherever_they_stand_and_however_long_they_are() -> None:
    rng = np.random.default_rng(0)
    letters, rest = list("abzAZ09éßñжλאनก"), list(" .-\n\x7f°£²\u2009—’…≤∑∂漢字한😀")
    for share in (0.0, 0.02, 0.1, 0.3, 0.6, 1.0):
        texts = ["".join(rng.choice(rest if rng.random() < share else letters) for _ in range(n)) for n in range(60)]
        hashes, ends = word_hashes(pa.array(texts))
        expected = [hashes_by_character(text) for text in texts]
        assert [hashes[start:end].tolist() for start, end in itertools.pairwise(ends)] == expected


def test_case_and_the_digits_of_a_number_make_no_difference_and_order_does() -> None:
    one, two, three = sets("The Year 1863 began", "the year 1999 BEGAN", "began the year 1863")
    assert one == two
    assert one != three


def test_features_do_not_depend_on_the_documents_around() -> None:
    texts = [document.text for document in world(40)]
    together = sets(*texts)
    assert together == [sets(text)[0] for text in texts]


def test_linear_sums_are_the_sums_over_distinct_features_for_any_number_of_documents() -> None:
    texts = [document.text for document in world(600)]
    weights = np.random.default_rng(0).standard_normal(SIZE).astype(np.float32)
    sums, counts = linear_sums(pa.array(texts), weights)
    expected = [weights[list(each)].sum() / len(each) ** 0.5 for each in sets(*texts)]
    np.testing.assert_allclose(sums, expected, atol=1e-4)
    assert counts.tolist() == [words(text) for text in texts]


def test_linear_weights_are_the_minimum_that_a_general_optimiser_finds() -> None:
    documents = world(60)
    texts = pa.array([document.text for document in documents])
    target = np.array([9.0 if truth(document.id) else 2.0 for document in documents])
    made = train_linear(texts, target, target, 6.5, 0).linear
    places, ends, _ = feature_sets(texts)
    used = np.unique(places)
    rows = np.zeros((len(documents), len(used)))
    for row in range(len(documents)):
        rows[row, np.searchsorted(used, places[ends[row] : ends[row + 1]])] = (ends[row + 1] - ends[row]) ** -0.5
    share = (target - 1) / 9

    def loss(point: np.ndarray) -> float:  # type: ignore[type-arg]
        z = rows @ point[:-1] + point[-1]
        return float(np.sum(np.logaddexp(0, z) - share * z) + PENALTY / 2 * point[:-1] @ point[:-1])

    def slope(point: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        error = 1 / (1 + np.exp(-(rows @ point[:-1] + point[-1]))) - share
        return np.append(rows.T @ error + PENALTY * point[:-1], error.sum())

    best = minimize(
        loss, np.zeros(len(used) + 1), jac=slope, method="L-BFGS-B", options={"gtol": 1e-7, "maxiter": 2_000}
    )
    ours = loss(np.append(made.weights[used].astype(float), made.bias))
    assert ours <= best.fun * (1 + 1e-4)


def test_the_forest_walks_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((300, 6)).astype(np.float32)
    score = np.clip(5 + 3 * vectors[:, 0] + rng.standard_normal(300), 1, 10)
    ours = train_forest(vectors, score, 6.5, trees=20, seed=4)
    theirs = RandomForestRegressor(20, max_features="sqrt", min_samples_leaf=8, random_state=4, oob_score=True)
    theirs.fit(vectors, (score - 1) / 9)
    fresh = rng.standard_normal((200, 6)).astype(np.float32)
    np.testing.assert_allclose(ours.forest.shares(fresh), theirs.predict(fresh), atol=1e-6)
    known = ~np.isnan(ours.held_out)
    order = np.argsort(theirs.oob_prediction_[known], kind="stable")
    assert np.all(np.diff(ours.held_out[known][order]) >= -1e-4)  # the calibration keeps the order


def test_calibration_puts_the_threshold_where_half_of_the_ratings_are_above() -> None:
    rng = np.random.default_rng(1)
    raw = rng.uniform(-3, 3, 20_000)
    above = rng.random(20_000) < 1 / (1 + np.exp(-(2 * raw - 1)))
    made = calibrate(raw, np.where(above, 9, 3), threshold=6.5)
    assert (made.slope, made.intercept) == (pytest.approx(2, abs=0.1), pytest.approx(-1, abs=0.1))
    assert made.scores(np.array([-50.0, 0.5, 50.0])) == pytest.approx([1, 6.5, 10], abs=0.1)


def test_first_pass_cut_lets_the_wanted_share_through_and_measures_it_on_other_ratings() -> None:
    rng = np.random.default_rng(0)
    above = rng.random(20_000) < 0.3
    scores = np.clip(rng.normal(np.where(above, 7, 3), 1.5), 1, 10)
    cut, facts = first_pass_cut(scores, above, 0.99, 6.5, 0)
    fresh = rng.normal(7, 1.5, 100_000)
    assert (np.clip(fresh, 1, 10) > cut).mean() == pytest.approx(0.99, abs=0.004)
    assert facts["recall_measured"] == pytest.approx(0.99, abs=0.005)
    assert facts["interval"][0] < 0.99 < facts["interval"][1]


@pytest.mark.parametrize("classifier", ["forest", "linear"])
def test_a_saved_filter_scores_as_before(tmp_path: Path, classifier: str) -> None:
    made = trained(classifier)
    save_filter(made, tmp_path)
    texts = pa.array([document.text for document in world(100, 9)])
    before, after = asyncio.run(made.scores(texts)), asyncio.run(load_filter(tmp_path).scores(texts))
    np.testing.assert_array_equal(before, after)


def test_a_saved_filter_of_another_feature_version_or_damaged_is_refused(tmp_path: Path) -> None:
    save_filter(trained(), tmp_path)
    path = tmp_path / "filter.json"
    description = json.loads(path.read_text())
    path.write_text(json.dumps({**description, "features": {"version": features.VERSION + 1, "bits": 18}}))
    with pytest.raises(StoreError, match="trained on features"):
        load_filter(tmp_path)
    path.write_text(json.dumps({**description, "format": 99}))
    with pytest.raises(StoreError, match="filter format 99"):
        load_filter(tmp_path)
    path.write_text(json.dumps(description))
    (tmp_path / "arrays.npz").write_bytes(b"PK")
    with pytest.raises(StoreError, match="damaged"):
        load_filter(tmp_path)
    with pytest.raises(StoreError, match="expected a folder with a saved filter"):
        load_filter(tmp_path / "none")


def test_strongest_features_are_the_words_that_the_labels_hang_on() -> None:
    rng = np.random.default_rng(0)
    common = "the of and to in is it that was for on are with as his they be at one have".split()  # noqa: SIM905
    texts, score = [], []
    for number in range(200):
        text = list(rng.choice(common, 40))
        text[int(rng.integers(40))] = "theorem" if number % 2 else "harbour"
        texts.append(" ".join(text))
        score.append(9.0 if number % 2 else 1.0)
    made = asyncio.run(
        train_filter(
            texts,
            np.array(score),
            unrated=(),
            threshold=6.5,
            classifier="linear",
            embedder=fit_latent(pa.array(texts), 16, 0),
            trees=20,
            first_pass_recall=None,
            seed=0,
        )
    )
    assert made.facts["strongest"]["for_it"][0]["name"] == "theorem"
    assert made.facts["strongest"]["against_it"][0]["name"] == "harbour"
