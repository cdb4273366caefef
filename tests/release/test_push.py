"""Releases against a Hub on loopback: what is there afterwards, what readers get, and what a second push does."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import yaml

from hub.client import Client
from hub.runs import CONFIGS, LEVELS, make_run, rows_of
from hub.server import BOB, READ, SCOPED, WRITE, Hub

COMMIT, TAG = "^POST .*/commit/", "^POST .*/tag/"


def same_rows(got: list[dict[str, object]], run: Path, *configs: str) -> bool:
    return got == [json.loads(json.dumps(row)) for config in configs for row in rows_of(run, config)]


def test_every_config_comes_back_row_by_row_at_each_tag(
    hub: Hub, synthllm: Client, reader: Client, runs: dict[str, Path], repository: str
) -> None:
    for version, run in (("1.0.0", "old"), ("1.1.0", "new")):
        done = synthllm.cli("push", runs[run], repository, "--version", version)
        assert done.code == 0, done
        assert f'load_dataset("{repository}", "level3", revision="{version}")' in done.out
    assert len(hub.requests(COMMIT)) == 2
    assert len(hub.requests(TAG)) == 2
    for revision, run in (("1.0.0", "old"), ("1.1.0", "new"), ("main", "new")):
        for streaming in (False, True):
            got = reader.rows(repository, [*CONFIGS, "all"], revision, streaming=streaming)
            for config in CONFIGS:
                assert same_rows(got[config], runs[run], config), (revision, config, streaming)
            assert same_rows(got["all"], runs[run], *LEVELS)


def test_a_release_is_one_commit_and_an_annotated_tag_on_its_id(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    there = hub.dataset(repository)
    commits = there.history("main")
    assert [commit.title for commit in commits] == ["Release 1.0.0", "initial commit"]
    assert there.tags["1.0.0"].commit == commits[0].id
    assert "level3: 12 rows" in (there.tags["1.0.0"].message or "")
    files = set(commits[0].tree)
    assert {"README.md", "provenance/changelog.json", "provenance/1.0.0/recipe.yaml"} <= files
    assert {f"provenance/1.0.0/prompts/{name}.md" for name in (*LEVELS, "concepts", "answers")} <= files
    assert {f"provenance/1.0.0/stages/{name}.json" for name in ("corpus", "curate", "verify", *LEVELS)} <= files
    assert "polars" in json.loads(there.read("provenance/1.0.0/made.json"))["packages"]
    assert not [seen for seen in hub.requests("^PUT /objects/") if seen.user]


def test_main_serves_whole_releases_before_during_and_after_the_next_push(
    hub: Hub, synthllm: Client, reader: Client, environment: dict[str, str], runs: dict[str, Path], repository: str
) -> None:
    """The push of 1.1.0 is held when its objects are up, and once more between its commit and its tag."""
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    stages = [(hub.fail(COMMIT, "hold"), "old"), (hub.fail(TAG, "hold"), "new")]
    command = [sys.executable, "-m", "synthllm.builder.cli", "push", runs["new"], repository, "--version", "1.1.0"]
    push = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    for stage, on_main in stages:
        assert stage.reached.wait(60)
        assert same_rows(reader.rows(repository, ["level3"], "1.0.0")["level3"], runs["old"], "level3")
        assert same_rows(reader.rows(repository, ["level3"], "main", streaming=True)["level3"], runs[on_main], "level3")
        stage.release()
    assert push.wait(60) == 0
    assert push.stdout is not None
    push.stdout.close()
    for version, run in (("1.0.0", "old"), ("1.1.0", "new")):
        assert same_rows(reader.rows(repository, ["level3"], version)["level3"], runs[run], "level3")


def test_changelog_and_diff_are_computed(hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str) -> None:
    for version, run in (("1.0.0", "old"), ("1.1.0", "new")):
        synthllm.cli("push", runs[run], repository, "--version", version)
    expected = [
        "level3: 20 added, 2 removed, 1 changed (12 -> 30 rows)",
        "prompts: level3 reworded",
        "recipe: seed: 0 -> 4",
    ]
    shown = synthllm.cli("diff", repository, "1.0.0", "1.1.0")
    assert shown.out.splitlines() == [f"{repository}: 1.0.0 -> 1.1.0", *(f"  {line}" for line in expected)]
    back = synthllm.cli("diff", repository, "1.1.0", "1.0.0")
    assert "level3: 2 added, 20 removed, 1 changed (30 -> 12 rows)" in back.out
    card = hub.dataset(repository).read("README.md").decode()
    assert all(f"- {line}" in card for line in expected)
    assert card.index("**1.1.0**") < card.index("**1.0.0**")
    assert synthllm.cli("diff", repository, "1.0.0", "2.0.0").err == (
        f"synthllm: {repository}: 2.0.0 is not a version of it; released: 1.0.0, 1.1.0\n"
    )


def test_pushing_again_does_nothing_and_an_equal_run_makes_no_release(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    hub.log.clear()
    again = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    assert again.code == 0
    assert "released already" in again.out
    equal = synthllm.cli("push", runs["old"], repository, "--version", "1.0.1")
    assert equal.code == 0
    assert "nothing has changed since 1.0.0" in equal.out
    assert not [seen for seen in hub.log if seen.method in ("PUT", "DELETE") or "/commit/" in seen.path]
    assert list(hub.dataset(repository).tags) == ["1.0.0"]


def test_a_tag_is_never_moved_and_versions_rise(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    before = hub.dataset(repository).tags["1.0.0"]
    for version, words in (
        ("1.0.0", "a tag is never moved"),
        ("0.9.0", "not above 1.0.0"),
        ("1.1", "not a version"),
        ("v1.1.0", "not a version"),
        ("1.01.0", "not a version"),
    ):
        done = synthllm.cli("push", runs["new"], repository, "--version", version)
        assert done.code == 2
        assert words in done.err
        assert len(done.err.splitlines()) == 1
    assert hub.dataset(repository).tags == {"1.0.0": before}
    assert len(hub.dataset(repository).history("main")) == 2


def test_files_of_the_last_release_that_are_no_more_go_and_those_of_others_stay(
    hub: Hub, synthllm: Client, reader: Client, repository: str, tmp_path: Path
) -> None:
    many = make_run(tmp_path / "many", shards=3)
    few = make_run(tmp_path / "few", {"level1": range(12), "level2": range(12), "level3": range(5)}, seed=1)
    synthllm.cli("push", many, repository, "--version", "1.0.0")
    there = hub.dataset(repository)
    lines = [
        {"key": "header", "value": {"summary": "notes"}},
        {"key": "file", "value": {"path": "notes/read.md", "content": "aGVsbG8="}},
    ]
    there.commit("main", lines, "alice", pull_request=False)
    synthllm.cli("push", few, repository, "--version", "1.1.0")
    level3 = [path for path in there.resolve("main").tree if path.startswith("level3/")]
    assert level3 == ["level3/train-00000-of-00001.parquet"]
    assert there.read("notes/read.md") == b"hello"
    assert not [path for path in there.resolve("main").tree if path.startswith("provenance/1.0.0/")]
    assert same_rows(reader.rows(repository, ["level3"], None)["level3"], few, "level3")


def test_added_run_keeps_the_rows_that_are_released(
    hub: Hub, synthllm: Client, reader: Client, runs: dict[str, Path], repository: str
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    hub.log.clear()
    done = synthllm.cli("push", runs["new"], repository, "--version", "1.1.0", "--add")
    assert done.code == 0, done
    assert "level3: 20 added (12 -> 32 rows)" in done.out
    assert not (runs["new"] / "dataset" / ".added").exists()
    got = reader.rows(repository, ["level3", "level1", "all"], "1.1.0")
    old, new = rows_of(runs["old"], "level3"), rows_of(runs["new"], "level3")
    names = {row["id"] for row in old}
    assert got["level3"] == [json.loads(json.dumps(row)) for row in [*old, *(r for r in new if r["id"] not in names)]]
    assert len(got["level1"]) == 12
    assert len(got["all"]) == 56
    tree = hub.dataset(repository).resolve("main").tree
    sent = {path for path, file in tree.items() if hub.requests(f"^PUT /objects/{file.sha256}")}
    assert {path for path in sent if path.endswith(".parquet")} == {"level3/train-1.1.0-00000-of-00001.parquet"}
    assert {"provenance/1.0.0/recipe.yaml", "provenance/1.1.0/recipe.yaml"} <= set(tree)
    assert "56 questions" in hub.dataset(repository).read("README.md").decode()
    there = hub.dataset(repository)
    assert "The rows of 1.0.0 are kept as they were" in there.read("README.md").decode()
    assert there.read("figures/lengths.png", "1.1.0") != there.read("figures/lengths.png", "1.0.0")
    again = synthllm.cli("push", runs["new"], repository, "--version", "1.1.0", "--add")
    assert "released already" in again.out
    nothing_new = synthllm.cli("push", runs["old"], repository, "--version", "1.2.0", "--add")
    assert "nothing has changed since 1.1.0" in nothing_new.out
    replaced = synthllm.cli("push", runs["old"], repository, "--version", "2.0.0")
    assert replaced.code == 0, replaced
    left = set(there.resolve("main").tree)
    assert not [path for path in left if "1.0.0" in path or "1.1.0" in path]
    assert same_rows(reader.rows(repository, ["level3"], "2.0.0")["level3"], runs["old"], "level3")


def test_sixty_shards_and_pages_of_files_are_one_commit(
    hub: Hub, synthllm: Client, reader: Client, repository: str, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run", {"level1": range(1), "level2": range(1), "level3": range(600)}, shards=60)
    done = synthllm.cli("push", run, repository, "--version", "1.0.0")
    assert done.code == 0, done
    assert len(hub.dataset(repository).history("main")) == 2
    assert same_rows(reader.rows(repository, ["level3"], "1.0.0", streaming=True)["level3"], run, "level3")


def test_dry_run_shows_the_change_and_writes_nothing(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    first = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0", "--dry-run")
    assert first.code == 0, first
    assert "add     level3/train-00000-of-00001.parquet" in first.out
    assert ("dataset", repository) not in hub.repositories
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    head = hub.dataset(repository).resolve("main").id
    hub.log.clear()
    second = synthllm.cli("push", runs["new"], repository, "--version", "1.1.0", "--dry-run")
    for line in (
        "change  level3/train-00000-of-00001.parquet",
        "keep    level1/train-00000-of-00001.parquet",
        "delete  provenance/1.0.0/release.json",
        "level3: 20 added, 2 removed, 1 changed (12 -> 30 rows)",
        "+- prompts: level3 reworded",
    ):
        assert line in second.out
    assert hub.dataset(repository).resolve("main").id == head
    assert not [seen for seen in hub.log if seen.method != "GET" and seen.method != "HEAD"]


def test_private_gated_branch_and_pull_request(
    hub: Hub, synthllm: Client, reader: Client, runs: dict[str, Path], repository: str
) -> None:
    closed = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0", "--private", "--gated", "manual")
    assert closed.code == 0, closed
    there = hub.dataset(repository)
    assert (there.private, there.gated) == (True, "manual")
    assert hub.log.index(hub.requests("^PUT .*/settings")[0]) < hub.log.index(hub.requests("/preupload/")[0])

    branched = synthllm.cli("push", runs["new"], repository, "--version", "1.1.0", "--branch", "next")
    assert branched.code == 0, branched
    assert there.resolve("main").id == there.tags["1.0.0"].commit
    assert there.resolve("next").id == there.tags["1.1.0"].commit

    proposed = synthllm.cli("push", runs["new"], repository, "--version", "1.2.0", "--create-pr")
    assert proposed.code == 0, proposed
    assert f"{hub.url}/datasets/{repository}/discussions/1" in proposed.out
    assert "1.2.0" not in there.tags
    assert there.resolve("main").id == there.tags["1.0.0"].commit
    twice = synthllm.cli("push", runs["new"], repository, "--version", "1.2.0", "--create-pr")
    assert twice.code == 0
    assert len(there.pull_requests) == 1
    there.branches["main"] = there.pull_requests["1"]  # merged
    merged = synthllm.cli("push", runs["new"], repository, "--version", "1.2.0")
    assert merged.code == 0, merged
    assert there.tags["1.2.0"].commit == there.pull_requests["1"]


def test_existing_public_repository_is_closed_before_anything_is_sent(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    assert not hub.dataset(repository).private
    assert synthllm.cli("push", runs["new"], repository, "--version", "1.1.0", "--private").code == 0
    assert hub.dataset(repository).private


def test_tokens_are_checked_before_any_work_and_never_shown(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    try:
        for token, words in (
            (READ, "can only read"),
            (BOB, "can write to bob, not to alice"),
            (SCOPED, "fine-grained token of alice may not write there"),
            ("hf_thisTokenWasNeverIssuedByAnyone00", "Invalid user token"),
            ("", "there is no token"),
        ):
            hub.log.clear()
            done = synthllm.cli("push", runs["old"], repository, "--version", "1.0.0", token=token)
            assert done.code == 2, done
            assert words in done.err
            assert len(done.err.splitlines()) == 1, done.err
            assert not token or token not in done.out + done.err
            assert {seen.path for seen in hub.log} <= {"/api/whoami-v2"}
        scoped = synthllm.cli("push", runs["old"], "alice/rows", "--version", "1.0.0", token=SCOPED)
        assert scoped.code == 0, scoped
        group = synthllm.cli("push", runs["old"], "lab/rows", "--version", "1.0.0", token=WRITE)
        assert group.code == 0, group
    finally:
        synthllm.cli("--help", token=WRITE)


def test_secrets_stop_the_push_before_a_request(hub: Hub, synthllm: Client, repository: str, tmp_path: Path) -> None:
    addresses = {
        "password": "https://user:hunter2hunter2@models.example.org",
        "key": "https://models.example.org/v1?api_key=abcdef0123456789",
    }
    for name, address in addresses.items():
        run = make_run(tmp_path / name, endpoint={"urls": [address]})
        hub.log.clear()
        done = synthllm.cli("push", run, repository, "--version", "1.0.0")
        assert done.code == 2, done
        assert f"{run / 'dataset' / 'provenance' / 'recipe.yaml'}, line " in done.err
        assert "hunter2" not in done.err
        assert "abcdef0123456789" not in done.err
        assert hub.log == []
    run = make_run(tmp_path / "manifest")
    stage = run / "dataset" / "provenance" / "stages" / "answers.json"
    stage.write_text(json.dumps(json.loads(stage.read_text()) | {"model": WRITE}))
    done = synthllm.cli("push", run, repository, "--version", "1.0.0")
    assert "a Hugging Face token stands there" in done.err
    assert WRITE not in done.err


def test_only_files_of_the_dataset_folder_are_sent(hub: Hub, synthllm: Client, repository: str, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (run / "dataset" / ".env").write_text("SECRET=1")
    (run / "dataset" / "notes.txt").write_text("mine")
    (run / "dataset" / "level3" / "scratch.parquet").write_bytes(b"PAR1")
    (run / "dataset" / "figures").mkdir(exist_ok=True)
    (run / "dataset" / "figures" / "me.jpg").write_bytes(b"me")
    assert synthllm.cli("push", run, repository, "--version", "1.0.0").code == 0
    files = set(hub.dataset(repository).resolve("main").tree)
    assert not files & {".env", "notes.txt", "level3/scratch.parquet", "figures/me.jpg"}

    outside = tmp_path / "outside.parquet"
    (run / "dataset" / "level3" / "train-00000-of-00001.parquet").rename(outside)
    (run / "dataset" / "level3" / "train-00000-of-00001.parquet").symlink_to(outside)
    done = synthllm.cli("push", run, repository, "--version", "1.1.0")
    assert done.code == 2
    assert "leads outside of the dataset folder" in done.err


def test_unfinished_run_and_foreign_rows_are_refused(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run")
    (run / "dataset" / "stage.json").unlink()
    assert "not finished" in synthllm.cli("push", run, repository, "--version", "1.0.0").err
    assert "no run here" in synthllm.cli("push", tmp_path / "absent", repository, "--version", "1.0.0").err
    assert "expected USER/NAME" in synthllm.cli("push", runs["old"], "rows", "--version", "1.0.0").err

    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    lines = [
        {"key": "header", "value": {"summary": "by hand"}},
        {"key": "file", "value": {"path": "level3/train-extra.parquet", "content": ""}},
    ]
    hub.dataset(repository).commit("main", lines, "alice", pull_request=False)
    done = synthllm.cli("push", runs["new"], repository, "--version", "1.1.0")
    assert done.code == 2
    assert "level3/train-extra.parquet is in the way" in done.err


def test_card_edited_by_hand_between_two_versions_keeps_what_the_hand_wrote(
    hub: Hub, synthllm: Client, reader: Client, runs: dict[str, Path], repository: str, tmp_path: Path
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    there = hub.dataset(repository)
    card = there.read("README.md").decode()
    card = card.replace("tags:\n", "extra_gated_prompt: Please ask.\ntags:\n- by-hand\n", 1)
    card = card.replace("pretty_name: rows", "pretty_name: Rows of addition", 1)
    card = card.replace("configs:\n", "configs:\n- config_name: mine\n  data_files: mine/*.parquet\n", 1)
    card = card.replace("<!-- synthllm: making -->", "A word of mine before the making.\n\n<!-- synthllm: making -->")
    card = card.replace("12 |", "12 (scribbled) |") + "\nA word of mine at the end.\n"
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "mine.parquet")
    mine = (tmp_path / "mine.parquet").read_bytes()
    edit = [
        {"key": "header", "value": {"summary": "by hand"}},
        {"key": "file", "value": {"path": "README.md", "content": base64.b64encode(card.encode()).decode()}},
        {"key": "file", "value": {"path": "mine/rows.parquet", "content": base64.b64encode(mine).decode()}},
    ]
    there.commit("main", edit, "alice", pull_request=False)
    done = synthllm.cli("push", runs["new"], repository, "--version", "1.1.0")
    assert done.code == 0, done

    merged = there.read("README.md").decode()
    metadata = yaml.safe_load(merged.split("---\n")[1])
    assert metadata["extra_gated_prompt"] == "Please ask."
    assert metadata["pretty_name"] == "Rows of addition"
    assert {"by-hand", "synthllm"} <= set(metadata["tags"])
    assert [config["config_name"] for config in metadata["configs"]] == ["all", *CONFIGS, "mine"]
    assert merged.index("A word of mine before the making.") < merged.index("## How it was made")
    assert merged.endswith("A word of mine at the end.\n")
    assert "scribbled" not in merged
    assert merged.count("<!-- synthllm: contents -->") == 1
    got = reader.rows(repository, ["mine", "level3"], "1.1.0")
    assert got["mine"] == [{"x": 1}]
    assert same_rows(got["level3"], runs["new"], "level3")


def test_card_names_every_config_and_what_readers_need(
    hub: Hub, synthllm: Client, runs: dict[str, Path], repository: str
) -> None:
    synthllm.cli("push", runs["old"], repository, "--version", "1.0.0")
    card = hub.dataset(repository).read("README.md").decode()
    metadata = yaml.safe_load(card.split("---\n")[1])
    assert [config["config_name"] for config in metadata["configs"]] == ["all", *CONFIGS]
    assert {info["config_name"] for info in metadata["dataset_info"]} == {"all", *CONFIGS}
    assert metadata["license"] == "cc-by-4.0"
    assert {"synthetic", "synthllm", "arxiv:2503.19551"} <= set(metadata["tags"])
    assert metadata["annotations_creators"] == ["machine-generated"]
    assert metadata["size_categories"] == ["n<1K"]
    assert f'load_dataset("{repository}", "level3", split="train", revision="1.0.0")' in card
    assert "| questions | asker-7b | not stated |" in card  # no server told, and the recipe names none
