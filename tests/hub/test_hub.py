"""What unmodified `huggingface_hub` and `datasets` meet at the Hub of the tests, which tests of releases rest on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.client import Client
from hub.server import BOB, READ, WRITE, Hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub"), page_size=10, part_bytes=100_000) as served:
        yield served


@pytest.fixture(scope="module")
def client(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(hub.environment(tmp_path_factory.mktemp("home"))) as process:
        yield process


def test_files_of_either_kind_come_back_whole_and_in_ranges(hub: Hub, client: Client) -> None:
    result = client.run(
        """
from huggingface_hub import HfApi, HfFileSystem
api, name = HfApi(), "alice/files"
api.create_repo(name, repo_type="dataset")
large = bytes(range(256)) * 1500
api.upload_file(path_or_fileobj=large, path_in_repo="a/large.bin", repo_id=name, repo_type="dataset")
api.upload_file(path_or_fileobj=b"small", path_in_repo="a/small.txt", repo_id=name, repo_type="dataset")
read = lambda path: open(api.hf_hub_download(name, path, repo_type="dataset"), "rb").read()
fs = HfFileSystem()
with fs.open(f"datasets/{name}/a/large.bin", block_size=1000) as file:
    file.seek(300_000)
    part = file.read(70)
info = {entry.path: (entry.size, entry.lfs.sha256 if entry.lfs else None)
        for entry in api.get_paths_info(name, ["a/large.bin", "a/small.txt"], repo_type="dataset", expand=True)}
import hashlib
result = [read("a/large.bin") == large, read("a/small.txt") == b"small", part == large[300_000:300_070],
          info == {"a/large.bin": (384000, hashlib.sha256(large).hexdigest()), "a/small.txt": (5, None)}]
"""
    )
    assert result == [True] * 4
    assert len(hub.requests(r"^PUT /objects/.*part=")) == 4, "larger than a part, so sent in parts"
    assert {seen.status for seen in hub.requests("^GET /objects/")} == {200, 206}


def test_downloaded_file_is_not_fetched_again(hub: Hub, client: Client) -> None:
    hub.log.clear()
    client.run(
        """
from huggingface_hub import hf_hub_download
for _ in range(3):
    hf_hub_download("alice/files", "a/large.bin", repo_type="dataset")
result = None
"""
    )
    assert hub.requests("^HEAD .*large.bin")
    assert not hub.requests("^GET /objects/")


def test_errors_are_those_that_the_client_knows_by_type(client: Client) -> None:
    source = """
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
api, name = HfApi(), "alice/files"
def kind(do):
    try:
        do()
    except Exception as error:
        return [type(error).__name__, getattr(getattr(error, "response", None), "status_code", None)]
head = api.repo_info(name, repo_type="dataset").sha
first = api.list_repo_commits(name, repo_type="dataset")[-1].commit_id
def commit(operations=None, **more):
    operations = operations or [CommitOperationAdd("x.txt", b"x")]
    return api.create_commit(name, operations, commit_message="x", repo_type="dataset", **more)
api.create_tag(name, tag="t", revision=first, repo_type="dataset")
result = [
    kind(lambda: api.repo_info("alice/absent", repo_type="dataset")),
    kind(lambda: api.repo_info(name, repo_type="dataset", revision="absent")),
    kind(lambda: api.hf_hub_download(name, "absent", repo_type="dataset")),
    kind(lambda: commit(parent_commit=first)),
    kind(lambda: commit(revision="t")),
    kind(lambda: api.create_tag(name, tag="t", repo_type="dataset")),
    kind(lambda: api.create_repo(name, repo_type="dataset")),
    kind(lambda: api.create_repo("bob/x", repo_type="dataset")),
    kind(lambda: commit(operations=[CommitOperationDelete("absent")])),
    kind(lambda: commit(operations=[CommitOperationAdd("README.md", b"---\\na: [\\n---\\n")])),
    api.repo_info(name, repo_type="dataset").sha == head,
]
"""
    assert client.run(source) == [
        ["RepositoryNotFoundError", 404],
        ["RevisionNotFoundError", 404],
        ["RemoteEntryNotFoundError", 404],
        ["HfHubHTTPError", 412],
        ["RevisionNotFoundError", 404],
        ["HfHubHTTPError", 409],
        ["HfHubHTTPError", 409],
        ["HfHubHTTPError", 403],
        ["RemoteEntryNotFoundError", 404],
        ["ValueError", None],
        True,
    ]


def test_refs_pages_folders_and_history(client: Client) -> None:
    result = client.run(
        """
from huggingface_hub import CommitOperationAdd, HfApi
api, name = HfApi(), "alice/many"
api.create_repo(name, repo_type="dataset")
files = [f"d{n % 3}/f{n:02d}.txt" for n in range(35)]
add = [CommitOperationAdd(f, f.encode()) for f in files]
api.create_commit(name, add, commit_message="files", repo_type="dataset")
for n in range(12):
    api.upload_file(path_or_fileobj=str(n).encode(), path_in_repo="n.txt", repo_id=name, repo_type="dataset")
api.create_branch(name, branch="side", repo_type="dataset")
api.create_tag(name, tag="v", tag_message="hello", revision="side", repo_type="dataset")
api.delete_folder("d1", repo_id=name, repo_type="dataset", revision="side")
refs = api.list_repo_refs(name, repo_type="dataset")
listed = sorted(api.list_repo_files(name, repo_type="dataset"))
top = [entry.path for entry in api.list_repo_tree(name, repo_type="dataset")]
history = api.list_repo_commits(name, repo_type="dataset")
result = [listed == sorted([*files, "n.txt", ".gitattributes"]), top, len(history),
          [r.name for r in refs.branches], [r.name for r in refs.tags],
          len(list(api.list_repo_tree(name, "d1", repo_type="dataset"))),
          any(f.startswith("d1/") for f in api.list_repo_files(name, repo_type="dataset", revision="side"))]
"""
    )
    assert result == [True, [".gitattributes", "d0", "d1", "d2", "n.txt"], 14, ["main", "side"], ["v"], 12, False]


def test_private_and_gated_repositories_open_to_their_own_alone(hub: Hub, client: Client) -> None:
    source = """
import datasets
from huggingface_hub import HfApi
datasets.disable_progress_bars()
def tried(name):
    try:
        return list(datasets.load_dataset(name, split="train", streaming=True))
    except Exception as error:
        return [type(error).__name__, "gated" in str(error)]
result = [tried("alice/closed"), tried("alice/asked")]
"""
    client.run(
        """
import datasets
from huggingface_hub import HfApi
datasets.disable_progress_bars()
rows = datasets.Dataset.from_dict({"x": [1, 2]})
rows.push_to_hub("alice/closed", private=True)
rows.push_to_hub("alice/asked")
HfApi().update_repo_settings("alice/asked", repo_type="dataset", gated="manual")
result = None
"""
    )
    rows = [{"x": 1}, {"x": 2}]
    for token, expected in (
        (READ, [rows, rows]),
        (BOB, [["DatasetNotFoundError", False], ["DatasetNotFoundError", True]]),
        ("", [["DatasetNotFoundError", False], ["DatasetNotFoundError", True]]),
    ):
        # A process of its own, since `datasets` remembers what it may read.
        home = hub.store.folder / f"home-{token}"
        with Client(hub.environment(home, token or None)) as reader:
            assert reader.run(source) == expected, token
    assert client.run("result = None", WRITE) is None


def test_corpus_on_the_hub_is_read_by_id_and_revision_streamed_or_not(hub: Hub, tmp_path: Path) -> None:
    environment = hub.environment(tmp_path / "home") | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    script = f"""
from pathlib import Path
import datasets
from huggingface_hub import HfApi
from synthllm.builder.corpus import read_corpus
from synthllm.builder.recipe import CorpusRecipe
def rows(count):
    found = [{{"id": f"d{{i}}", "text": f"Document {{i}} about prime numbers. " * 20}} for i in range(count)]
    return datasets.Dataset.from_list(found)
rows(30).push_to_hub("alice/corpus")
HfApi().create_tag("alice/corpus", tag="v1", repo_type="dataset")
rows(50).push_to_hub("alice/corpus")
def read(revision, streaming):
    recipe = CorpusRecipe(source="hub", path="alice/corpus", revision=revision, streaming=streaming)
    return [row.id for row in read_corpus(recipe, Path({str(tmp_path)!r}) / f"{{revision}}-{{streaming}}.sqlite")]
cases = [(revision, streaming) for revision in ("v1", "main") for streaming in (True, False)]
result = {{f"{{revision}} {{streaming}}": read(revision, streaming) for revision, streaming in cases}}
"""
    with Client(environment) as reader:
        result = reader.run(script)
    for revision, count in (("v1", 30), ("main", 50)):
        for streaming in (True, False):
            assert result[f"{revision} {streaming}"] == [f"d{i}" for i in range(count)]
