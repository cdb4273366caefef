"""Model FLOP utilisation: the share of a GPU's peak that goes into the matrix products that the model itself needs.

Counted are the products of the weights and of attention, forward and backward, for real tokens alone: padding, and what
activation checkpointing computes again, count as waste. Source: Chowdhery et al. 2022, arXiv 2204.02311, appendix B,
with causal attention counted at half.
"""

from __future__ import annotations

from typing import Any

PEAK_FLOPS = {
    "B200": 2250e12,
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
}
"""FLOP/s of dense bfloat16 products, by a part of the device's name, longer first. Source: NVIDIA's data sheets."""


def peak_flops(device: str) -> float | None:
    """The peak of a device in bfloat16; None for one that is not listed."""
    return next((peak for name, peak in PEAK_FLOPS.items() if name in device), None)


def flops_per_token(model: Any, length: float) -> float:
    """Floating-point operations that training takes per token.

    A weight of a matrix product takes two forward, two for the gradient of its input, and two for its own where it is
    trained. Embeddings are looked up, which takes none; shared with the output, they count there.

    Args:
        length: tokens of the sequence that a token stands in, averaged over tokens.
    """
    import torch

    weights = 0.0
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            # Under ZeRO-3 a process holds a part of each, and DeepSpeed keeps the whole number beside it.
            size = getattr(module.weight, "ds_numel", module.weight.numel())
            weights += size * (6 if module.weight.requires_grad else 4)
    config = model.config.get_text_config()
    heads = config.num_attention_heads
    width = heads * (getattr(config, "head_dim", None) or config.hidden_size // heads)
    # Scores and their sum over values: 4 per token, head dimension and token attended to, of which there are half the
    # length on average; three times that with the backward pass.
    attention = 3 * 4 * config.num_hidden_layers * width * length / 2
    return float(weights + attention)
