"""Small models from scratch: what kind they are, and that convolutions see neither padding nor what is to come."""

from typing import Any

import pytest
import torch

from synthllm.eval.generation import continuations
from synthllm.train.packing import packing_isolates
from synthllm.train.recipe import ScratchRecipe
from synthllm.train.scratch import fitted_tokenizer, random_model

SHAPE = {"layers": 3, "width": 32, "heads": 2, "vocabulary": 400, "context": 128}
TEXTS = ["What is 12 + 30?", "What is the greatest common divisor of 12, 30 and 42?", "Why?"]


def made(**changes: Any) -> tuple[Any, Any]:
    recipe = ScratchRecipe.model_validate(SHAPE | changes)
    tokenizer = fitted_tokenizer(TEXTS, recipe)
    return tokenizer, random_model(recipe, tokenizer, seed=3, attention="sdpa").eval()


def test_every_second_layer_is_a_convolution_where_the_recipe_says_so() -> None:
    _, plain = made()
    _, model = made(convolutions=True)
    assert plain.config.model_type == "llama"
    assert [hasattr(layer, "conv") for layer in model.model.layers] == [True, False, True]
    assert [hasattr(layer, "self_attn") for layer in model.model.layers] == [False, True, False]
    assert (model.config.hidden_size, model.config.intermediate_size) == (32, plain.config.intermediate_size)
    assert model.get_input_embeddings().weight is model.lm_head.weight


@pytest.mark.parametrize("convolutions", [False, True])
def test_tokens_see_nothing_that_comes_later(convolutions: bool) -> None:
    _, model = made(convolutions=convolutions)
    ids = torch.randint(3, 300, (1, 12), generator=torch.Generator().manual_seed(1))
    other = ids.clone()
    other[0, 8:] = 5
    with torch.no_grad():
        first, second = model(ids).logits, model(other).logits
    assert torch.allclose(first[0, :8], second[0, :8], atol=1e-5)
    assert not torch.allclose(first[0, 8:], second[0, 8:], atol=1e-2)


@pytest.mark.parametrize("convolutions", [False, True])
def test_answers_are_those_that_a_question_gets_alone(convolutions: bool) -> None:
    """Shorter questions of a batch are padded on the left, where a convolution could see the padding."""
    tokenizer, model = made(convolutions=convolutions, initial_std=0.5)  # so that it writes more than one token
    prompts = [tokenizer.encode(text) for text in TEXTS]
    assert len({len(prompt) for prompt in prompts}) == 3
    together = continuations(model, tokenizer, prompts, 12, [tokenizer.eos_token_id])
    alone = [continuations(model, tokenizer, [prompt], 12, [tokenizer.eos_token_id])[0] for prompt in prompts]
    assert [one.text for one in together] == [one.text for one in alone]
    assert len({token for one in together for token in tokenizer.encode(one.text)}) > 6


def test_rows_are_not_packed_where_a_convolution_would_mix_them() -> None:
    assert packing_isolates(made()[1], "cpu")
    assert not packing_isolates(made(convolutions=True)[1], "cpu")
