"""The keys of many names at once: what `concept_key` does to one, for words, spaces, hyphens, dashes and an apostrophe.

Nearly all names are of that form. The others are told apart, and left to `concept_key`.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .concept_names import PLURAL_ENDINGS, ConceptNames, concept_key, singular
from .graph_lists import Array
from .graph_strings import bytes_of, strings_of

_SPACE, _HYPHEN, _APOSTROPHE, _S = map(ord, " -'s")
_ENDINGS = np.frombuffer("".join(PLURAL_ENDINGS).encode(), np.uint8)


def concept_keys(strings: Any, names: ConceptNames) -> Any:
    """`names.key` of each of many strings.

    Args:
        strings: Arrow large strings, without nulls.
    Returns:
        Arrow large strings.
    """
    offsets, data = bytes_of(strings)
    folded, ends = np.zeros(1 + int(offsets[-1] - offsets[0]), np.uint8), np.zeros(len(offsets), np.int64)
    is_folded = np.empty(len(strings), np.bool_)
    _fold(offsets, data, folded, ends, is_folded)
    last_letters = folded[np.maximum(ends[1:] - 1, 0)]
    keys = _singulars(strings_of(ends, folded), np.isin(last_letters, _ENDINGS))
    if not is_folded.all():
        others = map(concept_key, strings.filter(pa.array(~is_folded)).to_pylist())
        keys = pc.replace_with_mask(keys, pa.array(~is_folded), pa.array(others, pa.large_string()))
    if not names.key_of_alias:
        return keys
    place = pc.index_in(keys, pa.array(list(names.key_of_alias), pa.large_string()))
    return pc.coalesce(pa.array(list(names.key_of_alias.values()), pa.large_string()).take(place), keys)


def _singulars(keys: Any, may_be_plural: Array) -> Any:
    """`singular` of some of the keys: asked once for each distinct last word."""
    parts = pc.extract_regex(keys.filter(pa.array(may_be_plural)), "^(?P<rest>.*?)(?P<word>[a-z]*)$")
    words = parts.field("word").dictionary_encode()
    singulars = pa.array([singular(word) for word in words.dictionary.to_pylist()], pa.large_string())
    joined = pc.binary_join_element_wise(
        parts.field("rest"), singulars.take(words.indices), pa.scalar("", pa.large_string())
    )
    return pc.replace_with_mask(keys, pa.array(may_be_plural), joined)


@numba.njit(nogil=True, cache=True, inline="always")
def _is_letter(c):  # type: ignore[no-untyped-def]
    return 97 <= (c | 32) <= 122


@numba.njit(nogil=True, cache=True, inline="always")
def _is_word(c):  # type: ignore[no-untyped-def]
    return _is_letter(c) or 48 <= c <= 57


@numba.njit(nogil=True, cache=True)
def _fold(offsets, data, folded, ends, is_folded):  # type: ignore[no-untyped-def]
    """Fold each name that has the form. One that has not comes out empty, and is marked.

    Args:
        folded: The folded names, one after another.
        ends: (n + 1,) a zero, and where each of them ends.
    """
    end = 0
    for name in range(len(is_folded)):
        start, at, last = end, offsets[name], offsets[name + 1]
        apostrophes, foreign = 0, False
        # Letters in lower case, dashes as hyphens, possessives and the apostrophe left out.
        while at < last and not foreign:
            c = data[at]
            size, kind = 1, c
            if c == 0xE2 and at + 2 < last:  # U+2010 to 2014 and 2212 are dashes, U+2018 and 2019 apostrophes
                second, third = data[at + 1], data[at + 2]
                size = 3
                if (second == 0x80 and 0x90 <= third <= 0x94) or (second == 0x88 and third == 0x92):
                    kind = _HYPHEN
                elif second == 0x80 and (third == 0x98 or third == 0x99):
                    kind = _APOSTROPHE
            if _is_word(kind):
                folded[end] = kind | 32  # which leaves digits as they are
                end += 1
            elif kind in (_SPACE, _HYPHEN):
                folded[end] = kind
                end += 1
            elif kind == _APOSTROPHE and apostrophes == 0:
                apostrophes = 1
                after = at + size
                if (
                    at > offsets[name] and _is_word(data[at - 1])
                    and after < last and data[after] | 32 == _S
                    and (after + 1 == last or not _is_word(data[after + 1]))
                ):  # fmt: skip
                    size += 1
            else:
                foreign = True
            at += size
        # A hyphen between letters as a space, one space between words, none and no hyphen around them.
        last, end, before = end, start, _SPACE
        for i in range(start, last):
            c = folded[i]
            if c == _HYPHEN and _is_letter(before) and i + 1 < last and _is_letter(folded[i + 1]):
                c = _SPACE
            before = folded[i]
            if c in (_SPACE, _HYPHEN) and end == start:
                continue
            if c == _SPACE and folded[end - 1] == _SPACE:
                continue
            folded[end] = c
            end += 1
        while end > start and folded[end - 1] in (_SPACE, _HYPHEN):
            end -= 1
        if foreign:
            end = start
        ends[name + 1] = end
        is_folded[name] = not foreign
