"""Questions as streams of hashed tokens, for duplicates and decontamination: one spelling for what LaTeX spells in
many.

Three kinds of token: words, numbers, and mathematics (operators, brackets and LaTeX commands). Case, white space, text
punctuation, braces, dollar signs and spacing commands leave no trace; `\\dfrac12`, `\\frac{1}{2}` and `\\tfrac 1 2`
are the same three tokens; `1,000` is `1000`; numbers and signs are kept, so that x+1 is not x-1.

The kernels read Arrow's string buffers in place and run without the interpreter's lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba.cpython.unsafe.numbers import trailing_zeros

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

WORD, NUMBER, MATHS = 0, 1, 2
ROWS_PER_CHUNK = 16_384  # about 4 MB of text: what is worked on stays near the processor

_SEED = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX2 = np.uint64(0xC4CEB9FE1A85EC53)

_ONE, _TWO, _SEVEN, _TOP = np.uint64(1), np.uint64(2), np.uint64(7), np.uint64(56)
_EACH = np.uint64(0x0101010101010101)  # in each of eight bytes: its lowest bit, its highest, and so on
_HIGH = np.uint64(0x8080808080808080)
_LOW7 = np.uint64(0x7F7F7F7F7F7F7F7F)
_CASE = np.uint64(0x2020202020202020)
_TO_A = np.uint64(0x1F1F1F1F1F1F1F1F)  # 128 - "a": sets the highest bit from "a" on
_PAST_Z = np.uint64(0x0505050505050505)

# Applied to rows with characters beyond ASCII only, before the kernel, which knows ASCII.
_RESPELL = {
    "²": "^2", "³": "^3", "×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "π": r"\pi ", "√": r"\sqrt ", "∞": r"\infty ", "’": "'", "‘": "'",
    "“": '"', "”": '"', "½": r"\frac12",
    "¼": r"\frac14", "°": r"^\circ ",
}  # fmt: skip


def _fnv(name: bytes) -> np.uint64:
    value = int(_SEED)
    for byte in name:
        value = ((value ^ byte) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return np.uint64(value)


def _command_table() -> tuple[U64, U64]:
    """Hashes of commands that have another spelling or none, sorted, and what each becomes; 0 leaves no token."""
    silent = (
        "left right displaystyle textstyle scriptstyle text textbf textit textrm mathrm mathbf mathit mathsf"
        " operatorname mbox rm bf it quad qquad limits nolimits big bigl bigr bigg biggl biggr boldsymbol bm"
        " ensuremath hspace vspace underline emph middle hline boxed"
    )
    respelt = {
        "frac": "dfrac tfrac cfrac", "le": "leq leqslant", "ge": "geq geqslant", "ne": "neq",
        "*": "cdot times ast bullet",
        "/": "div", "<": "lt", ">": "gt", "|": "mid vert lvert rvert", "rightarrow": "to longrightarrow",
        "dots": "ldots cdots dotsc dotsb", "emptyset": "varnothing", "binom": "dbinom tbinom", "epsilon": "varepsilon",
        "phi": "varphi", "theta": "vartheta", "overline": "bar", "vec": "overrightarrow",
    }  # fmt: skip
    table = {_fnv(name.encode()): np.uint64(0) for name in silent.split()}
    for target, names in respelt.items():
        for name in names.split():
            table[_fnv(name.encode())] = _fnv(target.encode())
    keys = np.array(sorted(table), dtype=np.uint64)
    return keys, np.array([table[key] for key in keys], dtype=np.uint64)


_COMMANDS, _BECOMES = _command_table()
_FRAC = _fnv(b"frac")


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a hash (the finaliser of MurmurHash3)."""
    value ^= value >> np.uint64(33)
    value *= _MIX1
    value ^= value >> np.uint64(33)
    value *= _MIX2
    value ^= value >> np.uint64(33)
    return value


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _is_letter(byte: int) -> bool:
    return (97 <= byte <= 122) or (65 <= byte <= 90) or byte >= 128


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _is_digit(byte: int) -> bool:
    return 48 <= byte <= 57


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _last_bytes(data: U8, i: int, high: int) -> np.uint64:
    """The bytes from i to high, at most seven, the first one lowest, and zeros in place of the rest.

    No `inline="always"` for functions of arrays: numba counts references to them at each round, which costs more than
    the call.
    """
    value = np.uint64(0)
    for j in range(high - 1, i - 1, -1):
        value = value << np.uint64(8) | np.uint64(data[j])
    return value


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _leading_letters(eight: np.uint64) -> tuple[np.uint64, np.int64]:
    """(the letters that eight bytes start with, in lower case and zeros after them, how many).

    All eight at once, not byte by byte: where a word ends cannot be guessed, and a wrong guess of the processor costs
    as much as the word.
    """
    beyond_ascii = eight & _HIGH
    lower = (eight | _CASE) & _LOW7
    letters = ((lower + _TO_A) & ~(lower + _PAST_Z)) | beyond_ascii
    others = ~letters & _HIGH
    if others == 0:
        return eight | (_CASE & ~(beyond_ascii >> _TWO)), np.int64(8)
    within = ((others & (~others + _ONE)) >> _SEVEN) - _ONE  # all bits of the bytes before the first non-letter
    length = np.int64(trailing_zeros(others)) >> 3
    return (eight | (_CASE & ~(beyond_ascii >> _TWO))) & within, length


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def tokenise(data: U8, eights: U64, low: int, high: int, hashes: U64, kinds: U8, spans: U32, at: int) -> int:
    """Write the tokens of data[low:high] from position `at`; returns how many.

    `eights` are the same bytes as `eight_bytes` gives them.
    `spans` gets the first byte of each token and the byte after it, counted from `low`; nothing where it is empty.
    """
    count = 0
    last_start = last_end = -1
    last_kind = MATHS
    i = low
    single_digits = 0  # arguments of \frac that may stand without braces
    while i < high:
        byte = data[i]
        if byte == 32:
            i += 1
            continue
        begin = i
        value = _SEED
        kind = MATHS
        if _is_letter(byte):
            while True:
                eight = eights[i] if i + 8 <= high else _last_bytes(data, i, high)
                letters, length = _leading_letters(eight)
                value ^= letters
                i += length
                if length < 8:
                    break
                value = mix(value)
            kind = WORD
        elif _is_digit(byte) or (
            byte == 46 and i + 1 < high and _is_digit(data[i + 1]) and (i == low or not _is_digit(data[i - 1]))
        ):
            kind = NUMBER
            if byte == 46:
                value = (value ^ np.uint64(48)) * _PRIME
            if single_digits > 0:
                value = (value ^ np.uint64(byte)) * _PRIME
                i += 1
            else:
                while i < high:
                    if _is_digit(data[i]):
                        value = (value ^ np.uint64(data[i])) * _PRIME
                        i += 1
                    elif data[i] == 46 and i + 1 < high and _is_digit(data[i + 1]):
                        value = (value ^ np.uint64(46)) * _PRIME
                        i += 1
                    elif (
                        data[i] == 44
                        and i > begin
                        and i + 3 < high
                        and _is_digit(data[i + 1])
                        and _is_digit(data[i + 2])
                        and _is_digit(data[i + 3])
                        and not (i + 4 < high and _is_digit(data[i + 4]))
                    ):
                        i += 1
                    else:
                        break
            single_digits -= 1
        elif byte == 92:  # a backslash
            i += 1
            if i < high and _is_letter(data[i]) and data[i] < 128:
                while i < high and _is_letter(data[i]) and data[i] < 128:
                    value = (value ^ np.uint64(data[i])) * _PRIME
                    i += 1
                position = np.searchsorted(_COMMANDS, value)
                if position < _COMMANDS.size and _COMMANDS[position] == value:
                    value = _BECOMES[position]
                    if value == 0:
                        continue
                if value == _FRAC:
                    single_digits = 3
            else:
                following = data[i] if i < high else 0
                i += 1
                if following != 123 and following != 125 and following != 37:  # { } %
                    continue
                value = (value ^ np.uint64(following)) * _PRIME
        elif byte in (
            43,
            45,
            61,
            60,
            62,
            94,
            95,
            47,
            42,
            124,
            40,
            41,
            91,
            93,
            37,
            33,
        ):  # + - = < > ^ _ / * | ( ) [ ] % !
            i += 1
            if byte == 33 and (last_end != begin or (last_kind == WORD and last_end - last_start > 1)):
                continue  # an exclamation, no factorial
            if (
                byte == 45
                and begin - 1 >= low
                and i < high
                and _is_letter(data[begin - 1])
                and _is_letter(data[i])
                and ((begin - 2 >= low and _is_letter(data[begin - 2])) or (i + 1 < high and _is_letter(data[i + 1])))
            ):
                continue  # a hyphen, no minus
            value = (value ^ np.uint64(byte)) * _PRIME
        else:
            i += 1
            if byte == 123 and single_digits > 0:  # an argument in braces is read as it is
                single_digits = 0
            continue
        if kind != NUMBER and single_digits > 0:
            single_digits -= 1
        hashes[at + count] = mix(value + np.uint64(kind))
        kinds[at + count] = kind
        if spans.size:
            spans[2 * count] = begin - low
            spans[2 * count + 1] = i - low
        last_start, last_end, last_kind = begin, i, kind
        count += 1
        if i < high and data[i] == 32:
            i += 1  # what follows most tokens; a round of the loop costs more
    return count


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _tokenise_rows(
    first: int, last: int, data: U8, eights: U64, offsets: I64, hashes: U64, kinds: U8, counts: I64
) -> None:
    no_spans = np.empty(0, np.uint32)
    for row in range(first, last):
        low = offsets[row]
        counts[row] = tokenise(data, eights, low, offsets[row + 1], hashes, kinds, no_spans, low - offsets[0])


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


def eight_bytes(data: U8) -> U64:
    """(bytes - 7,) a view of the same memory: the eight bytes that start at each byte."""
    return np.ndarray((max(0, data.size - 7),), np.uint64, data, strides=(1,))


class Texts:
    """Some rows of text: row r is data[data_offsets[r] : data_offsets[r + 1]]."""

    def __init__(self, data: U8, data_offsets: I64) -> None:
        self.data = data
        self.eights = eight_bytes(data)
        self.data_offsets = data_offsets

    def __len__(self) -> int:
        return self.data_offsets.size - 1

    def spans(self, row: int) -> U32:
        """(tokens, 2) the bytes at which each token of a row starts and ends, counted from the start of the row."""
        low, high = self.data_offsets[row], self.data_offsets[row + 1]
        size = max(1, int(high - low))
        spans = np.zeros(2 * size, np.uint32)
        hashes, kinds = np.empty(size, np.uint64), np.empty(size, np.uint8)
        count = tokenise(self.data, self.eights, low, high, hashes, kinds, spans, 0)
        return spans[: 2 * count].reshape(-1, 2)

    def text(self, row: int, first: int, last: int) -> str:
        """The normalised text of a row from its token `first` to its token `last`, both included."""
        spans = self.spans(row)
        low = self.data_offsets[row]
        return bytes(self.data[low + spans[first, 0] : low + spans[last, 1]]).decode("utf-8", "replace")


class Chunk(Texts):
    """Texts and their tokens: row r has counts[r] of them, from position offsets[r] of `hashes` and `kinds`."""

    def __init__(self, data: U8, data_offsets: I64, hashes: U64, kinds: U8) -> None:
        super().__init__(data, data_offsets)
        self.offsets: I64 = data_offsets - data_offsets[0]
        self.hashes = hashes
        self.kinds = kinds
        self.counts: I64 = np.empty(len(self), np.int64)
        in_threads(_tokenise_rows, len(self), data, self.eights, data_offsets, hashes, kinds, self.counts)


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
    hashes: U64 = np.empty(0, np.uint64)
    kinds: U8 = np.empty(0, np.uint8)
    for part in text_chunks(texts, rows):
        size = int(part.data_offsets[-1] - part.data_offsets[0])
        if size > hashes.size:
            hashes, kinds = np.empty(size + size // 4, np.uint64), np.empty(size + size // 4, np.uint8)
        yield Chunk(part.data, part.data_offsets, hashes, kinds)


def _buffers(strings: Any) -> tuple[U8, I64]:
    """(bytes, row offsets) of an Arrow string array, respelt where it is not plain ASCII."""
    strings = pc.cast(strings, pa.large_string())
    if strings.null_count:
        strings = pc.fill_null(strings, "")
    offsets = np.frombuffer(strings.buffers()[1], np.int64)[strings.offset : strings.offset + len(strings) + 1]
    buffer = strings.buffers()[2]
    data = np.frombuffer(buffer, np.uint8) if buffer is not None and buffer.size else np.empty(0, np.uint8)
    if len(strings) and data[offsets[0] : offsets[-1]].max(initial=0) >= 128:
        plain = pc.string_is_ascii(strings)
        respelt = pc.utf8_lower(pc.filter(strings, pc.invert(plain)))
        respelt = pc.replace_substring_regex(respelt, "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "")
        for spelt, becomes in _RESPELL.items():
            respelt = pc.replace_substring(respelt, spelt, becomes)
        respelt = pc.utf8_normalize(respelt, "NFKC")
        strings = pc.replace_with_mask(strings, pc.invert(plain), respelt)
        return _buffers_of(strings)
    return data, offsets


def _buffers_of(strings: Any) -> tuple[U8, I64]:
    offsets = np.frombuffer(strings.buffers()[1], np.int64)[strings.offset : strings.offset + len(strings) + 1]
    return np.frombuffer(strings.buffers()[2], np.uint8), offsets
