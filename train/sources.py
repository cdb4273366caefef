"""Datasets as tables of the same columns, whatever they come from.

    run folder | dataset folder | parquet, JSONL | Hub id and version | teacher families
        └──> id, prompt, answer, final_answer, level, school_level, agreement, text

`prompt` is a list of messages that ends before the answer. Text sources have only `id` and `text`.
"""

from __future__ import annotations

import glob
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..builder.errors import TrainingError
from ..builder.recipe import LEVEL_NAMES
from .recipe import SourceRecipe

if TYPE_CHECKING:
    from datasets import Dataset

ORDER_COLUMNS: dict[str, Any] = {"final_answer": "", "level": "", "school_level": "", "agreement": 1.0}
"""Columns that a dataset may lack, and what stands in their place."""
TEXT_FORMATS = {".parquet": "parquet", ".jsonl": "json", ".json": "json"}


def read_source(source: SourceRecipe, formats: tuple[str, ...] = ()) -> Dataset:
    """The rows of a source, with the columns above.

    Args:
        formats: for continued pre-training: how questions are written as text.

    Raises:
        TrainingError: The source is missing, lacks a column, or has a row that cannot be trained on.
    """
    if source.draw is not None:
        return _drawn(source)
    if formats and source.text is None:
        from .pretrain import question_texts

        return question_texts(source, formats)
    raw = load_raw(source)
    names = raw.column_names
    if len(raw) == 0:
        raise TrainingError(f"{source.label}: no rows in config '{source.config}', split '{source.split}'")
    if source.text is not None:
        return _texts(source, raw)
    if source.question is not None and source.answer is not None:
        needed = [source.question, source.answer]
    else:
        needed = ["messages"]
    missing = [name for name in needed if name not in names]
    if missing:
        raise TrainingError(
            f"{source.label}: no column '{missing[0]}'; the dataset has {', '.join(names)}; "
            "name the columns with question and answer"
        )
    kept = set(ORDER_COLUMNS) & set(names)
    with_id = "id" in names

    def normalise(batch: dict[str, list[Any]], positions: list[int]) -> dict[str, list[Any]]:
        out: dict[str, list[Any]] = {"id": [], "prompt": [], "answer": []}
        for row, position in enumerate(positions):
            values = [batch[name][row] for name in needed]
            prompt, answer = _pair(source, position, *values)
            out["prompt"].append(prompt)
            out["answer"].append(answer)
            out["id"].append(str(batch["id"][row]) if with_id else _id_of(prompt, answer))
        for name, absent in ORDER_COLUMNS.items():
            out[name] = batch[name] if name in kept else [absent] * len(positions)
        return out

    rows = raw.map(
        normalise, batched=True, with_indices=True, remove_columns=names, features=question_features(), desc=None
    )
    return rows if source.families is None else _of_families(source, source.families, rows)


def _of_families(source: SourceRecipe, families: tuple[str, ...], rows: Dataset) -> Dataset:
    """The questions of these families.

    Raises:
        TrainingError: A family is unknown, or no question is of these.
    """
    from .prepare import question_of
    from .teacher_rows import families_of, known

    wanted = {family.name for family in known(families)}
    of = [set(families_of([question_of(row)])) for row in rows]  # none, where the teacher cannot read the question
    kept = [number for number, names in enumerate(of) if names and names <= wanted]
    if not kept:
        raise TrainingError(
            f"{source.label}: families: none of its {len(rows):,} questions is of {', '.join(families)}"
        )
    return rows.select(kept)


def _drawn(source: SourceRecipe) -> Dataset:
    """Problems of families, or of those of a dataset's questions; with other numbers than any of these has.

    Raises:
        TrainingError: As `read_source`; or the teacher can read none of the questions.
    """
    from .prepare import question_of
    from .teacher_rows import families_of, teacher_rows

    questions = []
    if source.path is not None:
        dataset = read_source(source.model_copy(update={"draw": None, "families": None}))
        questions = [question_of(row) for row in dataset]
    families = source.families or families_of(questions)
    if not families:
        raise TrainingError(
            f"{source.label}: draw: none of its {len(questions):,} questions is one that the embedded teacher can read"
        )
    return teacher_rows(families, source.draw or 0, besides=questions)


def question_features() -> Any:
    """The types of the columns of questions: the same for every source, so that sources can be mixed."""
    from datasets import Features, List, Value

    message = {"role": Value("string"), "content": Value("string")}
    strings = {name: Value("string") for name in ("id", "answer", "final_answer", "level", "school_level")}
    return Features({**strings, "prompt": List(message), "agreement": Value("float64")})


def text_features(*names: str) -> Any:
    """The types of the columns of text."""
    from datasets import Features, Value

    return Features({name: Value("string") for name in ("id", "text", *names)})


def _pair(source: SourceRecipe, position: int, *values: Any) -> tuple[list[dict[str, str]], str]:
    """The messages before the answer, and the answer."""
    where = f"{source.label}: row {position}"
    if source.question is not None:
        question, answer = values
        messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    else:
        messages = values[0] or []
    if not messages:
        raise TrainingError(f"{where}: messages is empty; expected a user's turn and the assistant's answer")
    for message in messages:
        content = message.get("content")
        if not isinstance(content, str) or not content.strip():
            raise TrainingError(f"{where}: the {message.get('role')} message is empty; remove the row or fill it")
    if messages[-1]["role"] != "assistant" or len(messages) < 2:
        roles = ", ".join(message["role"] for message in messages)
        raise TrainingError(f"{where}: the roles are {roles}; expected a user's turn and an assistant's at the end")
    prompt = [{"role": message["role"], "content": message["content"]} for message in messages[:-1]]
    return prompt, messages[-1]["content"]


def _texts(source: SourceRecipe, raw: Dataset) -> Dataset:
    if source.text not in raw.column_names:
        raise TrainingError(f"{source.label}: no column '{source.text}'; the dataset has {', '.join(raw.column_names)}")

    def normalise(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        texts = [text or "" for text in batch[source.text or ""]]
        ids = batch["id"] if "id" in batch else [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
        return {"id": [str(one) for one in ids], "text": texts}

    return raw.map(
        normalise, batched=True, remove_columns=raw.column_names, features=text_features(), desc=None
    ).filter(lambda row: bool(row["text"].strip()), desc=None)


def _id_of(prompt: list[dict[str, str]], answer: str) -> str:
    """An id from the text, so that subsets stay the same when rows are added."""
    text = "\0".join([*(message["content"] for message in prompt), answer])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def load_raw(source: SourceRecipe) -> Dataset:
    """The rows of a source as they are.

    Raises:
        TrainingError: The source is missing or cannot be read.
    """
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError

    path = source.path or ""
    folder = Path(path)
    files = data_files(source)
    if files:
        kind = TEXT_FORMATS.get(Path(files[0].removesuffix(".gz").removesuffix(".zst")).suffix)
        if kind is None:
            raise TrainingError(f"{source.label}: {files[0]} is neither parquet nor JSONL")
        try:
            return load_dataset(kind, data_files=files, split="train")
        except (DatasetsError, OSError, ValueError) as error:
            raise TrainingError(f"{source.label}: cannot read {files[0]}: {' '.join(str(error).split())}") from error
    if folder.exists() or path.startswith((".", "/")) or path.count("/") != 1:
        raise TrainingError(
            f"{source.label}: no data here for config '{source.config}'; expected a run folder (with dataset/), a "
            "dataset folder, or parquet or JSONL files"
        )
    if source.revision is None:
        raise TrainingError(f"{source.label}: a dataset of the Hub needs its version; set revision, such as 1.0.0")
    try:
        return load_dataset(path, source.config, split=source.split, revision=source.revision)
    except (DatasetsError, OSError, ValueError) as error:
        raise TrainingError(
            f"{source.label}: cannot load config '{source.config}' at revision '{source.revision}': "
            f"{' '.join(str(error).split())}"
        ) from error


def data_files(source: SourceRecipe) -> list[str]:
    """The local files of a source, in order; empty for a dataset of the Hub and for drawn problems."""
    if source.draw is not None:
        return []
    path = source.path or ""
    folder = Path(path)
    if folder.is_dir():
        base = folder / "dataset" if (folder / "dataset").is_dir() else folder
        configs = LEVEL_NAMES if source.config == "all" else (source.config,)
        found = [str(file) for config in configs for file in sorted((base / config).glob("*.parquet"))]
        if found:
            return found
        return [str(file) for suffix in TEXT_FORMATS for file in sorted(base.glob(f"*{suffix}"))]
    return sorted(glob.glob(path))  # noqa: PTH207 - absolute patterns too
