"""Continued pre-training on packed text: questions written as text, raw documents, and mixtures of both.

    accelerate launch -m synthllm.train.pretrain --config recipes/pretrain/llama-3.2-1b.yaml
    synthllm train recipes/pretrain/laptop.yaml

Every token is trained on. Texts longer than `max_length` are cut into several; those that share a sequence cannot see
each other (packing.py finds that out). A question becomes text in one of several formats:

    plain                     the question, then its answer
    textbook                  a worked example: its concepts as a heading, Problem, Solution
    question_after_document   the reference document, then the question and its answer
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..builder.errors import TrainingError
from .recipe import PretrainRecipe, SourceRecipe, load_pretrain

if TYPE_CHECKING:
    from .prepare import Encode
    from .template import Template


def plain(row: dict[str, Any], document: str) -> str:
    """The question, an empty line, the answer."""
    return f"{row['question']}\n\n{row['answer']}"


def textbook(row: dict[str, Any], document: str) -> str:
    """A worked example as a textbook prints it, under the concepts that it is about."""
    concepts = ", ".join(row.get("concepts") or row.get("topics") or [])
    heading = f"Worked example: {concepts}\n\n" if concepts else "Worked example\n\n"
    return f"{heading}Problem. {row['question']}\n\nSolution. {row['answer']}"


def question_after_document(row: dict[str, Any], document: str) -> str:
    """The document that the question came from, then the question and its answer."""
    return f"{document}\n\nQuestion: {row['question']}\n\nAnswer: {row['answer']}"


FORMATS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "plain": plain,
    "textbook": textbook,
    "question_after_document": question_after_document,
}


def text_encoder(template: Template) -> Encode:
    """Text with the end of sequence behind it, all of it trained on."""
    tokenizer = template.tokenizer

    def encode(row: dict[str, Any]) -> tuple[list[int], list[int]]:
        ids = tokenizer(row["text"], add_special_tokens=False, verbose=False)["input_ids"]
        start = [tokenizer.bos_token_id] if tokenizer.bos_token_id is not None else []
        ids = [*start, *ids, tokenizer.eos_token_id]
        return ids, list(ids)

    return encode


def question_texts(source: SourceRecipe, formats: tuple[str, ...]) -> Any:
    """The questions of a source as text, each in one of the formats in turn, by the hash of its id.

    Returns:
        A dataset with the columns `id`, `text` and `format`.

    Raises:
        TrainingError: A column is missing, or a document that a question came from.
    """
    from .data import places
    from .sources import load_raw, text_features

    raw = load_raw(source)
    missing = [name for name in ("id", "question", "answer") if name not in raw.column_names]
    if missing:
        raise TrainingError(
            f"{source.label}: no column '{missing[0]}'; the dataset has {', '.join(raw.column_names)}; for raw text, "
            "name its column: text"
        )
    documents: dict[str, str] = {}
    if "question_after_document" in formats:
        if "document_ids" not in raw.column_names:
            raise TrainingError(f"{source.label}: no column 'document_ids', which question_after_document needs")
        wanted = {name for names in raw["document_ids"] for name in names}
        taught = load_raw(source.model_copy(update={"config": "documents"}))
        documents = {row["id"]: row["text"] for row in taught.select_columns(["id", "text"]) if row["id"] in wanted}
        absent = wanted - documents.keys()
        if absent:
            raise TrainingError(
                f"{source.label}: {len(absent)} documents of its questions are not in its config 'documents', such as "
                f"{min(absent)}"
            )

    def write(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        out: dict[str, list[Any]] = {"id": [], "text": [], "format": []}
        for number, name in enumerate(batch["id"]):
            row = {column: values[number] for column, values in batch.items()}
            form = formats[int(places([name], len(formats))[0] % len(formats))]
            document = "\n\n".join(documents[one] for one in row["document_ids"]) if documents else ""
            out["id"].append(name)
            out["text"].append(FORMATS[form](row, document))
            out["format"].append(form)
        return out

    return raw.map(write, batched=True, remove_columns=raw.column_names, features=text_features("format"), desc=None)


def train(recipe: PretrainRecipe, out: Path, quiet: bool = False) -> dict[str, Any]:
    """Train a recipe to the end; its summary.

    Raises:
        SynthLLMError: The recipe, its data, its model or the machine do not allow it.
    """
    from .sft import train as train_any

    return train_any(recipe, out, quiet)


def main(arguments: list[str] | None = None) -> None:
    """Command line of `python -m synthllm.train.pretrain`."""
    from .command_line import run_module

    run_module("synthllm.train.pretrain", load_pretrain, train, arguments)


if __name__ == "__main__":
    main()
