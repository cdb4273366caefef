"""From what documents teach, as strings, to lists of numbered names.

Strings are interned by Arrow, a batch at a time, and only the distinct ones are normalised. Nothing is dropped without
being counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .concept_names import ConceptNames, concept_key
from .errors import CorpusError
from .graph_input import Batch
from .graph_lists import Array, Lists, distinct_lists, fnv1a, in_order, merged_lists, offsets_of

FORMS_PER_PART = 100_000


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a graph was given and does not hold."""

    documents_without_concepts: int = 0
    repeated_documents: int = 0
    repeated_names: int = 0
    names_beyond_limit: int = 0
    empty_names: int = 0
    overlong_names: int = 0

    def __add__(self, other: Dropped) -> Dropped:
        return Dropped(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Dropped)))


class Incidence:
    """Which document holds which name. Of a saved graph, strings are read when they are first asked for.

    Attributes:
        topics, concepts: For each document its names, sorted. Documents ascend by the number of distinct names.
        dropped: What was given and is not here.
    """

    def __init__(
        self,
        read_names: Callable[[], tuple[Any, Any, Array]],
        read_document_ids: Callable[[], Any],
        topics: Lists,
        concepts: Lists,
        dropped: Dropped,
    ) -> None:
        self._read_names, self._read_document_ids = read_names, read_document_ids
        self.topics, self.concepts, self.dropped = topics, concepts, dropped

    @classmethod
    def of(
        cls, keys: Any, names: Any, uses: Array, document_ids: Any, topics: Lists, concepts: Lists, dropped: Dropped
    ) -> Incidence:
        """From strings that are there already."""
        return cls(lambda: (keys, names, uses), lambda: document_ids, topics, concepts, dropped)

    @cached_property
    def _names(self) -> tuple[Any, Any, Array]:
        return self._read_names()

    @property
    def keys(self) -> Any:
        """(n_names,) the key of each name, ascending; Arrow large strings."""
        return self._names[0]

    @property
    def names(self) -> Any:
        """(n_names,) the form that is shown; Arrow large strings."""
        return self._names[1]

    @property
    def uses(self) -> Array:
        """(n_names,) int64, how often that form was written."""
        return self._names[2]

    @cached_property
    def document_ids(self) -> Any:
        """(n_documents,) Arrow large strings."""
        return self._read_document_ids()


def read(batches: Iterable[Batch], names: ConceptNames, max_names: int, max_chars: int, threads: int) -> Incidence:
    """Number the names and documents of all batches.

    Args:
        max_names: Most topics, and most key concepts, that are taken from one document.
        max_chars: A longer name is dropped; such strings are not terms of a field.
    Raises:
        CorpusError: A document has no id.
    """
    ids: list[Any] = []
    lengths: tuple[list[Array], list[Array]] = ([], [])
    strings: list[Any] = []
    for document_ids, *columns in in_order(_encoded, batches, threads):
        if document_ids.null_count:
            row = sum(map(len, ids)) + document_ids.is_null().index(True).as_py()
            raise CorpusError(f"row {row}: no document id; expected a string that tells the document from all others")
        ids.append(document_ids)
        for (of_each, encoded), of_all in zip(columns, lengths, strict=True):
            of_all.append(of_each)
            strings.append(encoded)
    if not ids:
        return _empty()
    encoded = pa.chunked_array(strings).unify_dictionaries()
    forms = encoded.chunk(0).dictionary
    name_of_form, keys, shown, uses, unusable = _number_names(encoded, forms, names, max_chars, threads)
    lists = []
    repeated_names = beyond = 0
    for kind in (0, 1):
        values = np.concatenate([name_of_form[_codes(chunk)] for chunk in encoded.chunks[kind::2]])
        offsets = offsets_of(np.concatenate(lengths[kind]))
        distinct, repeats, over = distinct_lists(offsets, values, max_names)
        repeated_names, beyond = repeated_names + repeats, beyond + over
        lists.append(distinct)
    dropped = Dropped(
        repeated_names=repeated_names,
        names_beyond_limit=beyond,
        empty_names=unusable[0],
        overlong_names=unusable[1],
    )
    return ordered(Incidence.of(keys, shown, uses, pa.concat_arrays(ids), lists[0], lists[1], dropped))


def ordered(incidence: Incidence) -> Incidence:
    """Drop documents that hold nothing or were there before, and names that no other document holds.

    The documents that stay are sorted by the size of their concept set.
    """
    sizes = merged_lists(incidence.topics, incidence.concepts).lengths
    first = _first_of_its_id(incidence.document_ids)
    # The smallest type that holds the sizes: numpy sorts 16 bits by radix.
    rows = np.argsort(sizes.astype(np.min_scalar_type(int(sizes.max(initial=0)))), kind="stable")
    rows = rows[first[rows] & (sizes[rows] > 0)]
    dropped = Dropped(
        documents_without_concepts=int(np.sum(first & (sizes == 0))), repeated_documents=int(np.sum(~first))
    )
    topics, concepts = incidence.topics.taken(rows), incidence.concepts.taken(rows)
    keys, names, uses = incidence.keys, incidence.names, incidence.uses
    held = np.zeros(len(keys), np.bool_)
    held[topics.values] = held[concepts.values] = True
    if not held.all():  # names that only dropped documents hold
        number = (np.cumsum(held) - 1).astype(np.int32)
        topics, concepts = (Lists(lists.offsets, number[lists.values]) for lists in (topics, concepts))
        keys, names, uses = keys.filter(pa.array(held)), names.filter(pa.array(held)), uses[held]
    document_ids = incidence.document_ids.take(pa.array(rows))
    return Incidence.of(keys, names, uses, document_ids, topics, concepts, incidence.dropped + dropped)


def merged(first: Incidence, second: Incidence) -> Incidence:
    """The documents of both; of one that is in both, the first's."""
    both = pa.concat_arrays([first.keys, second.keys]).dictionary_encode()
    place = np.empty(len(both.dictionary), np.int32)
    order = pc.sort_indices(both.dictionary).to_numpy()
    place[order] = np.arange(len(order), dtype=np.int32)
    number = place[both.indices.to_numpy()]
    uses = np.concatenate([first.uses, second.uses])
    # Of two forms of one name, the one that was written more often is shown.
    best = np.lexsort((-uses, number))
    best = best[np.unique(number[best], return_index=True)[1]]
    of_first, of_second = number[: len(first.keys)], number[len(first.keys) :]
    lists = []
    for a, b in ((first.topics, second.topics), (first.concepts, second.concepts)):
        offsets = np.concatenate([a.offsets, b.offsets[1:] + a.offsets[-1]])
        # The numbers of names keep their order within each graph, so lists stay sorted.
        lists.append(Lists(offsets, np.concatenate([of_first[a.values], of_second[b.values]]).astype(np.int32)))
    return ordered(
        Incidence.of(
            both.dictionary.take(pa.array(order)),
            pa.concat_arrays([first.names, second.names]).take(pa.array(best)),
            uses[best],
            pa.concat_arrays([first.document_ids, second.document_ids]),
            lists[0],
            lists[1],
            first.dropped + second.dropped,
        )
    )


def _empty() -> Incidence:
    none = pa.array([], pa.large_string())
    lists = Lists(np.zeros(1, np.int64), np.zeros(0, np.int32))
    return Incidence.of(none, none, np.zeros(0, np.int64), none, lists, lists, Dropped())


def _encoded(batch: Batch) -> tuple[Any, tuple[Array, Any], tuple[Array, Any]]:
    """A batch with each list column as the lengths of its lists and the strings in them, dictionary-encoded."""

    def column(lists: Any) -> tuple[Array, Any]:
        lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
        return lengths, lists.flatten().dictionary_encode()

    document_ids, topics, concepts = batch
    return document_ids, column(topics), column(concepts)


def _codes(chunk: Any) -> Array:
    """Places in the dictionary; the last place + 1, which holds no name, for a null."""
    return pc.fill_null(chunk.indices, len(chunk.dictionary)).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _number_names(
    encoded: Any, forms: Any, names: ConceptNames, max_chars: int, threads: int
) -> tuple[Array, Any, Any, Array, tuple[int, int]]:
    """Number the keys of the distinct strings, ascending, and choose the form of each that is shown.

    Returns:
        (n_forms + 1,) int32 the number of each form's name, -1 where it has none; the keys; the forms that are shown;
        how often each of these was written; how many strings were empty and overlong.
    """
    uses = np.zeros(len(forms) + 1, np.int64)
    for chunk in encoded.chunks:
        uses += np.bincount(_codes(chunk), minlength=len(forms) + 1)
    overlong = np.append(pc.utf8_length(forms).to_numpy() > max_chars, False)
    usable = pc.if_else(pa.array(overlong[:-1]), "", forms) if overlong.any() else forms
    parts = (usable.slice(at, FORMS_PER_PART) for at in range(0, max(1, len(usable)), FORMS_PER_PART))
    keys = pa.concat_arrays(list(in_order(names.keys, parts, threads)))
    encoded_keys = keys.dictionary_encode()
    order = pc.sort_indices(encoded_keys.dictionary).to_numpy()
    sorted_keys = encoded_keys.dictionary.take(pa.array(order))
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    has_empty = len(sorted_keys) > 0 and sorted_keys[0].as_py() == ""
    if has_empty:
        number -= 1
        sorted_keys = sorted_keys.slice(1)
    of_form = np.append(number[encoded_keys.indices.to_numpy()], np.int32(-1))
    unusable = (int(uses[(of_form < 0) & ~overlong].sum()), int(uses[overlong].sum()))

    best = np.full(len(sorted_keys), -1, np.int64)
    _choose_forms(of_form[:-1], uses, *bytes_of(forms), best)
    shown = forms.take(pa.array(best))
    as_written = {concept_key(name): name for name in names.aliases.values()}
    if as_written:
        place = pc.index_in(pa.array(list(as_written), pa.large_string()), sorted_keys).to_pylist()
        replaced = shown.to_pylist() if any(at is not None for at in place) else None
        if replaced is not None:
            for at, name in zip(place, as_written.values(), strict=True):
                if at is not None:
                    replaced[at] = name
            shown = pa.array(replaced, pa.large_string())
    return of_form, sorted_keys, shown, uses[best], unusable


def _first_of_its_id(ids: Any) -> Array:
    """(n,) whether no row before has this id."""
    codes = ids.dictionary_encode().indices.to_numpy()
    # Codes are given in the order of appearance: a new id has a higher code than all before it.
    first = np.ones(len(codes), np.bool_)
    first[1:] = codes[1:] > np.maximum.accumulate(codes)[:-1]
    return first


def hashes(keys: Any) -> Array:
    """(n_keys,) uint64 of the bytes of each key: FNV-1a, so that ids are the same on every machine and version."""
    return fnv1a(*bytes_of(keys))  # type: ignore[no-any-return]


def bytes_of(strings: Any) -> tuple[Array, Array]:
    """(n + 1,) int64 where each of the Arrow large strings starts in its bytes, and the bytes, as kernels read them."""
    strings = pa.concat_arrays([strings])  # without the offset of a slice
    _, offsets, data = strings.buffers()
    return (
        np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1].copy(),
        np.frombuffer(data, np.uint8).copy() if data is not None else np.zeros(0, np.uint8),
    )


@numba.njit(nogil=True, cache=True)
def _choose_forms(name_of_form, uses, offsets, data, best):  # type: ignore[no-untyped-def]
    """Of several forms of a name the commonest is shown; of equally common ones the first by alphabet."""
    for form in range(len(name_of_form)):
        name = name_of_form[form]
        if name < 0:
            continue
        before = best[name]
        if before < 0 or uses[form] > uses[before]:
            best[name] = form
        elif uses[form] == uses[before]:
            i, end = offsets[form], offsets[form + 1]
            j, other_end = offsets[before], offsets[before + 1]
            while i < end and j < other_end and data[i] == data[j]:
                i += 1
                j += 1
            if j < other_end and (i == end or data[i] < data[j]):
                best[name] = form
