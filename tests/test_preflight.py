"""What a recipe names is looked at before anything is asked of a server."""

import asyncio
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scripted_server import ScriptedServer
from synthllm.builder.errors import SynthLLMError
from synthllm.builder.pipeline import build
from synthllm.builder.preflight import preflight
from synthllm.builder.progress import StageProgress
from synthllm.builder.recipe import Recipe

SMALLEST = {"name": "small", "corpus": {"source": "installed"}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"domain": "alchemy"}, "domain: 'alchemy' is not a domain; known domains: "),
        ({"curate": {"benchmarks": ["absent/*.jsonl"]}}, "benchmarks: no file matches .*absent"),
        ({"curate": {"benchmarks": ["odd.jsonl"]}}, "odd.jsonl: no field with the question; .* the file has wat"),
        ({"curate": {"earlier": ["absent.parquet"]}}, "curate.earlier: no file matches .*absent.parquet"),
        (
            {"curate": {"earlier": ["odd.parquet"]}},
            "curate.earlier: .*expected the columns id and question; it has wat",
        ),
        ({"curate": {"earlier": ["odd.jsonl"]}}, "curate.earlier: .*odd.jsonl: cannot be read as parquet"),
        ({"graph": {"aliases": "absent.txt"}}, "absent.txt: cannot read the alias table"),
        ({"filter": {"syllabus": "absent.txt"}}, "filter.syllabus: .*absent.txt: cannot read"),
        ({"filter": {"ratings": "absent.jsonl"}}, "absent.jsonl"),
    ],
)
def test_file_that_a_late_stage_needs_is_missed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("odd.jsonl").write_text('{"wat": 1}\n')
    pq.write_table(pa.table({"wat": [1]}), "odd.parquet")
    with pytest.raises(SynthLLMError, match=words):
        preflight(Recipe.model_validate(SMALLEST | change))


def test_build_asks_nothing_where_a_file_is_missing(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        endpoint = {"urls": [server.url], "model": "m"}
        recipe = Recipe.model_validate(SMALLEST | {"endpoint": endpoint, "curate": {"benchmarks": ["absent.jsonl"]}})
        with pytest.raises(SynthLLMError, match="no file matches"):
            asyncio.run(build(recipe, tmp_path, StageProgress(quiet=True)))
        assert server.calls == []
    assert not (tmp_path / "corpus").exists()


def test_benchmarks_are_found_by_globs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_text('{"question": "What is $1 + 1$?"}\n')
    preflight(Recipe.model_validate(SMALLEST | {"curate": {"benchmarks": [str(tmp_path / "*.jsonl")]}}))
