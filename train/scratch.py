"""A small decoder and its tokenizer from nothing, for laptops and for ladders on CPUs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .recipe import ScratchRecipe

PAD, BOS, EOS = "<|pad|>", "<|bos|>", "<|eos|>"


def fitted_tokenizer(texts: Iterable[str], recipe: ScratchRecipe) -> Any:
    """Byte-level BPE fitted to the texts; every digit is a token of its own, so that numbers have one spelling."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            # A digit, a sign of mathematics, a command of LaTeX, or a word with the space before it.
            pre_tokenizers.Split(Regex(r"\d|\\[A-Za-z]+| ?[A-Za-z]+|\s+|[^\sA-Za-z\d]"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocabulary,
        special_tokens=[PAD, BOS, EOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BOS,
        eos_token=EOS,
        model_max_length=recipe.context,
        clean_up_tokenization_spaces=False,
    )


def random_model(recipe: ScratchRecipe, tokenizer: Any, seed: int, attention: str) -> Any:
    """A decoder with random weights, its embeddings shared between input and output.

    Of the Llama kind; with convolutions of the LFM2 kind, whose gated convolutions over three tokens let one layer of
    attention find what followed an earlier token, where a Llama needs two: copying is learned in fewer updates.
    """
    from transformers import Lfm2Config, Lfm2ForCausalLM, LlamaConfig, LlamaForCausalLM, set_seed

    shape: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": recipe.width,
        "intermediate_size": recipe.inner or -(-recipe.width * 8 // 3 // 8) * 8,
        "num_hidden_layers": recipe.layers,
        "num_attention_heads": recipe.heads,
        "num_key_value_heads": recipe.heads,
        "max_position_embeddings": recipe.context,
        "tie_word_embeddings": True,
        "initializer_range": recipe.initial_std,
        "rope_parameters": {"rope_type": "default", "rope_theta": recipe.rope_theta},
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "attn_implementation": attention,
    }
    set_seed(seed)
    if not recipe.convolutions:
        return LlamaForCausalLM(LlamaConfig(**shape))
    kinds = ["full_attention" if layer % 2 else "conv" for layer in range(recipe.layers)]
    return Lfm2ForCausalLM(Lfm2Config(**shape, layer_types=kinds, block_auto_adjust_ff_dim=False))
