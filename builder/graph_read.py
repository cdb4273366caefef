"""What documents teach, from rows or parquet shards, as lists of numbered names.

The distinct strings are numbered, a batch at a time, and only they are normalised. Nothing is dropped without being
counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .concept_folding import concept_keys
from .concept_names import ConceptNames, concept_key
from .errors import CorpusError
from .graph_incidence import Dropped, Incidence, ordered
from .graph_lists import Array, ahead, distinct_lists, in_order, offsets_of
from .graph_strings import DistinctStrings, bytes_of, sorted_strings
from .rows import Concepts

FORMS_PER_PART = 100_000
ROWS_PER_BATCH = 10_000
COLUMNS = {"document_id": ("document_id", "id"), "topics": ("topics",), "concepts": ("concepts", "key_concepts")}
"""For each column of `Concepts`, the names that it may have."""
Batch = tuple[Any, Any, Any]
"""Arrow columns: document ids, lists of topics, lists of key concepts."""


def batches_of_rows(rows: Iterable[Concepts | Mapping[str, Any]]) -> Iterator[Batch]:
    """Rows as Arrow columns.

    Raises:
        CorpusError: A row lacks a column, or holds something else than strings.
    """
    rows = iter(rows)
    number = 0
    while batch := list(islice(rows, ROWS_PER_BATCH)):
        if all(type(row) is Concepts for row in batch):
            fields = [(row.document_id, row.topics, row.concepts) for row in cast(list[Concepts], batch)]
        else:
            fields = [_fields(row, number + i) for i, row in enumerate(batch)]
        columns = list(zip(*fields, strict=True))
        number += len(batch)
        try:
            lists = pa.list_(pa.large_string())
            yield pa.array(columns[0], pa.large_string()), pa.array(columns[1], lists), pa.array(columns[2], lists)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise CorpusError(
                f"rows {number - len(batch)} to {number - 1}: expected a document id and lists of strings "
                f"as topics and concepts: {error}"
            ) from error


def _fields(row: Concepts | Mapping[str, Any], number: int) -> tuple[Any, Any, Any]:
    if isinstance(row, Concepts):
        return row.document_id, row.topics, row.concepts
    if not isinstance(row, Mapping):
        raise CorpusError(f"row {number}: expected `Concepts` or a mapping, found {type(row).__name__}")
    values = []
    for column, known in COLUMNS.items():
        name = next((name for name in known if name in row), None)
        if name is None:
            raise CorpusError(f"row {number}: no {' or '.join(map(repr, known))} among {', '.join(map(str, row))}")
        if column != "document_id" and isinstance(row[name], str):
            raise CorpusError(f"row {number}: {name}: expected a list of strings, found the string {row[name][:40]!r}")
        values.append(row[name])
    return values[0], values[1], values[2]


def batches_of_parquet(paths: Sequence[Path]) -> Iterator[Batch]:
    """The columns of parquet shards, some rows at a time, which are decoded while the ones before are worked on.

    Raises:
        CorpusError: A file cannot be read or lacks a column.
    """
    return ahead(batch for path in paths for batch in _batches_of_shard(path))


def _batches_of_shard(path: Path) -> Iterator[Batch]:
    lists = pa.list_(pa.large_string())
    try:
        file = pq.ParquetFile(path)
        found = file.schema_arrow.names
        columns = []
        for known in COLUMNS.values():
            name = next((name for name in known if name in found), None)
            if name is None:
                raise CorpusError(f"{path}: no column {' or '.join(map(repr, known))} among {', '.join(found)}")
            columns.append(name)
        for batch in file.iter_batches(batch_size=ROWS_PER_BATCH, columns=columns):
            ids, topics, concepts = (batch.column(name) for name in columns)
            yield ids.cast(pa.large_string()), topics.cast(lists), concepts.cast(lists)
    except OSError as error:
        raise CorpusError(f"{path}: cannot read the shard: {error}") from error
    except pa.ArrowException as error:
        raise CorpusError(f"{path}: expected parquet with ids and lists of strings: {error}") from error


def read(batches: Iterable[Batch], names: ConceptNames, max_names: int, max_chars: int, threads: int) -> Incidence:
    """Number the names and documents of all batches.

    Args:
        max_names: Most topics, and most key concepts, that are taken from one document.
        max_chars: A longer name is dropped; such strings are not terms of a field.
    Raises:
        CorpusError: A document has no id.
    """
    ids = [pa.array([], pa.large_string())]
    lengths = [[np.empty(0, np.int64)], [np.empty(0, np.int64)]]
    numbers = [[np.empty(0, np.int32)], [np.empty(0, np.int32)]]
    forms = DistinctStrings()
    for document_ids, *columns in batches:
        if document_ids.null_count:
            row = sum(map(len, ids)) + document_ids.is_null().index(True).as_py()
            raise CorpusError(f"row {row}: no document id; expected a string that tells the document from all others")
        ids.append(document_ids)
        for kind, column in enumerate(columns):
            lengths[kind].append(pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False))
            numbers[kind].append(forms.numbers(pc.fill_null(column.flatten(), "")))
    written = [np.concatenate(numbers.pop(0)) for _ in (0, 1)]  # each freed when it is joined
    name_of_form, keys, shown, uses, unusable = _number_names(forms, written, names, max_chars, threads)
    lists = []
    repeated_names = beyond = 0
    for of_each, of_kind in zip(lengths, written, strict=True):
        offsets = offsets_of(np.concatenate(of_each))
        distinct, repeats, over = distinct_lists(offsets, name_of_form[of_kind], max_names, threads)
        repeated_names, beyond = repeated_names + repeats, beyond + over
        lists.append(distinct)
    dropped = Dropped(
        repeated_names=repeated_names,
        names_beyond_limit=beyond,
        empty_names=unusable[0],
        overlong_names=unusable[1],
    )
    return ordered(Incidence.of(keys, shown, uses, pa.concat_arrays(ids), lists[0], lists[1], dropped))


def _number_names(
    forms: DistinctStrings, written: Sequence[Array], names: ConceptNames, max_chars: int, threads: int
) -> tuple[Array, Any, Any, Array, tuple[int, int]]:
    """Number the keys of the distinct strings, ascending, and choose the form of each that is shown.

    Args:
        written: Arrays of the numbers of all strings that were given.
    Returns:
        (n_forms,) int32 the number of each form's name, -1 where it has none; the keys; the forms that are shown; how
        often each of these was written; how many strings were empty and overlong.
    """
    uses = sum((np.bincount(of_kind, minlength=len(forms)) for of_kind in written), np.zeros(len(forms), np.int64))
    strings = forms.strings()
    overlong = pc.utf8_length(strings).to_numpy() > max_chars
    usable = pc.if_else(pa.array(overlong), "", strings) if overlong.any() else strings
    parts = (usable.slice(at, FORMS_PER_PART) for at in range(0, len(usable), FORMS_PER_PART))
    keys = DistinctStrings()
    of_parts = map(keys.numbers, in_order(lambda part: concept_keys(part, names), parts, threads))
    of_form = np.concatenate([np.empty(0, np.int32), *of_parts])
    sorted_keys, number = sorted_strings(keys.strings(), threads)
    if len(sorted_keys) and sorted_keys[0].as_py() == "":
        sorted_keys, number = sorted_keys.slice(1), number - 1
    of_form = number[of_form]
    unusable = (int(uses[(of_form < 0) & ~overlong].sum()), int(uses[overlong].sum()))

    best = np.full(len(sorted_keys), -1, np.int64)
    _choose_forms(of_form, uses, *bytes_of(strings), best)
    shown = strings.take(pa.array(best))
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
