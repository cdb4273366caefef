import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow.parquet as pq
import typer
import yaml
from typer.testing import CliRunner

from synthllm.builder.filter.commands import filter_documents, push_filter, scan_corpus, show_filter
from synthllm.builder.filter.ratings import write_rows
from synthllm.builder.filter.saved import save_filter

from .scripted import world
from .test_ratings import rating
from .test_scan import table_of, trained

RECIPE = {
    "name": "small",
    "domain": "mathematics",
    "corpus": {"source": "parquet", "min_chars": 50},
    "filter": {
        "rounds": 1,
        "syllabus_documents": 60,
        "random_documents": 60,
        "rated_documents": 80,
        "trees": 30,
        "audit_documents": 30,
    },
}


def app() -> typer.Typer:
    made = typer.Typer()
    made.command("filter")(filter_documents)
    made.command("scan")(scan_corpus)
    made.command("show-filter")(show_filter)
    made.command("push-filter")(push_filter)
    return made


def test_filter_scan_and_show_work_on_files_with_the_embedded_teacher(tmp_path: Path) -> None:
    pq.write_table(table_of(world(240)), tmp_path / "corpus.parquet")
    recipe = {**RECIPE, "corpus": {**RECIPE["corpus"], "path": str(tmp_path / "corpus.parquet")}}  # type: ignore[dict-item]
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    out = tmp_path / "run"
    run = CliRunner().invoke(app(), ["filter", str(tmp_path / "recipe.yaml"), "--out", str(out), "--quiet"])
    assert run.exit_code == 0, run.output
    assert re.search(r"\d+ of 240 documents score above 6.5 for mathematics", run.stdout)
    assert "audit on 30 documents that it did not learn from" in run.stdout
    assert "over the whole corpus: precision" in run.stdout
    scores = pq.read_table(out / "filter" / "scores.parquet")
    kept = pq.read_table(out / "filter" / "part-00000.parquet")
    assert kept["id"].to_pylist() == scores.filter(scores["kept"])["id"].to_pylist()
    assert not (out / "concepts").exists()

    trained_folder = str(out / "filter" / "filter")
    scanned = CliRunner().invoke(
        app(), ["scan", trained_folder, str(tmp_path / "corpus.parquet"), "--out", str(tmp_path / "scan")]
    )
    assert scanned.exit_code == 0, scanned.output
    assert pq.read_table(tmp_path / "scan" / "part-00000.scores.parquet")["kept"].equals(scores["kept"])

    shown = CliRunner().invoke(app(), ["show-filter", trained_folder])
    assert shown.exit_code == 0, shown.output
    assert "speak for a document: " in shown.stdout


def test_push_makes_one_commit_with_weights_and_card_per_repository(tmp_path: Path) -> None:
    save_filter(trained(), tmp_path / "filter", domain="mathematics")
    write_rows(tmp_path / "ratings.jsonl", [rating(str(number)) for number in range(3)])
    commits: dict[str, list[dict[str, object]]] = {}
    faults = [503, 429]  # of the first commits that are sent

    class Hub(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith("/preupload/main"):
                files = [
                    {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False}
                    for f in json.loads(body)["files"]
                ]
                self.reply({"files": files})
            elif self.path.endswith("/commit/main") and faults:
                self.reply({"error": "busy"}, faults.pop())
            elif self.path.endswith("/commit/main"):
                page = self.path.removeprefix("/api").removeprefix("/models").removesuffix("/commit/main")
                commits[self.path] = [json.loads(line) for line in body.splitlines()]
                self.reply(
                    {"commitUrl": f"http://{self.headers['Host']}{page}/commit/1", "commitOid": "1", "success": True}
                )
            elif self.path.endswith("/repos/create"):
                self.reply({"url": f"http://{self.headers['Host']}/me/{json.loads(body)['name']}"})
            else:  # the card's metadata is checked
                self.reply({"errors": [], "warnings": []})

        def reply(self, value: object, status: int = 200) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # The Hub's address is read when its client is imported, so the push runs in a process of its own.
    program = (
        "import typer; from synthllm.builder.filter.commands import push_filter; app = typer.Typer();"
        "app.command()(push_filter); app()"
    )
    environment = {
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}",
        "HF_TOKEN": "hf_test",
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": ":".join(sys.path),
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    arguments = [str(tmp_path / "filter"), "me/filter", "--ratings", "me/ratings"]
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, check=False
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert done.returncode == 0, done.stderr
    assert not faults
    files = {
        path: {line["value"]["path"] for line in lines if line["key"] == "file"}  # type: ignore[index]
        for path, lines in commits.items()
    }
    assert files == {
        "/api/models/me/filter/commit/main": {"filter.json", "arrays.npz", "README.md"},
        "/api/datasets/me/ratings/commit/main": {"ratings.jsonl", "README.md"},
    }


def test_pushing_a_folder_without_a_filter_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app(), ["push-filter", str(tmp_path), "me/filter"])
    assert result.exit_code == 1
    assert "expected a folder with a saved filter" in str(result.exception)
