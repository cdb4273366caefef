"""Which document holds which name: what a graph is made of.

Every change is counted: nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from .graph_lists import Array, Lists, merged_lists
from .graph_strings import DistinctStrings, sorted_strings


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
    both = DistinctStrings()
    number = both.numbers(pa.concat_arrays([first.keys, second.keys]))
    keys, place = sorted_strings(both.strings())
    number = place[number]
    uses = np.concatenate([first.uses, second.uses])
    # Of two forms of one name, the one that was written more often is shown.
    best = np.lexsort((-uses, number))
    best = best[np.unique(number[best], return_index=True)[1]]
    of_first, of_second = number[: len(first.keys)], number[len(first.keys) :]
    lists = []
    for a, b in ((first.topics, second.topics), (first.concepts, second.concepts)):
        offsets = np.concatenate([a.offsets, b.offsets[1:] + a.offsets[-1]])
        # The numbers of names keep their order within each graph, so lists stay sorted.
        lists.append(Lists(offsets, np.concatenate([of_first[a.values], of_second[b.values]])))
    return ordered(
        Incidence.of(
            keys,
            pa.concat_arrays([first.names, second.names]).take(pa.array(best)),
            uses[best],
            pa.concat_arrays([first.document_ids, second.document_ids]),
            lists[0],
            lists[1],
            first.dropped + second.dropped,
        )
    )


def _first_of_its_id(ids: Any) -> Array:
    """(n,) whether no row before has this id."""
    numbers = DistinctStrings().numbers(ids)
    # Numbers are given in the order of appearance: a new id has a higher one than all before it.
    first = np.ones(len(numbers), np.bool_)
    first[1:] = numbers[1:] > np.maximum.accumulate(numbers)[:-1]
    return first
