"""Masks, the end of an answer, and agreement with what TRL itself prepares."""

from typing import Any

import pytest
from datasets import Dataset
from transformers import PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

from synthllm.builder.errors import TrainingError
from synthllm.train.recipe import ScratchRecipe
from synthllm.train.scratch import fitted_tokenizer, random_model
from synthllm.train.template import PLAIN, checked_template

SCRATCH = ScratchRecipe(layers=1, width=16, heads=2, vocabulary=400, context=128)
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PROMPT = [{"role": "user", "content": "What is 12 + 30?"}]
ANSWER = "The sum is $\\boxed{42}$."


@pytest.fixture
def tokenizer() -> Any:
    return fitted_tokenizer([PROMPT[0]["content"], ANSWER, "### Question\n\n### Answer\n"] * 3, SCRATCH)


def with_chatml(tokenizer: Any) -> Any:
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    tokenizer.chat_template = CHATML
    return tokenizer


def test_what_is_trained_on_is_the_answer_and_the_stop_token(tokenizer: Any) -> None:
    template = checked_template(tokenizer, None)
    ids, labels = template.encode(PROMPT, ANSWER)
    trained = tokenizer.decode([label for label in labels if label != -100])
    assert trained == ANSWER + "<|eos|>"
    assert tokenizer.decode(ids) == f"<|bos|>### Question\n{PROMPT[0]['content']}\n\n### Answer\n{ANSWER}<|eos|>"
    assert all(label in (-100, token) for label, token in zip(labels, ids, strict=True))
    assert template.ours
    assert tokenizer.chat_template == PLAIN
    assert ids[-1] in template.stop_ids


def test_generation_prompt_is_the_start_of_what_is_trained(tokenizer: Any) -> None:
    for one in (tokenizer, with_chatml(tokenizer)):
        template = checked_template(one, None)
        start = template.prompt_ids(PROMPT)
        assert template.encode(PROMPT, ANSWER)[0][: len(start)] == start


def test_same_tokens_and_labels_as_trl_prepares(tokenizer: Any, tmp_path: Any) -> None:
    template = checked_template(tokenizer, None)
    rows = Dataset.from_list([{"prompt": PROMPT, "completion": [{"role": "assistant", "content": ANSWER}]}] * 2)
    arguments = SFTConfig(
        str(tmp_path), use_cpu=True, bf16=False, report_to="none", gradient_checkpointing=None, shuffle_dataset=False
    )
    trainer = SFTTrainer(
        random_model(SCRATCH, tokenizer, 0, "sdpa"), arguments, train_dataset=rows, processing_class=tokenizer
    )
    theirs = trainer.train_dataset[0]
    assert (theirs["input_ids"], theirs["labels"]) == template.encode(PROMPT, ANSWER)


def test_stop_token_of_the_template_is_added_to_those_of_the_model(tokenizer: Any) -> None:
    """A base model stops at its end of text, and the template of its chat sibling ends a turn with another token."""
    template = checked_template(with_chatml(tokenizer), tokenizer.eos_token_id)
    ids, labels = template.encode(PROMPT, ANSWER)
    ends = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert ids[-1] == labels[-1] == ends, "the line break that the template writes after it is left out"
    assert set(template.stop_ids) == {ends, tokenizer.eos_token_id}


def test_template_that_ends_with_text_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} END {% endfor %}"
    with pytest.raises(TrainingError, match="no special token"):
        checked_template(tokenizer, None)
    assert checked_template(tokenizer, None, "plain").ours


def test_template_that_writes_the_prompt_in_two_ways_is_refused(tokenizer: Any) -> None:
    tokenizer.chat_template = (
        "{% if add_generation_prompt %}Q: {% endif %}"
        "{% for m in messages %}{{ m['content'] }}{% endfor %}{{ eos_token }}"
    )
    template = checked_template(tokenizer, None)
    with pytest.raises(TrainingError, match="written in another way"):
        template.encode(PROMPT, ANSWER)


def test_tokenizer_without_an_end_is_refused(tokenizer: Any) -> None:
    bare = PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer)
    with pytest.raises(TrainingError, match="no end-of-sequence token"):
        checked_template(bare, None)


def test_digits_are_single_tokens_and_text_comes_back_as_it_was(tokenizer: Any) -> None:
    for text in ("12345 - 6.78", "$\\frac{-3}{14}$ naïve ∑ 你好\n\n  indented\ttabs"):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(ids) == text
    tokens = [tokenizer.decode([one]) for one in tokenizer("a 2024 b", add_special_tokens=False)["input_ids"]]
    assert [token for token in tokens if any(letter.isdigit() for letter in token)] == ["2", "0", "2", "4"]
