"""Strings numbered by compiled code, beside a dictionary."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from synthllm.builder.graph_lists import ahead
from synthllm.builder.graph_strings import (
    STRINGS_PER_BLOCK,
    DistinctStrings,
    bytes_of,
    quick_hashes,
    sorted_strings,
    strings_of,
)


def arrow(strings: list[str]) -> pa.Array:
    return pa.array(strings, pa.large_string())


def similar_strings(n: int, seed: int) -> list[str]:
    """Strings of 0 to 40 bytes with long common beginnings and ends, zero bytes and letters of several bytes."""
    rng = random.Random(seed)
    parts = ["", "a", "é", "\0", "linear ", "operator", "12345678", "eigenvalue of a matrix"]
    return ["".join(rng.choices(parts, k=rng.randint(0, 5)))[: rng.randint(0, 40)] for _ in range(n)]


def test_strings_of_many_batches_are_numbered_as_by_a_dictionary() -> None:
    batches = [similar_strings(n, seed) for seed, n in enumerate((1, 0, 700, STRINGS_PER_BLOCK + 5, 3))]
    batches.append([f"new {i}" for i in range(5_000)])  # more than the table had room for
    expected: dict[str, int] = {}
    distinct = DistinctStrings()
    for batch in batches:
        numbers = distinct.numbers(arrow(batch))
        assert numbers.tolist() == [expected.setdefault(string, len(expected)) for string in batch]
    assert distinct.strings().to_pylist() == list(expected)
    assert len(distinct) == len(expected)


def test_slices_and_bytes_without_padding_are_read_to_their_last_byte() -> None:
    strings = similar_strings(500, 0)
    whole = arrow(strings)
    exact = strings_of(*(np.array(part) for part in bytes_of(whole)))  # its buffers end where the strings do
    assert (
        DistinctStrings().numbers(exact.slice(17, 400)).tolist()
        == DistinctStrings().numbers(arrow(strings[17:417])).tolist()
    )
    assert DistinctStrings().numbers(whole.slice(499)).tolist() == [0]
    assert DistinctStrings().numbers(arrow(["", "", "a", ""])).tolist() == [0, 0, 1, 0]


def test_strings_with_the_same_hash_are_told_apart() -> None:
    """The hash takes in eight bytes at a time, so that the second eight can make up for a difference in the first."""
    first, other = b"absolute", b"velocity"
    prime, half = 0xBF58476D1CE4E5B9, (1 << 64) - 1

    def after(word: bytes) -> int:
        mixed = ((16 * 0x9E3779B97F4A7C15 & half) ^ int.from_bytes(word, "little")) * prime & half
        return mixed ^ mixed >> 32

    second = b"pressure"
    collides = int.from_bytes(second, "little") ^ after(first) ^ after(other)
    data = np.frombuffer(first + second + other + collides.to_bytes(8, "little"), np.uint8)
    strings = strings_of(np.array([0, 16, 32]), data)
    hashes = quick_hashes(*bytes_of(strings))
    assert hashes[0] == hashes[1]
    distinct = DistinctStrings()
    assert distinct.numbers(strings).tolist() == [0, 1]
    assert distinct.numbers(strings.take(pa.array([1, 0, 1]))).tolist() == [1, 0, 1]


@pytest.mark.parametrize("n", [0, 1, 300, 3 * STRINGS_PER_BLOCK])
def test_sorted_strings_ascend_by_bytes_with_any_number_of_threads(n: int) -> None:
    rng = random.Random(n)
    strings = list(dict.fromkeys([*similar_strings(n, 1), *(f"{rng.random()}" for _ in range(n))]))
    for threads in (1, 3):
        ascending, place = sorted_strings(arrow(strings), threads)
        assert ascending.to_pylist() == sorted(strings, key=str.encode)
        assert ascending.take(pa.array(place)).to_pylist() == strings


def test_what_is_made_ahead_comes_in_order_and_its_error_where_it_happened() -> None:
    def parts() -> Iterator[int]:
        yield from range(5)
        raise ValueError("the sixth")

    coming = ahead(parts())
    assert list(itertools.islice(coming, 5)) == list(range(5))
    with pytest.raises(ValueError, match="the sixth"):
        next(coming)
    assert list(ahead([])) == []
