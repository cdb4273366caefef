"""What stages read of one another, on a run folder written by hand."""

from pathlib import Path

import pytest

from synthllm.builder import inputs
from synthllm.builder.errors import StoreError
from synthllm.builder.grounding import write_grounding
from synthllm.builder.rows import Answer, Combination, Concepts, Document, GroundedCombination, Question, Reference
from synthllm.builder.store import RunFolder


def question(name: str) -> Question:
    return Question(name, "?", "level1", "mathematics", "", "new", "", (), (), ("d0",), ("",), (), "m", "h", 0)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Two shards of documents, of which d2 has no concepts; one combination of d3 and d0."""
    run = RunFolder(tmp_path)
    for shard, names in (("part-00000", ["d0", "d1"]), ("part-00001", ["d2", "d3"])):
        run.stage("filter").write(shard, [Document(name, f"text of {name}") for name in names], Document, [])
        taught = [Concepts(name, ("T",), ("c",), (0,), subject=f"subject of {name}") for name in names if name != "d2"]
        run.stage("concepts").write(shard, taught, Concepts, [])
    combination = Combination("k", ("T",), ("c", "e"), ("d3", "d0"), concept_topics=("T", "U"))
    run.stage("graph").write("part-00000", [combination], Combination, [])
    write_grounding(run)
    for stage in ("filter", "concepts", "graph"):
        run.stage(stage).finish()
    return run


def test_references_carry_the_concepts_of_their_document(run: RunFolder) -> None:
    rows = list(inputs.references(run, "part-00001"))
    assert [(row.document.id, row.concepts and row.concepts.subject) for row in rows] == [
        ("d2", None),
        ("d3", "subject of d3"),
    ]


def test_combinations_carry_their_documents_in_order_and_the_subject_of_the_first(run: RunFolder) -> None:
    (row,) = inputs.grounded_combinations(run, "part-00000")
    assert [document.id for document in row.documents] == ["d3", "d0"]
    assert row.subject == "subject of d3"


def test_combinations_find_their_documents_in_any_shard_also_without_concepts(run: RunFolder) -> None:
    wanted = [Combination(f"k{i}", ("T",), ("c",), (name,)) for i, name in enumerate(["d2", "d0", "d3", "d0"])]
    run.stage("graph").write("part-00001", wanted, Combination, [])
    write_grounding(run)
    rows = list(inputs.grounded_combinations(run, "part-00001"))
    assert [(row.documents[0].text, row.subject) for row in rows] == [
        ("text of d2", ""),
        ("text of d0", "subject of d0"),
        ("text of d3", "subject of d3"),
        ("text of d0", "subject of d0"),
    ]


def test_a_damaged_file_of_grounding_documents_is_named(run: RunFolder) -> None:
    path = run.stage("graph").path / "grounding.arrow"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(StoreError, match=r"grounding\.arrow: cannot read"):
        list(inputs.grounded_combinations(run, "part-00000"))


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_level_can_take_a_seeded_sample_of_its_inputs(run: RunFolder, most: int) -> None:
    def names(seed: int) -> list[str]:
        shards, rows, count = inputs.level_inputs(run, "level1", "documents", most, seed)
        found = [inputs.name_of(row) for shard in shards for row in rows(shard)]
        assert count == len(found) == most
        return found

    assert names(0) == names(0)
    assert len({tuple(names(seed)) for seed in range(12)}) > 1


def test_every_input_is_taken_where_no_limit_is_set(run: RunFolder) -> None:
    for most in (None, 10):
        _, _, count = inputs.level_inputs(run, "level1", "documents", most, 0)
        assert count == 4


def test_main_topic_is_the_one_that_most_documents_name_a_concept_under(tmp_path: Path) -> None:
    shards = [
        [Concepts("a", ("T", "U"), ("c", "e"), (0, 1)), Concepts("b", ("U", "T"), ("C", "e"), (0, 0))],
        [Concepts("d", ("U",), ("c",), (0,)), Concepts("f", ("V", "W"), ("g",)), Concepts("h", ("V",), ())],
    ]
    run = RunFolder(tmp_path)
    for number, rows in enumerate(shards):
        run.stage("concepts").write(f"part-{number:05d}", rows, Concepts, [])
    numbers = {"c": 0, "C": 0, "e": 1, "g": 2}
    topics = inputs.main_topics(run.stage("concepts"), numbers.__getitem__)
    assert topics == {0: "U", 1: "U", 2: "V"}
    combination = Combination("k", ("U",), ("e", "c"))
    assert inputs.with_topics(combination, topics, numbers.__getitem__).concept_topics == ("U", "U")


def test_questions_come_with_all_their_answers(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.stage("curate").write("part-00000", [question("q0"), question("q1")], Question, [])
    given = [Answer(name, i, "text", str(i), "stop", "m") for i, name in enumerate(["q1", "q1"])]
    run.stage("answers").write("part-00000", given, Answer, [])
    pairs = list(inputs.with_answers(run.stage("curate"), run.stage("answers"), "part-00000"))
    assert [(asked.id, [answer.sample for answer in answers]) for asked, answers in pairs] == [
        ("q0", []),
        ("q1", [0, 1]),
    ]


def test_names_of_inputs() -> None:
    document = Document("d", "text")
    combination = Combination("k", (), ())
    rows = (Reference(document, None), GroundedCombination(combination, (document,), ""), question("q"))
    assert [inputs.name_of(row) for row in rows] == ["d", "k", "q"]
