"""What the Hub of the tests keeps: repositories, their commits and refs, and the bytes of every file, on disk.

Small files are kept as git blobs, named by git's SHA-1; large ones as LFS objects, named by their SHA-256. A commit is
a whole tree. The names of things and what is an error are those that the Hub's clients know.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Refused(Exception):
    """A request that is answered with an error: status, the code that clients tell errors by, and a message."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class File:
    """One file of a tree. `oid` is git's name of the blob, or of the pointer where the bytes are an LFS object."""

    oid: str
    size: int
    sha256: str | None = None


@dataclass(frozen=True)
class Commit:
    id: str
    parent: str | None
    title: str
    message: str
    author: str
    date: str
    tree: Mapping[str, File]


@dataclass(frozen=True)
class Tag:
    commit: str
    message: str | None


def git_oid(content: bytes) -> str:
    """Git's name of a blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def pointer(sha256: str, size: int) -> bytes:
    """What git keeps in place of an LFS object."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


class Store:
    """Blobs and LFS objects as files, written beside their place and renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()
        for kind in ("blobs", "objects", "arriving"):
            (folder / kind).mkdir(parents=True, exist_ok=True)

    def add_blob(self, content: bytes) -> File:
        oid = git_oid(content)
        (self.folder / "blobs" / oid).write_bytes(content)
        return File(oid, len(content))

    def arriving(self) -> Path:
        """A place for bytes that are still coming in."""
        return self.folder / "arriving" / str(next(self._numbers))

    def keep(self, arrived: Path, sha256: str) -> None:
        """Make bytes that came in whole an object."""
        with arrived.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            arrived.unlink()
            raise Refused(400, None, f"the bytes have SHA-256 {found}, expected {sha256}")
        arrived.replace(self.folder / "objects" / sha256)

    def object(self, sha256: str) -> Path:
        return self.folder / "objects" / sha256

    def path(self, file: File) -> Path:
        return self.folder / "blobs" / file.oid if file.sha256 is None else self.object(file.sha256)


@dataclass
class Repository:
    """One repository. `objects` are the LFS objects that were uploaded to it."""

    kind: str
    id: str
    store: Store
    private: bool = False
    gated: str | bool = False
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    pull_requests: dict[str, str] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)

    @property
    def namespace(self) -> str:
        return self.id.split("/")[0]

    def begin(self, author: str) -> None:
        """The commit that a new repository starts with."""
        attributes = self.store.add_blob(b"*.parquet filter=lfs diff=lfs merge=lfs -text\n")
        self.branches["main"] = self._record(None, "initial commit", "", author, {".gitattributes": attributes})

    def resolve(self, revision: str) -> Commit:
        """The commit of a branch, tag, pull request or commit id."""
        named = self.branches.get(revision) or self.pull_requests.get(revision.removeprefix("refs/pr/"))
        if named is None and revision in self.tags:
            named = self.tags[revision].commit
        if named is None:
            named = revision.removeprefix("refs/heads/")
            named = self.branches.get(named, named)
        if named not in self.commits:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return self.commits[named]

    def history(self, revision: str) -> list[Commit]:
        """The commits up to a revision, newest first."""
        found: list[Commit] = []
        commit: Commit | None = self.resolve(revision)
        while commit is not None:
            found.append(commit)
            commit = self.commits[commit.parent] if commit.parent else None
        return found

    def commit(self, branch: str, lines: Iterable[Mapping[str, Any]], author: str, pull_request: bool) -> Commit:
        """Apply the lines of a commit request to a branch, or to a new pull request."""
        if branch not in self.branches and branch.removeprefix("refs/pr/") not in self.pull_requests:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {branch}")
        header: Mapping[str, Any] = {}
        changes: list[Mapping[str, Any]] = []
        for line in lines:
            if line["key"] == "header":
                header = line["value"]
            else:
                changes.append(line)
        head = self.resolve(branch)
        expected = header.get("parentCommit")
        if expected is not None and not head.id.startswith(expected):
            if not pull_request:
                raise Refused(412, None, "A commit has happened since. Please refresh and try again.")
            head = self.resolve(expected)
        tree = dict(head.tree)
        for line in changes:
            self._apply(tree, line["key"], line["value"])
        new = self._record(head.id, header["summary"], header.get("description", ""), author, tree)
        if pull_request:
            self.pull_requests[str(len(self.pull_requests) + 1)] = new
        elif branch in self.branches:
            self.branches[branch] = new
        else:
            self.pull_requests[branch.removeprefix("refs/pr/")] = new
        return self.commits[new]

    def _apply(self, tree: dict[str, File], key: str, value: Mapping[str, Any]) -> None:
        import base64

        path = value["path"]
        if key == "file":
            tree[path] = self.store.add_blob(base64.b64decode(value["content"]))
        elif key == "lfsFile":
            sha256 = value["oid"]
            if sha256 not in self.objects:
                raise Refused(400, None, f"LFS pointer to {sha256} of {path}, which was never uploaded")
            size = self.store.object(sha256).stat().st_size
            tree[path] = File(git_oid(pointer(sha256, size)), size, sha256)
        elif key == "deletedFile":
            if path not in tree:
                raise Refused(404, "EntryNotFound", f"A file with this name doesn't exist: {path}")
            del tree[path]
        elif key == "deletedFolder":
            for name in [name for name in tree if name.startswith(path.rstrip("/") + "/")]:
                del tree[name]
        else:
            raise Refused(400, None, f"unknown operation: {key}")

    def _record(self, parent: str | None, title: str, message: str, author: str, tree: Mapping[str, File]) -> str:
        date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        body = json.dumps(
            [parent, title, message, author, date, time.time_ns(), sorted((p, f.oid) for p, f in tree.items())]
        )
        oid = hashlib.sha1(body.encode()).hexdigest()
        self.commits[oid] = Commit(oid, parent, title, message, author, date, tree)
        return oid

    def read(self, path: str, revision: str = "main") -> bytes:
        """The bytes of a file, for tests."""
        return self.store.path(self.resolve(revision).tree[path]).read_bytes()
