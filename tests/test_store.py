import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from synthllm.builder.errors import StoreError
from synthllm.builder.recipe import Recipe
from synthllm.builder.rows import Concepts, Document, Message, Rejected
from synthllm.builder.store import (
    RunFolder,
    StageFolder,
    read_parquet,
    to_table,
    write_atomically,
    write_json,
    write_table,
)

RECIPE = Recipe.model_validate({"name": "small", "corpus": {"source": "installed"}})


@dataclass(frozen=True, slots=True)
class Everything:
    text: str
    number: int
    share: float
    flag: bool
    names: tuple[str, ...]
    messages: tuple[Message, ...]
    maybe: float | None


def test_rows_of_every_type_come_back_equal(tmp_path: Path) -> None:
    rows = [
        Everything("é$x^2$", 3, 0.5, True, ("a", "b"), ({"role": "user", "content": "?"},), None),
        Everything("", -1, float("inf"), False, (), (), 2.5),
    ]
    write_table(tmp_path / "rows.parquet", to_table(rows, Everything))
    assert list(read_parquet(tmp_path / "rows.parquet", Everything)) == rows


def test_no_rows_still_have_their_columns(tmp_path: Path) -> None:
    write_table(tmp_path / "none.parquet", to_table([], Concepts))
    assert list(read_parquet(tmp_path / "none.parquet", Concepts)) == []


def test_shard_is_done_only_when_its_manifest_exists(tmp_path: Path) -> None:
    folder = StageFolder(tmp_path / "stage")
    folder.write("part-00000", [Document("a", "text")], Document, [Rejected("b", "stage", "empty")])
    write_table(
        folder.path / "part-00001.parquet", to_table([Document("c", "text")], Document)
    )  # killed before its manifest
    assert folder.shards() == ["part-00000"]
    assert [row.id for row in folder.read(Document)] == ["a"]
    assert [row.id for row in folder.rejected()] == ["b"]
    assert folder.finish()["rejected"] == {"empty": 1}


def test_damaged_shard_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(StoreError, match=r"rows\.parquet.*delete the stage's folder"):
        list(read_parquet(tmp_path / "rows.parquet", Document))


def test_full_disk_is_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    def write(_: Path) -> None:
        with Path("/dev/full").open("wb", buffering=0) as full:  # the system's own device that has no space
            full.write(b"x")

    with pytest.raises(StoreError, match="disk is full: free some space and run again"):
        write_atomically(tmp_path / "rows.json", write)
    assert list(tmp_path.iterdir()) == []


def test_unwritable_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write"):
        write_json(tmp_path / "file" / "x.json", {})


def test_folder_of_another_recipe_is_refused_with_the_difference(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run").claim(RECIPE):
        pass
    other = RECIPE.model_copy(update={"seed": 5})
    with pytest.raises(StoreError, match="seed: 0 -> 5"), RunFolder(tmp_path / "run").claim(other):
        pass


def test_run_goes_on_with_other_servers_limits_and_prices_but_not_with_another_model(tmp_path: Path) -> None:
    def with_endpoint(**fields: object) -> Recipe:
        endpoint = {"urls": ["http://127.0.0.1:1"], "model": "m"} | fields
        return Recipe.model_validate(RECIPE.model_dump() | {"endpoint": endpoint})

    run = RunFolder(tmp_path / "run")
    with run.claim(with_endpoint(max_requests=10)):
        pass
    moved = with_endpoint(urls=["http://127.0.0.1:2"], max_requests=20, prompt_price=1.0, max_in_flight=2)
    with run.claim(moved):
        assert run.recipe() == moved
    with pytest.raises(StoreError, match=r"endpoint\.model: 'm' -> 'n'"), run.claim(with_endpoint(model="n")):
        pass


def test_folder_with_strange_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(StoreError, match=r"no run \(thesis\.tex\)"), RunFolder(tmp_path).claim(RECIPE):
        pass


def test_second_process_in_a_run_folder_is_refused(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from synthllm.builder.store import RunFolder;"
        "from synthllm.builder.recipe import Recipe;"
        "recipe = Recipe.model_validate({'name': 'small', 'corpus': {'source': 'installed'}})\n"
        "with RunFolder(Path(sys.argv[1])).claim(recipe): print('mine')"
    )
    with RunFolder(tmp_path / "run").claim(RECIPE):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "run")], capture_output=True, text=True, env=dict(os.environ)
        )
    assert "another process is working" in done.stderr


def test_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="synthllm build RECIPE"):
        RunFolder(tmp_path).recipe()
