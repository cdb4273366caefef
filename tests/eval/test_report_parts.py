"""Parts of the report against oracles of their own: the flow's widths, the map, samples, counts, what is embedded."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from report_runs import TAUGHT, make_question, make_run, verified

from synthllm.builder.graph import ConceptGraph
from synthllm.builder.rows import Concepts
from synthllm.eval.page.charts import ticks
from synthllm.eval.page.concepts import concept_map
from synthllm.eval.page.document import packed
from synthllm.eval.page.documents import Numbered
from synthllm.eval.page.flow_chart import TRUNK, Step, flow_chart, in_words
from synthllm.eval.page.layout import positions
from synthllm.eval.page.quality import quality_facts, quantile
from synthllm.eval.report import write_report

STEPS = [
    Step("Rows", 1_000, (("level1", 300), ("level2", 100)), (("too short", 550), ("empty", 50))),
    Step("Documents", 400, (("level1", 300), ("level2", 0)), (("repeated", 100),)),
    Step("Kept", 300),
]


def test_widths_of_a_flow_are_in_proportion_and_fill_each_step() -> None:
    drawn = str(flow_chart("Flow", STEPS))
    width = {
        name: [float(w) for w in re.findall(rf'width="([\d.]+)"[^>]*class="{name}"', drawn)]
        for name in ("node", "level1", "level2")
    }
    assert width["node"] == [TRUNK, 0.4 * TRUNK, 0.3 * TRUNK]
    assert width["level1"] == [0.3 * TRUNK, 0.3 * TRUNK]
    assert width["level2"] == [0.1 * TRUNK]  # nothing is drawn for none
    branches = re.findall(r'd="M([\d.]+) \d+(?:\.\d+)?V[^"]*Q([\d.]+) [^"]*Z" class="lost"', drawn)
    ends = [float(right) for right, _ in branches]
    # The rarest reason turns off from the right end of its step, the next one from where that begins.
    assert ends == [TRUNK, 0.95 * TRUNK, 0.4 * TRUNK]


def test_a_flow_says_in_words_what_it_shows() -> None:
    assert in_words(STEPS) == (
        "Rows: 1,000; lost after: 550 too short, 50 empty. Documents: 400; lost after: 100 repeated. Kept: 300."
    )
    assert "Rows: 0" in flow_chart("Nothing", [Step("Rows", 0)])


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 1_027), (1, 10), (-0.06, 0.94), (0.2, 0.2), (0, 3e6), (0.75, 1)])
def test_ticks_are_round_within_the_axis_and_few(low: float, high: float) -> None:
    found = ticks(low, high, 5)
    assert 1 <= len(found) <= 6
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in found)
    assert np.allclose(np.diff(found), np.diff(found)[:1].repeat(len(found) - 1))


def test_quantiles_of_counts_are_those_of_the_values() -> None:
    values = np.random.default_rng(0).geometric(0.05, 501)
    for share in (0.1, 0.5, 0.9, 0.99):
        expected = np.quantile(values, share, method="inverted_cdf")
        assert quantile(Counter(values.tolist()), share) == expected
    assert quantile(Counter(), 0.5) == 0


def test_joined_nodes_stand_nearer_than_others_and_always_in_the_same_place() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(6), 40)
    pairs = [(a, b) for a in range(240) for b in rng.integers(0, 240, 6).tolist() if a < b and group[a] == group[b]]
    starts, ends = np.array(pairs, np.int64).T.copy()
    strengths = np.ones(len(starts))
    none = np.zeros(240, np.int64)
    places = positions(240, starts, ends, strengths, none, 3)
    assert np.array_equal(places, positions(240, starts, ends, strengths, none, 3))
    assert np.isfinite(places).all()
    assert np.abs(places).max() <= 1
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    joined = np.linalg.norm(places[starts] - places[ends], axis=1)
    assert joined.mean() < 0.5 * apart.mean()
    assert positions(0, starts[:0], ends[:0], strengths[:0], none[:0], 0).shape == (0, 2)
    assert np.isfinite(positions(1, starts[:0], ends[:0], strengths[:0], none[:1], 0)).all()


def test_the_map_counts_documents_as_a_plain_count_does() -> None:
    rng = np.random.default_rng(1)
    names = [f"name {i}" for i in range(40)]
    rows = [
        Concepts(
            f"d{n}",
            tuple({names[i] for i in rng.integers(0, 12, 2)}),
            tuple({names[i] for i in rng.integers(5, 40, 5)}),
        )
        for n in range(200)
    ]
    documents = Numbered()
    found = concept_map(ConceptGraph.from_concepts(rows), 25, 0, documents)
    held = [{*row.topics, *row.concepts} for row in rows]
    commonest = Counter(name for names in held for name in names)
    assert len(found["names"]) == 25
    assert found["documents"] == sorted(commonest.values(), reverse=True)[:25]
    for node, name in enumerate(found["names"]):
        together = Counter(other for names in held if name in names for other in names - {name})
        pairs = list(zip(found["neighbours"][node][::2], found["neighbours"][node][1::2], strict=True))
        listed = {found["names"][end]: count for end, count in pairs}  # there is room for all 24 others
        assert listed == {other: together[other] for other in found["names"] if together[other]}
        assert [count for _, count in pairs] == sorted((count for _, count in pairs), reverse=True)
        nearest = documents.values[found["nearest"][node][0]]
        sizes = {row.document_id: len(names) for row, names in zip(rows, held, strict=True) if name in names}
        assert sizes[nearest] == min(sizes.values())  # the Jaccard similarity to one name is 1 / size


def test_agreement_and_lengths_are_those_of_the_rows(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", 20)
    told = quality_facts(sorted((folder / "verify").glob("part-*[0-9].parquet")), ["level1", "level2", "level3"])
    for level, found in told["levels"].items():
        rows = [verified(make_question(level, n), n) for n in range(20) if n % 7 != 6]
        assert found["rows"] == len(rows)
        assert found["agreement"] == pytest.approx(np.mean([row.agreement for row in rows]))
        assert found["unanimous"] == np.mean([row.agreement == 1 for row in rows])
        assert {name: count for name, count, _ in found["classes"]}["60% or more"] == sum(
            row.agreement < 1 for row in rows
        )
        assert found["words"]["answer_words"][1] == np.quantile(
            [row.answer_words for row in rows], 0.5, method="inverted_cdf"
        )
    assert sum(row["total"] for row in told["subjects"]["rows"]) == sum(one["rows"] for one in told["levels"].values())


def test_data_are_packed_without_a_character_of_html() -> None:
    value = {"text": "</script><!-- & \u2028 é", "numbers": [1, 2.5, None]}
    text = str(packed(value))
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", text)
    assert json.loads(gzip.decompress(base64.b64decode(text))) == value
    assert packed(value) == packed(value)


def test_each_embedded_block_is_what_the_run_holds(tmp_path: Path) -> None:
    page = write_report(make_run(tmp_path / "run", 3), tmp_path / "report.html").read_text(encoding="utf-8")
    blocks = dict(re.findall(r'<script type="text/plain" id="data-([a-z0-9-]+)">([^<]+)</script>', page))
    assert set(blocks) == {"documents", "concepts", "questions", "answers-0"}
    data = {name: json.loads(gzip.decompress(base64.b64decode(text))) for name, text in blocks.items()}
    assert len(data["questions"]["id"]) == len(data["answers-0"]) == 9
    assert sorted(data["concepts"]["names"]) == sorted({name for names in TAUGHT for part in names for name in part})
    assert page.count("</script>") == len(blocks) + 1
