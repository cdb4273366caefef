"""Rows of text for the kernels of curation: Arrow's string buffers, read in place, and the tokens of some rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .lookup import I64, U8, U64
from .tokens import tokenise

ROWS_PER_CHUNK = 16_384  # about 4 MB of text: what is worked on stays near the processor

# Applied to rows with characters beyond ASCII only, before the kernel, which knows ASCII.
_RESPELL = {
    "²": "^2", "³": "^3", "×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "π": r"\pi ", "√": r"\sqrt ", "∞": r"\infty ", "’": "'", "‘": "'",
    "“": '"', "”": '"', "½": r"\frac12",
    "¼": r"\frac14", "°": r"^\circ ",
}  # fmt: skip


_pool: ThreadPoolExecutor | None = None


def in_threads(kernel: Callable[..., None], rows: int, *arguments: Any) -> None:
    """Run `kernel(first, last, *arguments)` over parts of the rows, one thread each: kernels hold no lock.

    Threads of our own rather than numba's: its parallel kernels take ten times as long to compile, and a process that
    used them cannot be forked.
    """
    global _pool
    threads = min(os.cpu_count() or 1, 16)
    if threads == 1 or rows < 512:
        kernel(0, rows, *arguments)
        return
    if _pool is None:
        _pool = ThreadPoolExecutor(threads, thread_name_prefix="curate")
    bounds = [rows * part // (4 * threads) for part in range(4 * threads + 1)]
    for done in [_pool.submit(kernel, first, last, *arguments) for first, last in pairwise(bounds)]:
        done.result()


def _forget_threads() -> None:
    global _pool
    _pool = None


os.register_at_fork(after_in_child=_forget_threads)


class Texts:
    """Some rows of text: row r is data[data_offsets[r] : data_offsets[r + 1]]."""

    def __init__(self, data: U8, data_offsets: I64) -> None:
        self.data = data
        self.data_offsets = data_offsets

    def __len__(self) -> int:
        return self.data_offsets.size - 1

    def text(self, row: int, first: int, last: int) -> str:
        """The normalised text of a row from its byte `first` up to its byte `last`."""
        low = int(self.data_offsets[row])
        return self.data[low + first : low + last].tobytes().decode("utf-8", "replace")


class Chunk(Texts):
    """Texts and their tokens: row r has counts[r] of them, from position offsets[r] of `tokens`."""

    def __init__(self, data: U8, data_offsets: I64, tokens: U64) -> None:
        super().__init__(data, data_offsets)
        self.offsets: I64 = data_offsets - data_offsets[0]
        self.tokens = tokens
        self.counts: I64 = np.empty(len(self), np.int64)
        in_threads(_tokenise_rows, len(self), data, data_offsets, tokens, self.counts)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _tokenise_rows(first: int, last: int, data: U8, offsets: I64, tokens: U64, counts: I64) -> None:
    for row in range(first, last):
        low = offsets[row]
        own = tokens[low - offsets[0] :]
        counts[row], _, _ = tokenise(data, np.uint64(low), np.uint64(offsets[row + 1]), own)


def text_chunks(texts: Any, rows: int) -> Iterator[Texts]:
    """The bytes of an Arrow string column, `rows` at a time, not copied where they are plain ASCII; a null is empty."""
    column = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])
    for start in range(0, len(column), rows):
        part = column.slice(start, rows)
        yield Texts(*_buffers(part.chunk(0) if part.num_chunks == 1 else pa.concat_arrays(part.chunks)))


def token_chunks(texts: Any, rows: int = ROWS_PER_CHUNK) -> Iterator[Chunk]:
    """The tokens of an Arrow string column, some rows at a time; a null is an empty text.

    A chunk is valid until the next one is taken: they share their memory.
    """
    tokens: U64 = np.empty(0, np.uint64)
    for part in text_chunks(texts, rows):
        size = int(part.data_offsets[-1] - part.data_offsets[0])
        if size > tokens.size:
            tokens = np.empty(size + size // 4, np.uint64)
        yield Chunk(part.data, part.data_offsets, tokens)


def _buffers(strings: Any) -> tuple[U8, I64]:
    """(bytes, row offsets) of an Arrow string array, respelt where it is not plain ASCII."""
    strings = pc.cast(strings, pa.large_string())
    if strings.null_count:
        strings = pc.fill_null(strings, "")
    offsets = np.frombuffer(strings.buffers()[1], np.int64)[strings.offset : strings.offset + len(strings) + 1]
    buffer = strings.buffers()[2]
    data = np.frombuffer(buffer, np.uint8) if buffer is not None and buffer.size else np.empty(0, np.uint8)
    if len(strings) and data[offsets[0] : offsets[-1]].max(initial=0) >= 128:
        return _buffers_of(_replaced(strings, _respelt))
    return data, offsets


def _replaced(strings: Any, change: Callable[[Any], Any]) -> Any:
    """The strings with those changed that are not plain ASCII."""
    others = pc.invert(pc.string_is_ascii(strings))
    return pc.replace_with_mask(strings, others, change(pc.filter(strings, others)))


def _respelt(strings: Any) -> Any:
    """The one spelling of strings beyond ASCII; most have no more than a dash or a curly quotation mark."""
    return _replaced(_without_signs(strings), _normalised)


def _without_signs(strings: Any) -> Any:
    for spelt, becomes in _RESPELL.items():
        strings = pc.replace_substring(strings, spelt, becomes)
    return strings


def _normalised(strings: Any) -> Any:
    lower = pc.utf8_lower(strings)
    visible = pc.replace_substring_regex(lower, "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "")
    return pc.utf8_normalize(_without_signs(visible), "NFKC")


def _buffers_of(strings: Any) -> tuple[U8, I64]:
    offsets = np.frombuffer(strings.buffers()[1], np.int64)[strings.offset : strings.offset + len(strings) + 1]
    return np.frombuffer(strings.buffers()[2], np.uint8), offsets
