"""Questions, models and releases of ours from a Hub on loopback, at pinned revisions, by unmodified libraries."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from small import GSM8K_ROWS, model_folder

from hub.client import Client
from hub.runs import make_run
from hub.server import TOKENS, WRITE, Hub, Token
from synthllm.eval.records import read_records
from synthllm.eval.results import read_results
from synthllm.train.data import places

SOURCE = Path(__file__).parents[2] / "src"
OPENAI = "hf_openaiWritesWithThisTokenOfTests"  # whose data a task reads
TOKENS[OPENAI] = Token("openai", "write")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub")) as served:
        yield served


@pytest.fixture(scope="module")
def client(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH", "")]))
    with Client(hub.environment(tmp_path_factory.mktemp("home")) | {"PYTHONPATH": path}) as process:
        yield process


def upload(client: Client, repository: str, kind: str, folder: Path, token: str = WRITE) -> str:
    """Upload a folder; the commit."""
    return str(
        client.run(
            f"""
from huggingface_hub import HfApi
api = HfApi()
api.create_repo({repository!r}, repo_type={kind!r}, exist_ok=True)
result = api.upload_folder(repo_id={repository!r}, repo_type={kind!r}, folder_path={str(folder)!r}).oid
""",
            token,
        )
    )


def recipe(path: Path, **fields: object) -> Path:
    path.write_text(yaml.safe_dump({"name": "hub", "max_tokens": 8, "temperature": 1.0} | fields), encoding="utf-8")
    return path


def test_a_task_is_loaded_at_the_revision_of_the_recipe_by_a_model_of_the_hub(client: Client, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "main").mkdir(parents=True)
    configs = [{"config_name": "main", "data_files": [{"split": "test", "path": "main/test.jsonl"}]}]
    (data / "README.md").write_text(f"---\n{yaml.safe_dump({'configs': configs})}---\n")
    commits = []
    for rows in (GSM8K_ROWS[:5], GSM8K_ROWS):
        (data / "main" / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        commits.append(upload(client, "openai/gsm8k", "dataset", data, OPENAI))
    model = upload(client, "alice/tiny", "model", model_folder(tmp_path / "model"))
    config = recipe(tmp_path / "recipe.yaml", tasks=["gsm8k"], revisions={"gsm8k": commits[0]})
    done = client.cli("eval", config, "--model", "alice/tiny", "--out", tmp_path / "out", "--quiet")
    assert done.code == 0, done
    results = read_results(tmp_path / "out")
    assert results["tasks"]["gsm8k"]["questions"] == 5, "the first commit, not the last"
    assert results["tasks"]["gsm8k"]["data"] == {"dataset": "openai/gsm8k", "split": "test", "revision": commits[0]}
    assert results["model"]["weights"] == model
    unpinned = client.cli("eval", recipe(tmp_path / "r.yaml", tasks=["gsm8k"]), "--model", "alice/tiny", "--dry-run")
    assert unpinned.code == 2
    assert "cannot load openai/gsm8k, config main at revision cc7b047b" in unpinned.err
    assert unpinned.err.count("\n") == 1


def test_the_held_out_part_of_a_release_is_asked(client: Client, tmp_path: Path) -> None:
    pushed = client.cli("push", make_run(tmp_path / "run"), "alice/release", "--version", "1.0.0", token=WRITE)
    assert pushed.code == 0, pushed
    held_out = {"path": "alice/release", "config": "level1", "revision": "1.0.0", "rows": 5, "seed": 3}
    config = recipe(tmp_path / "recipe.yaml", tasks=["held-out"], held_out=held_out)
    folder = model_folder(tmp_path / "model")
    done = client.cli("eval", config, "--model", folder, "--out", tmp_path / "out", "--quiet")
    assert done.code == 0, done
    asked = [record.id for record in read_records(tmp_path / "out" / "records" / "held-out.parquet")]
    ids = [f"level1-{number:016x}" for number in range(12)]
    assert asked == [ids[number] for number in places(ids, 3).argsort()[:5]]
    assert read_results(tmp_path / "out")["tasks"]["held-out"]["data"]["revision"] == "1.0.0"


def test_a_model_that_is_not_there_is_one_line(client: Client, tmp_path: Path) -> None:
    rows = tmp_path / "gsm8k.jsonl"
    rows.write_text(json.dumps(GSM8K_ROWS[0]) + "\n")
    config = recipe(tmp_path / "recipe.yaml", tasks=["gsm8k"], files={"gsm8k": str(rows)})
    done = client.cli("eval", config, "--model", "alice/missing", "--out", tmp_path / "out", "--quiet")
    assert done.code == 2
    assert done.err.startswith("synthllm: --model alice/missing: cannot load it:")
    assert done.err.count("\n") == 1
