"""Whether rows that are packed into one sequence are kept from seeing each other, found out on logits."""

from __future__ import annotations

import copy
from typing import Any

TOLERANCE = 1e-3  # of the largest logit; bfloat16 kernels differ by less, a leak by far more


def packing_isolates(model: Any, device: str) -> bool:
    """Whether a model of this kind gives a packed row the logits that the row has alone.

    A shallow random model of the same configuration is asked, with the attention that training will use and the batch
    that TRL's collator makes for packed rows, so that the answer costs little and disturbs no weights.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    config = copy.deepcopy(model.config.get_text_config())
    config.num_hidden_layers = 2
    if "layer_types" in vars(config) and config.layer_types:  # in others it is computed
        config.layer_types = config.layer_types[:2]
    config.vocab_size = 64
    config.pad_token_id = config.bos_token_id = config.eos_token_id = 0
    half = config._attn_implementation.startswith("flash")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        shallow = AutoModelForCausalLM.from_config(
            config, attn_implementation=config._attn_implementation, dtype=torch.bfloat16 if half else torch.float32
        )
    shallow = shallow.to(device).eval()
    first, second = [5, 9, 11, 3, 7, 8], [21, 4, 33, 17, 2, 40, 13]
    packed = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)(
        [{"input_ids": first + second, "seq_lengths": [len(first), len(second)]}]
    )
    packed.pop("labels")
    inputs = {name: value.to(device) if hasattr(value, "to") else value for name, value in packed.items()}
    with torch.no_grad():
        alone = shallow(input_ids=torch.tensor([second], device=device), use_cache=False).logits[0].float()
        try:
            together = shallow(**inputs, use_cache=False).logits[0, len(first) :].float()
        except ValueError:  # it takes a row alone and no packed ones: a convolution without the kernel that parts rows
            return False
    allowed = TOLERANCE * (30 if half else 1)
    return bool((together - alone).abs().max() <= allowed * alone.abs().max())
