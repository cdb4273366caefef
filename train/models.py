"""The model and tokenizer of a recipe, checked to fit each other and the data."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from typing import Any

from ..builder.errors import TrainingError
from .recipe import ModelRecipe
from .scratch import fitted_tokenizer, random_model


def load_tokenizer(recipe: ModelRecipe, texts: Iterable[str]) -> Any:
    """The model's tokenizer, or one fitted to the texts for a model from scratch.

    Raises:
        TrainingError: The tokenizer cannot be loaded.
    """
    if recipe.scratch is not None:
        return fitted_tokenizer(texts, recipe.scratch)
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(recipe.name, revision=recipe.revision)
    except (OSError, ValueError) as error:
        raise _cannot_load(recipe, "tokenizer", error) from error
    if tokenizer.pad_token_id is None:
        # Padding is masked, so any token serves; one that already exists keeps the embeddings as they are.
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(recipe: ModelRecipe, tokenizer: Any, seed: int) -> Any:
    """The model, with adapters where the recipe asks for them.

    Raises:
        TrainingError: It cannot be loaded, its vocabulary is smaller than the tokenizer's, or peft is missing.
    """
    if recipe.scratch is not None:
        model = random_model(recipe.scratch, tokenizer, seed, recipe.attention)
    else:
        import torch
        from transformers import AutoModelForCausalLM

        try:
            model = AutoModelForCausalLM.from_pretrained(
                recipe.name,
                revision=recipe.revision,
                dtype=getattr(torch, recipe.dtype),
                attn_implementation=recipe.attention,
            )
        except (OSError, ValueError, ImportError) as error:
            raise _cannot_load(recipe, "model", error) from error
    rows = model.get_input_embeddings().weight.shape[0]
    if rows == 0:  # ZeRO-3 has spread the weights over the processes
        rows = model.config.get_text_config().vocab_size
    if len(tokenizer) > rows:
        raise TrainingError(
            f"model {recipe.name or 'from scratch'}: its vocabulary has {rows:,} tokens and the tokenizer has "
            f"{len(tokenizer):,}; the tokenizer belongs to another model"
        )
    return model


def parameter_counts(model: Any) -> tuple[int, int]:
    """How many parameters the model has, and how many of them are trained, wherever they are."""
    # Under ZeRO-3 a process holds a part of each, and DeepSpeed keeps the whole number beside it.
    sizes = [(getattr(one, "ds_numel", one.numel()), one.requires_grad) for one in model.parameters()]
    return sum(size for size, _ in sizes), sum(size for size, trained in sizes if trained)


def lora_config(recipe: ModelRecipe) -> Any:
    """The configuration of the adapters for peft; None where every weight is trained.

    Raises:
        TrainingError: peft is not installed.
    """
    if recipe.lora is None:
        return None
    if importlib.util.find_spec("peft") is None:
        raise TrainingError("model.lora: adapters need peft, which is not installed; pip install peft")
    from peft import LoraConfig

    return LoraConfig(
        r=recipe.lora.rank,
        lora_alpha=recipe.lora.alpha,
        lora_dropout=recipe.lora.dropout,
        target_modules=recipe.lora.modules if isinstance(recipe.lora.modules, str) else list(recipe.lora.modules),
        task_type="CAUSAL_LM",
    )


def check_length(model: Any, max_length: int) -> None:
    """See that the model has a position for every token of a sequence.

    Raises:
        TrainingError: `max_length` is longer than the model.
    """
    positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if positions is not None and max_length > positions:
        raise TrainingError(
            f"data.max_length: {max_length} is longer than the model, which has {positions} positions; lower it"
        )


def _cannot_load(recipe: ModelRecipe, what: str, error: Exception) -> TrainingError:
    reason = " ".join(str(error).split())[:300]
    return TrainingError(f"model.name: cannot load the {what} of '{recipe.name}': {reason}")
