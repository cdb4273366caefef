"""Continued pre-training: formats, packed text of which no document sees another, and mixtures with raw text."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from synthllm.builder.errors import RecipeError, TrainingError
from synthllm.train.packing import packing_isolates
from synthllm.train.pretrain import FORMATS, train
from synthllm.train.recipe import PretrainRecipe, load_pretrain
from synthllm.train.sft import Say, set_up
from train import tiny

pytestmark = pytest.mark.filterwarnings("ignore:.*pin_memory.*:UserWarning")
DOCUMENT = "A prime has two divisors. " * 12


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A run folder as a build leaves it: questions that name their documents, and the documents."""
    dataset = tmp_path / "run" / "dataset"
    for config in ("level1", "documents"):
        (dataset / config).mkdir(parents=True)
    rows = [
        row | {"question": row["messages"][0]["content"], "answer": row["messages"][1]["content"]}
        | {"concepts": ["sum"], "document_ids": [f"doc-{number % 5}"]}
        for number, row in enumerate(tiny.questions(60))
    ]  # fmt: skip
    pl.DataFrame(rows).write_parquet(dataset / "level1" / "train.parquet")
    documents = [{"id": f"doc-{number}", "text": f"Document {number}. {DOCUMENT}"} for number in range(5)]
    pl.DataFrame(documents).write_parquet(dataset / "documents" / "train.parquet")
    return tmp_path / "run"


def recipe(run_folder: Path, **changes: Any) -> PretrainRecipe:
    base = tiny.recipe(
        run_folder,
        data={"packing": True, "sources": [{"path": str(run_folder), "config": "level1"}], **changes.pop("data", {})},
        training={"device_batch": 2, "global_batch": 4, **changes.pop("training", {})},
    )
    return PretrainRecipe.model_validate(base.model_dump() | changes)


def test_each_format_holds_what_it_says() -> None:
    row = {"question": "QUESTION", "answer": "ANSWER", "concepts": ["one", "two"]}
    assert FORMATS["plain"](row, "") == "QUESTION\n\nANSWER"
    assert FORMATS["textbook"](row, "").startswith("Worked example: one, two\n\nProblem. QUESTION")
    text = FORMATS["question_after_document"](row, "DOCUMENT")
    assert text.index("DOCUMENT") < text.index("QUESTION") < text.index("ANSWER")


def test_packed_text_is_whole_and_every_token_is_trained_on(run_folder: Path, tmp_path: Path) -> None:
    wanted = recipe(run_folder, formats=["plain", "textbook", "question_after_document"])
    trainer, _, prepared = set_up(wanted, tmp_path / "out", 2, 2, Say(True), True)
    unpacked = sorted(token for row in prepared.train for token in row["input_ids"])
    packed = sorted(token for row in trainer.train_dataset for token in row["input_ids"])
    assert packed == unpacked
    assert len(trainer.train_dataset) < len(prepared.train)
    assert max(len(row["input_ids"]) for row in trainer.train_dataset) <= wanted.data.max_length
    for row in trainer.train_dataset:
        assert row["labels"] == row["input_ids"]
        assert sum(row["seq_lengths"]) == len(row["input_ids"])
    counts = json.loads((tmp_path / "out" / "data.json").read_text())["formats"]
    assert set(counts) == {"plain", "textbook", "question_after_document"}
    assert sum(one["rows"] for one in counts.values()) == 60
    assert sum(one["tokens"] for one in counts.values()) == prepared.report["tokens"]


def test_mixture_of_raw_and_synthetic_text_trains(run_folder: Path, tmp_path: Path) -> None:
    sources = [
        {"path": str(run_folder), "config": "level1", "weight": 1},
        {"path": str(run_folder), "config": "documents", "text": "text", "kind": "real", "weight": 1, "repeat": 3},
    ]
    wanted = recipe(run_folder, data={"sources": sources}, training={"epochs": 3})
    train(wanted, tmp_path / "out", quiet=True)
    report = json.loads((tmp_path / "out" / "data.json").read_text())
    assert {share["kind"]: share["token_share"] for share in report["mixture"]}["real"] == pytest.approx(0.5, abs=0.05)
    assert set(report["formats"]) == {"plain", "raw"}
    losses = [json.loads(line)["loss"] for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_packed_documents_have_the_logits_that_they_have_alone(attention: str) -> None:
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, attn_implementation=attention,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    documents = [[1, 2, 3, 4, 5], [9, 8, 7], [20, 21, 22, 23, 24, 25]]
    packed = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)(
        [
            {
                "input_ids": [token for document in documents for token in document],
                "seq_lengths": [len(one) for one in documents],
            }
        ]
    )
    packed.pop("labels")
    with torch.no_grad():
        together = model(**packed, use_cache=False).logits[0].split([len(one) for one in documents])
        for logits, document in zip(together, documents, strict=True):
            alone = model(input_ids=torch.tensor([document]), use_cache=False).logits[0]
            torch.testing.assert_close(logits, alone, atol=1e-5, rtol=1e-4)
        leaking = model(input_ids=packed["input_ids"], attention_mask=torch.ones_like(packed["input_ids"])).logits[0]
    assert (leaking[5:8] - together[1]).abs().max() > 1e-3, "without positions the documents do see each other"
    assert packing_isolates(model, "cpu")


def test_attention_that_lets_documents_see_each_other_is_found_out() -> None:
    """A model whose attention never looks at positions of documents: here one with a recurrent state."""
    from transformers import MambaConfig

    model = AutoModelForCausalLM.from_config(MambaConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1))
    assert not packing_isolates(model, "cpu")


def test_document_that_is_missing_is_named(run_folder: Path, tmp_path: Path) -> None:
    (run_folder / "dataset" / "documents" / "train.parquet").unlink()
    pl.DataFrame([{"id": "doc-0", "text": DOCUMENT}]).write_parquet(
        run_folder / "dataset" / "documents" / "train.parquet"
    )
    with pytest.raises(
        TrainingError, match="4 documents of its questions are not in its config 'documents', such as doc-1"
    ):
        set_up(recipe(run_folder, formats=["question_after_document"]), tmp_path / "out", 2, 2, Say(True), True)


def test_recipe_that_makes_no_sense_for_text_is_refused(run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    for before, after, words in (
        ("packing: true", "packing: false", "set packing: true"),
        ("answers: 0", "answers: 3", "text has no questions to answer"),
        ("- plain", "- plian", "plain"),
    ):
        text = recipe(run_folder).canonical()
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        with pytest.raises(RecipeError, match=words):
            load_pretrain(path)
