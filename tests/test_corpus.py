import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from synthllm.builder.corpus import cut_at_paragraph, normalize, read_corpus
from synthllm.builder.errors import CorpusError
from synthllm.builder.recipe import CorpusRecipe
from synthllm.builder.rows import Document, Rejected

LONG = "A sentence about prime numbers. " * 10
ROWS = [{"id": f"doc-{i}", "text": f"{LONG}{i}", "url": f"https://example.org/{i}", "score": 3.5} for i in range(5)]


def read(tmp_path: Path, skip: int = 0, **settings: object) -> list[Document | Rejected]:
    recipe = CorpusRecipe.model_validate(settings)
    return list(read_corpus(recipe, tmp_path / "seen.sqlite", skip))


def json_lines(rows: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_every_kind_of_file_gives_the_same_documents(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    pq.write_table(pa.Table.from_pylist(ROWS), files / "rows.parquet")
    (files / "rows.jsonl").write_bytes(json_lines(ROWS))
    (files / "rows.jsonl.gz").write_bytes(gzip.compress(json_lines(ROWS)))
    (files / "rows.jsonl.zst").write_bytes(zstandard.compress(json_lines(ROWS)))
    dataset = datasets.Dataset.from_list(ROWS)
    dataset.save_to_disk(str(files / "saved"))
    sources = [
        {"source": "parquet", "path": str(files / "*.parquet")},
        *({"source": "jsonl", "path": str(files / f"rows.jsonl{end}")} for end in ("", ".gz", ".zst")),
        {"source": "folder", "path": str(files / "saved")},
        {"source": "hub", "path": str(files), "streaming": True},
        {"source": "hub", "path": str(files), "streaming": False},
    ]
    for name in ("rows.jsonl", "rows.jsonl.gz", "rows.jsonl.zst"):
        assert (files / name).exists()
    expected = [(row["id"], row["text"], row["url"], row["score"]) for row in ROWS]
    for number, source in enumerate(sources):
        if source["source"] == "hub":
            for path in files.glob("rows.jsonl*"):
                path.unlink()
        state = tmp_path / str(number)
        found = [row for row in read(state, **source) if isinstance(row, Document)]
        assert [(row.id, row.text, row.url, row.score) for row in found] == expected, source


def test_columns_are_mapped(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(json_lines([{"key": "k", "content": LONG}]))
    (row,) = read(tmp_path, source="jsonl", path=str(path), columns={"id": "key", "text": "content"})
    assert isinstance(row, Document)
    assert (row.id, row.text) == ("k", LONG.strip())


@pytest.mark.parametrize("source", ["parquet", "jsonl"])
def test_missing_column_names_the_file_and_what_it_has(tmp_path: Path, source: str) -> None:
    path = tmp_path / f"rows.{source}"
    if source == "parquet":
        pq.write_table(pa.table({"content": [LONG]}), path)
    else:
        path.write_bytes(json_lines([{"content": LONG}]))
    with pytest.raises(CorpusError, match=re.escape(f"{path}: no column 'text' for 'text'; it has content")):
        read(tmp_path, source=source, path=str(path))


def test_unknown_column_of_ours_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"corpus\.columns: body: unknown column"):
        read(tmp_path, source="jsonl", path="x", columns={"body": "text"})


def test_unusable_rows_are_rejected_with_their_reason_and_cost_no_other_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    lines = [
        json.dumps({"id": "good", "text": LONG}).encode(),
        json.dumps({"id": "short", "text": "Too short."}).encode(),
        json.dumps({"id": "empty", "text": " \n\u200b "}).encode(),
        json.dumps({"id": "null", "text": None}).encode(),
        json.dumps({"id": "number", "text": 7}).encode(),
        json.dumps({"id": "listed", "text": LONG + "x", "url": ["a"]}).encode(),
        json.dumps({"id": "again", "text": LONG.replace(" ", "\u00a0", 1)}).encode(),
        json.dumps({"id": "good", "text": LONG + "other"}).encode(),
        b'{"id": "latin", "text": "caf\xe9"}',
        b"{not json",
        json.dumps({"id": "mojibake", "text": "\ufffd" * 50 + LONG}).encode(),
        b"[1, 2]",
        json.dumps({"id": "last", "text": LONG + "last"}).encode(),
    ]
    path.write_bytes(b"\n".join(lines))
    found = read(tmp_path, source="jsonl", path=str(path))
    assert [row.id for row in found if isinstance(row, Document)] == ["good", "last"]
    assert [row.reason for row in found if isinstance(row, Rejected)] == [
        "too_short", "empty", "empty", "wrong_type", "wrong_type", "repeated_text", "repeated_id", "undecodable",
        "undecodable", "undecodable", "wrong_type",
    ]  # fmt: skip


def test_binary_text_column_that_is_not_utf8_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"text": pa.array([LONG.encode(), b"\xff\xfe" * 300], type=pa.binary())}), path)
    good, bad = read(tmp_path, source="parquet", path=str(path))
    assert isinstance(good, Document)
    assert isinstance(bad, Rejected)
    assert bad.reason == "undecodable"


@pytest.mark.parametrize("name", ["rows.parquet", "rows.jsonl.gz", "rows.jsonl.zst"])
def test_broken_file_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    whole = gzip.compress(json_lines(ROWS * 100))
    path.write_bytes(whole[: len(whole) // 2] if name.endswith(".gz") else b"not what the name says")
    with pytest.raises(CorpusError, match=re.escape(f"{path}: cannot be read")):
        read(tmp_path, source="parquet" if name.endswith("parquet") else "jsonl", path=str(path))


def test_no_file_and_no_row_are_errors(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no file matches"):
        read(tmp_path, source="parquet", path=str(tmp_path / "*.parquet"))
    (tmp_path / "rows.jsonl").write_bytes(b"")
    with pytest.raises(CorpusError, match="has no rows"):
        read(tmp_path, source="jsonl", path=str(tmp_path / "rows.jsonl"))
    with pytest.raises(CorpusError, match="'no_such_package' is not installed"):
        read(tmp_path, source="installed", packages=["no_such_package"])
    with pytest.raises(CorpusError, match=r"corpus\.path: cannot load"):
        read(tmp_path, source="folder", path=str(tmp_path / "absent"))


def test_reading_again_after_a_kill_finds_the_same_documents(tmp_path: Path) -> None:
    """Rows whose shard was not finished are read again, and must not be taken for repeats of themselves."""
    path = tmp_path / "rows.jsonl"
    path.write_bytes(json_lines([*ROWS, ROWS[1]]))
    first = read(tmp_path, source="jsonl", path=str(path))
    again = read(tmp_path, skip=2, source="jsonl", path=str(path))
    assert again == first[2:]


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "folder", "hub"])
def test_any_number_of_rows_can_be_skipped_in_any_kind_of_source(tmp_path: Path, kind: str) -> None:
    """Over the bounds of files and row groups, on a limit, and past the end."""
    files = tmp_path / "files"
    files.mkdir()
    rows = [{"id": f"doc-{i:04}", "text": f"{LONG}{i}"} for i in range(1_300)]
    for number, part in enumerate((rows[:3], rows[3:], [])):
        if kind == "jsonl":
            (files / f"{number}.jsonl").write_bytes(b"\n" + json_lines(part))
        elif part or kind == "parquet":
            table = pa.table({"id": [row["id"] for row in part], "text": [row["text"] for row in part]})
            pq.write_table(table.cast(pa.schema({"id": "string", "text": "string"})), files / f"{number}.parquet", 600)
    path = str(files)
    if kind == "folder":
        datasets.Dataset.from_list(rows).save_to_disk(str(tmp_path / "saved"))
        path = str(tmp_path / "saved")
    for skip in (0, 1, 3, 600, 603, 650, 1_299):
        state = tmp_path / str(skip)
        found = read(state, skip, source=kind, path=path, limit=min(skip + 700, 1_299))
        names = [row["id"] for row in rows]
        assert [row.id for row in found] == names[skip : min(skip + 700, 1_299)], skip
    assert read(tmp_path / "past", 1_300, source=kind, path=path) == []


def test_killed_reading_forgets_no_text_of_a_finished_shard(tmp_path: Path) -> None:
    """A text of the first shard that comes again in the third is a repeat, though the reader died in between."""
    path = tmp_path / "rows.jsonl"
    rows = [{"text": f"{LONG}{i}"} for i in range(30)]
    path.write_bytes(json_lines([*rows, rows[3]]))
    script = (
        "import os, sys; from pathlib import Path; from synthllm.builder.corpus import read_corpus;"
        "from synthllm.builder.recipe import CorpusRecipe\n"
        "recipe = CorpusRecipe(source='jsonl', path=sys.argv[1], documents_per_shard=10)\n"
        "reading = read_corpus(recipe, Path(sys.argv[2]))\n"
        "for _ in range(25): next(reading)\n"
        "os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path), str(tmp_path / "seen.sqlite")], check=False)
    assert killed.returncode == 9
    rest = read(tmp_path, skip=20, source="jsonl", path=str(path), documents_per_shard=10)
    assert [row.reason for row in rest if isinstance(row, Rejected)] == ["repeated_text"]
    assert len(rest) == 11


def test_ids_come_from_the_text_where_the_source_has_none(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(json_lines([{"text": row["text"]} for row in ROWS]))
    one = [row.id for row in read(tmp_path / "1", source="jsonl", path=str(path))]
    path.write_bytes(json_lines([{"text": row["text"]} for row in reversed(ROWS)]))
    other = [row.id for row in read(tmp_path / "2", source="jsonl", path=str(path))]
    assert one == other[::-1]
    assert len(set(one)) == len(ROWS)


def test_installed_documentation_is_thousands_of_documents_with_package_urls(tmp_path: Path) -> None:
    rows = read(tmp_path, source="installed", packages=["numpy", "networkx"], min_chars=400)
    documents = [row for row in rows if isinstance(row, Document)]
    assert len(documents) > 1_000
    assert len({document.id for document in documents}) == len(documents)
    determinant = next(document for document in documents if document.id.endswith("linalg/_linalg:det"))
    assert determinant.url.startswith("pkg:pypi/numpy@")
    assert "Compute the determinant of an array" in determinant.text


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("cafe\u0301", "caf\u00e9"),
        ("x\u00b2 + y\u00b2", "x\u00b2 + y\u00b2"),  # not the compatibility form, which would make x2 of it
        ("a\r\nb\rc  \n\n\n\nd\u00a0e\ufeff\x00", "a\nb\nc\n\nd e"),
        ("    code stays\n        indented", "code stays\n        indented"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
    ],
)
def test_text_is_normalized(text: str, normal: str) -> None:
    assert normalize(text) == normal


def test_long_text_is_cut_where_a_paragraph_ends() -> None:
    text = "First paragraph.\n\nSecond one. It goes on and on."
    assert cut_at_paragraph(text, 20) == "First paragraph."
    assert cut_at_paragraph(text, 30) == "First paragraph."
    assert cut_at_paragraph("No paragraph. Here a sentence ends", 22) == "No paragraph."
    assert cut_at_paragraph(text, 1_000) == text


@pytest.mark.timeout(120)
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    """Ten times as many rows may not take more than a few megabytes more."""
    script = (
        "import resource, sys; from pathlib import Path; from synthllm.builder.corpus import read_corpus;"
        "from synthllm.builder.recipe import CorpusRecipe\n"
        "for _ in read_corpus(CorpusRecipe(source='jsonl', path=sys.argv[1]), Path(sys.argv[2])): pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for count in (4_000, 40_000):
        path = tmp_path / f"{count}.jsonl"
        with path.open("wb") as file:
            for i in range(count):
                file.write(json.dumps({"text": f"{i} {LONG}"}).encode() + b"\n")
        command = [sys.executable, "-c", script, str(path), str(tmp_path / f"{count}.sqlite")]
        peaks.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024)
    assert peaks[1] - peaks[0] < 12, f"peak memory in MB: {peaks}"
