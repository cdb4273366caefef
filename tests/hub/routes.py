"""What the Hub of the tests answers, route by route."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode

from .repository import Commit, File, Refused, Repository, Tag, git_oid, pointer

if TYPE_CHECKING:
    from .server import Handler, Token

SECRET = b"signs the links to the storage"
LARGE_BYTES = 10 << 20
LARGE_SUFFIXES = (".parquet", ".arrow", ".bin", ".safetensors", ".png", ".sqlite")
PREFIX = {"dataset": "datasets/", "model": "", "space": "spaces/"}
ID = r"(?P<id>[\w.-]+/[\w.-]+)"
KIND = r"/api/(?P<kind>dataset|model)s/"


def route(request: Handler, server: str, path: str) -> None:
    """Answer a request, or raise `Refused`."""
    raw = request.path.partition("?")[0]
    for method, pattern, answer in STORAGE_ROUTES if server == "storage" else ROUTES:
        # Revisions and folders arrive quoted, so that a slash inside of one is told from a slash between two.
        found = re.fullmatch(pattern, raw)
        if found and request.command in method.split("|"):
            from urllib.parse import unquote

            with request.server.hub.lock if request.command != "PUT" else _unlocked():
                answer(request, **{name: unquote(value or "") for name, value in found.groupdict().items()})
            return
    raise Refused(404, None, f"no such route: {request.command} {path}")


class _unlocked:  # noqa: N801 - reads as a word
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


# Who may do what


def token_of(request: Handler) -> Token | None:
    """The token of a request; None without one."""
    from .server import TOKENS

    if request.user_token is None:
        return None
    if request.user_token not in TOKENS:
        raise Refused(401, None, "Invalid credentials in Authorization header")
    return TOKENS[request.user_token]


def may_write(token: Token, name: str) -> bool:
    namespace = name.split("/")[0]
    if token.role == "fineGrained":
        return name in token.scoped or namespace in token.scoped
    return token.role == "write" and namespace in (token.user, *token.organizations)


def repository_of(request: Handler, kind: str, name: str, *, write: bool = False, files: bool = False) -> Repository:
    """The repository, if it exists for who asks and may be used so."""
    token = token_of(request)
    found = request.server.hub.repositories.get((kind, name))
    member = token is not None and found is not None and found.namespace in (token.user, *token.organizations)
    if found is None or (found.private and not member):
        raise Refused(404 if token else 401, "RepoNotFound", "Repository not found")
    if files and found.gated and not member:
        where = "Access to it is restricted. You must be authenticated and have asked for access."
        raise Refused(403 if token else 401, "GatedRepo", where)
    if write:
        if token is None:
            raise Refused(401, None, "Invalid username or password.")
        if not may_write(token, name):
            raise Refused(403, None, "You don't have the required permissions to write to this repository")
    return found


# Accounts and repositories


def whoami(request: Handler) -> None:
    token = token_of(request)
    if token is None:
        raise Refused(401, None, "Invalid username or password.")
    access: dict[str, Any] = {"displayName": "tests", "role": token.role}
    if token.role == "fineGrained":
        kinds = ("dataset" if "/" in name else "user" for name in token.scoped)
        scoped = [
            {"entity": {"type": kind, "name": name}, "permissions": ["repo.content.read", "repo.write"]}
            for kind, name in zip(kinds, token.scoped, strict=True)
        ]
        access["fineGrained"] = {"canReadGatedRepos": False, "global": [], "scoped": scoped}
    organizations = [{"type": "org", "name": name, "roleInOrg": "write"} for name in token.organizations]
    account = {"type": "user", "id": token.user, "name": token.user, "orgs": organizations}
    request.answer(200, account | {"auth": {"type": "access_token", "accessToken": access}})


def create(request: Handler) -> None:
    wanted, token = request.json(), token_of(request)
    if token is None:
        raise Refused(401, None, "Invalid username or password.")
    kind = wanted.get("type") or "model"
    name = f"{wanted.get('organization') or token.user}/{wanted['name']}"
    if not may_write(token, name):
        raise Refused(
            403, None, f"You don't have the rights to create a {kind} under the namespace {name.split('/')[0]}"
        )
    hub = request.server.hub
    url = f"{hub.url}/{PREFIX[kind]}{name}"
    if (kind, name) in hub.repositories:
        request.answer(409, {"error": f"You already created this {kind} repo", "url": url})
        return
    private = bool(wanted.get("private")) or wanted.get("visibility") == "private"
    made = hub.repositories[kind, name] = Repository(kind, name, hub.store, private)
    made.begin(token.user)
    request.answer(200, {"url": url, "name": name})


def settings(request: Handler, kind: str, id: str) -> None:
    wanted, found = request.json(), repository_of(request, kind, id, write=True)
    found.gated = wanted.get("gated", found.gated)
    if "visibility" in wanted or "private" in wanted:
        found.private = wanted.get("visibility") == "private" or bool(wanted.get("private"))
    request.answer(200, wanted)


def info(request: Handler, kind: str, id: str, revision: str = "") -> None:
    found = repository_of(request, kind, id)
    commit, history = found.resolve(revision or "main"), found.history("main")
    siblings = [
        {"rfilename": path, "size": file.size, "blobId": file.oid} for path, file in sorted(commit.tree.items())
    ]
    about = {"_id": id, "id": id, "author": found.namespace, "sha": commit.id, "lastModified": commit.date}
    state = {"createdAt": history[-1].date, "private": found.private, "gated": found.gated, "disabled": False}
    request.answer(200, about | state | {"tags": [], "downloads": 0, "likes": 0, "siblings": siblings})


def auth_check(request: Handler, kind: str, id: str, write: str) -> None:
    repository_of(request, kind, id, write=bool(write), files=True)
    request.answer(200, {})


def validate_yaml(request: Handler) -> None:
    import yaml

    content = request.json()["content"]
    header = re.match(r"\s*---\r?\n(.*?)\r?\n---", content, re.DOTALL)
    try:
        metadata = yaml.safe_load(header[1]) if header else {}
    except yaml.YAMLError as error:
        request.answer(400, {"errors": [{"message": str(error)}], "warnings": []})
        return
    errors = [{"message": "metadata must be a mapping"}] if not isinstance(metadata, dict) else []
    known_license = isinstance(metadata, dict) and isinstance(metadata.get("license", "other"), str | list)
    errors += [] if known_license else [{"message": '"license" must be a string'}]
    request.answer(400 if errors else 200, {"errors": errors, "warnings": []})


# Reading


def refs(request: Handler, kind: str, id: str) -> None:
    found = repository_of(request, kind, id)
    named = {
        "branches": [("refs/heads/", name, commit) for name, commit in found.branches.items()],
        "tags": [("refs/tags/", name, tag.commit) for name, tag in found.tags.items()],
        "pullRequests": [("refs/pr/", name, commit) for name, commit in found.pull_requests.items()],
        "converts": [],
    }
    request.answer(
        200,
        {
            group: [{"name": name, "ref": prefix + name, "targetCommit": commit} for prefix, name, commit in items]
            for group, items in named.items()
        },
    )


def page(request: Handler, entries: list[Any]) -> None:
    """Answer one page of a list; where more follow, a link to the next."""
    hub, start = request.server.hub, int(request.query.get("cursor", 0))
    size = int(request.query.get("limit", hub.page_size))
    headers = {}
    if start + size < len(entries):
        query = urlencode(request.query | {"cursor": start + size})
        headers["Link"] = f'<{hub.url}{request.path.partition("?")[0]}?{query}>; rel="next"'
    request.answer(200, entries[start : start + size], headers)


def entry(found: Repository, path: str, file: File, expand: bool, commit: Commit) -> dict[str, Any]:
    about: dict[str, Any] = {"type": "file", "path": path, "oid": file.oid, "size": file.size}
    if file.sha256 is not None:
        length = len(pointer(file.sha256, file.size))
        about["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": length}
    return about | (last_commit(found, path, file, commit) if expand else {})


def last_commit(found: Repository, path: str, file: File, commit: Commit) -> dict[str, Any]:
    """The commit that last changed a file."""
    made = commit
    for earlier in found.history(commit.id):
        if earlier.tree.get(path) != file:
            break
        made = earlier
    safe = {"status": "safe", "avScan": None, "pickleImportScan": None}
    return {"lastCommit": {"id": made.id, "title": made.title, "date": made.date}, "securityFileStatus": safe}


def folder(path: str) -> dict[str, Any]:
    return {"type": "directory", "path": path, "oid": git_oid(path.encode()), "size": 0}


def tree(request: Handler, kind: str, id: str, revision: str, path: str = "") -> None:
    found = repository_of(request, kind, id)
    commit, prefix = found.resolve(revision), f"{path}/" if path else ""
    recursive, expand = (request.query.get(name, "").lower() in ("1", "true") for name in ("recursive", "expand"))
    inside = {name: file for name, file in commit.tree.items() if name.startswith(prefix)}
    if path and not inside:
        raise Refused(404, "EntryNotFound", f"{path} does not exist on {revision}")
    entries: dict[str, dict[str, Any]] = {}
    for name, file in inside.items():
        parts = name[len(prefix) :].split("/")
        for depth in range(1, len(parts) if recursive else min(2, len(parts))):
            above = prefix + "/".join(parts[:depth])
            entries[above] = folder(above)
        if recursive or len(parts) == 1:
            entries[name] = entry(found, name, file, expand, commit)
    page(request, [entries[name] for name in sorted(entries)])


def paths_info(request: Handler, kind: str, id: str, revision: str) -> None:
    found = repository_of(request, kind, id)
    commit, content = found.resolve(revision), request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        asked = json.loads(content)
        paths, expand = asked["paths"], bool(asked.get("expand"))
    else:
        form = parse_qs(content.decode())
        paths, expand = form.get("paths", []), form.get("expand", ["false"])[0].lower() == "true"
    entries = []
    for path in paths:
        if path in commit.tree:
            entries.append(entry(found, path, commit.tree[path], expand, commit))
        elif any(name.startswith(f"{path}/") for name in commit.tree):
            entries.append(folder(path))
    request.answer(200, entries)


def commits(request: Handler, kind: str, id: str, revision: str) -> None:
    history = repository_of(request, kind, id).history(revision)
    named = [
        {"id": c.id, "title": c.title, "message": c.message, "date": c.date, "authors": [{"user": c.author}]}
        for c in history
    ]
    page(request, named)


def resolve(request: Handler, kind: str, id: str, revision: str, path: str) -> None:
    """A file: its bytes, or for a large one a signed link to the storage."""
    kind = "dataset" if kind else "model"
    found = repository_of(request, kind, id, files=True)
    commit = found.resolve(revision)
    if path not in commit.tree:
        request.answer(
            404,
            {"error": "Entry not found"},
            {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found", "X-Repo-Commit": commit.id},
        )
        return
    file = commit.tree[path]
    headers = {"X-Repo-Commit": commit.id, "Accept-Ranges": "bytes"}
    if file.sha256 is None:
        send_file(request, found.store.path(file).read_bytes(), file.oid, headers)
        return
    linked = {"X-Linked-Size": str(file.size), "X-Linked-ETag": f'"{file.sha256}"', "ETag": f'"{file.oid}"'}
    request.answer(302, None, headers | linked | {"Location": signed(request, "get", file.sha256)})


def send_file(request: Handler, content: bytes, etag: str, headers: dict[str, str]) -> None:
    """Bytes, or the range of them that is asked for."""
    headers = headers | {"ETag": f'"{etag}"', "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    if request.headers.get("if-none-match") == f'"{etag}"':
        request.send(304, b"", headers)
        return
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if asked is None or not any(asked.groups()):
        request.send(200, content, headers)
        return
    first, last = asked.groups()
    start = int(first) if first else max(0, len(content) - int(last))
    end = min(int(last), len(content) - 1) if first and last else len(content) - 1
    if start >= len(content):
        request.send(416, b"", headers | {"Content-Range": f"bytes */{len(content)}"})
        return
    request.send(206, content[start : end + 1], headers | {"Content-Range": f"bytes {start}-{end}/{len(content)}"})


# Writing


def preupload(request: Handler, kind: str, id: str, revision: str) -> None:
    found = repository_of(request, kind, id, write=True)
    commit, modes = found.resolve(revision), []
    for file in request.json()["files"]:
        large = file["size"] >= LARGE_BYTES or file["path"].endswith(LARGE_SUFFIXES)
        there = commit.tree.get(file["path"])
        mode = {"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
        modes.append(mode | ({"oid": there.sha256 or there.oid} if there else {}))
    request.answer(200, {"files": modes, "commitOid": commit.id})


def batch(request: Handler, kind: str, id: str) -> None:
    hub, found = request.server.hub, repository_of(request, "dataset" if kind else "model", id, write=True)
    objects = []
    for asked in request.json()["objects"]:
        about: dict[str, Any] = {"oid": asked["oid"], "size": asked["size"], "authenticated": True}
        if asked["oid"] not in found.objects:
            link, header = signed(request, "put", asked["oid"], id), {}
            if asked["size"] > hub.part_bytes:
                count = -(-asked["size"] // hub.part_bytes)
                header = {"chunk_size": str(hub.part_bytes)} | {
                    f"{part:05d}": f"{link}&{urlencode({'part': part})}" for part in range(1, count + 1)
                }
                link = f"{hub.url}/api/complete/{quote(id, safe='')}/{asked['oid']}"
            verify = f"{hub.url}/{PREFIX['dataset' if kind else 'model']}{id}.git/info/lfs/objects/verify"
            about["actions"] = {"upload": {"href": link, "header": header}, "verify": {"href": verify}}
        objects.append(about)
    request.answer(200, {"transfer": "basic", "objects": objects})


def verify(request: Handler, kind: str, id: str) -> None:
    repository_of(request, "dataset" if kind else "model", id, write=True)
    asked, path = request.json(), None
    path = request.server.hub.store.object(asked["oid"])
    if not path.exists() or path.stat().st_size != asked["size"]:
        raise Refused(404, None, f"object {asked['oid']} is not there in full")
    request.answer(200, {})


def complete(request: Handler, id: str, oid: str) -> None:
    """Join the parts of an upload."""
    hub, asked = request.server.hub, request.json()
    parts, arriving = hub.parts.pop(oid, {}), hub.store.arriving()
    if [part["partNumber"] for part in asked["parts"]] != sorted(parts):
        raise Refused(400, None, f"parts {sorted(parts)} came, not those that were named")
    with arriving.open("wb") as file:
        for part in sorted(parts):
            file.write(parts[part].read_bytes())
    hub.store.keep(arriving, oid)
    for (_, name), found in hub.repositories.items():
        if name == id:
            found.objects.add(oid)
    request.answer(200, {})


def commit(request: Handler, kind: str, id: str, revision: str) -> None:
    found, token = repository_of(request, kind, id, write=True), token_of(request)
    assert token is not None
    lines = [json.loads(line) for line in request.body().splitlines() if line]
    pull_request = request.query.get("create_pr") in ("1", "true")
    made = found.commit(revision, lines, token.user, pull_request)
    url = f"{request.server.hub.url}/{PREFIX[kind]}{id}"
    answer = {"success": True, "commitOid": made.id, "commitUrl": f"{url}/commit/{made.id}", "hookOutput": ""}
    if pull_request:
        answer["pullRequestUrl"] = f"{url}/discussions/{len(found.pull_requests)}"
    request.answer(200, answer)


def branch(request: Handler, kind: str, id: str, name: str) -> None:
    found, wanted = repository_of(request, kind, id, write=True), request.json()
    if request.command == "DELETE":
        del found.branches[name]
    elif name in found.branches:
        raise Refused(409, None, f"Reference already exists: {name}")
    else:
        found.branches[name] = found.resolve(wanted.get("startingPoint", "main")).id
    request.answer(200, {})


def tag(request: Handler, kind: str, id: str, revision: str) -> None:
    found, wanted = repository_of(request, kind, id, write=True), request.json()
    if request.command == "DELETE":
        del found.tags[revision]
    elif wanted["tag"] in found.tags:
        raise Refused(409, None, f"Tag reference exists already: {wanted['tag']}")
    else:
        found.tags[wanted["tag"]] = Tag(found.resolve(revision).id, wanted.get("message"))
    request.answer(200, {})


# The storage


def signed(request: Handler, what: str, oid: str, name: str = "") -> str:
    """A link to an object that needs no token."""
    mark = hmac.new(SECRET, f"{what} {oid} {name}".encode(), hashlib.sha256).hexdigest()
    return f"{request.server.hub.storage_url}/objects/{oid}?{urlencode({'for': name, 'signature': mark})}"


def check_signature(request: Handler, what: str, oid: str) -> None:
    if request.user_token is not None:
        raise Refused(400, None, "a token was sent to the storage")
    name = request.query.get("for", "")
    expected = hmac.new(SECRET, f"{what} {oid} {name}".encode(), hashlib.sha256).hexdigest()
    if request.query.get("signature") != expected:
        raise Refused(403, None, "this link is not signed")


def get_object(request: Handler, oid: str) -> None:
    check_signature(request, "get", oid)
    send_file(request, request.server.hub.store.object(oid).read_bytes(), oid, {})


def put_object(request: Handler, oid: str) -> None:
    check_signature(request, "put", oid)
    hub, arriving = request.server.hub, request.server.hub.store.arriving()
    request.save(arriving)
    if "part" in request.query:
        hub.parts.setdefault(oid, {})[int(request.query["part"])] = arriving
    else:
        hub.store.keep(arriving, oid)
        for (_, name), found in hub.repositories.items():
            if name == request.query["for"]:
                found.objects.add(oid)
    request.answer(200, {}, {"ETag": f'"{oid}"'})


Answer = Callable[..., None]
REVISION = r"/(?P<revision>[^/]+)"
LFS = rf"/(?P<kind>datasets/)?{ID}\.git/info/lfs/objects"
ROUTES: list[tuple[str, str, Answer]] = [
    ("GET", "/api/whoami-v2", whoami),
    ("POST", "/api/repos/create", create),
    ("POST", "/api/validate-yaml", validate_yaml),
    ("PUT", rf"{KIND}{ID}/settings", settings),
    ("GET", rf"{KIND}{ID}/auth-check(?P<write>/write)?", auth_check),
    ("GET", rf"{KIND}{ID}", info),
    ("GET", rf"{KIND}{ID}/revision{REVISION}", info),
    ("GET", rf"{KIND}{ID}/refs", refs),
    ("GET", rf"{KIND}{ID}/tree{REVISION}", tree),
    ("GET", rf"{KIND}{ID}/tree{REVISION}/(?P<path>.+)", tree),
    ("GET", rf"{KIND}{ID}/commits{REVISION}", commits),
    ("POST", rf"{KIND}{ID}/paths-info{REVISION}", paths_info),
    ("POST", rf"{KIND}{ID}/preupload{REVISION}", preupload),
    ("POST", rf"{KIND}{ID}/commit{REVISION}", commit),
    ("POST|DELETE", rf"{KIND}{ID}/branch/(?P<name>[^/]+)", branch),
    ("POST|DELETE", rf"{KIND}{ID}/tag{REVISION}", tag),
    ("POST", rf"{LFS}/batch", batch),
    ("POST", rf"{LFS}/verify", verify),
    ("POST", r"/api/complete/(?P<id>[^/]+)/(?P<oid>\w+)", complete),
    ("GET|HEAD", rf"/(?P<kind>datasets/)?{ID}/resolve{REVISION}/(?P<path>.+)", resolve),
]
STORAGE_ROUTES: list[tuple[str, str, Answer]] = [
    ("GET|HEAD", r"/objects/(?P<oid>\w+)", get_object),
    ("PUT", r"/objects/(?P<oid>\w+)", put_object),
]
