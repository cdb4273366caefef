"""A real `transformers serve` process, with a model and a tokenizer that the test makes."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest
from endpoint_requests import ask

from synthllm.builder.endpoints import Completion, open_endpoint
from synthllm.builder.recipe import EndpointRecipe

needed = ("torch", "transformers", "fastapi", "uvicorn", "openai")
missing = [name for name in needed if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")

TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant:"


def make_model(folder: Path) -> None:
    """A Llama of two tiny layers over a byte-level tokenizer, with a chat template."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate(["<eos>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>", pad_token="<eos>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=0,
        pad_token_id=0,
        bos_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


@pytest.mark.timeout(180)
def test_a_real_server_answers_and_is_not_asked_twice(tmp_path: Path) -> None:
    model = tmp_path / "tiny"
    make_model(model)
    recipe = EndpointRecipe.model_validate(
        {
            "launch": "transformers",
            "model": str(model),
            "launch_arguments": ["--device", "cpu"],
            "launch_timeout_s": 150,
            "max_in_flight": 4,
        }
    )
    requests = [ask(f"What is {number} plus one?", max_tokens=8) for number in range(6)]

    async def run() -> tuple[list[Completion], int, int]:
        async with open_endpoint(recipe, tmp_path / "run" / "ledger.sqlite") as endpoint:
            outcomes = {index: outcome async for index, outcome in endpoint.map(requests)}
            again = [await endpoint.generate(request) for request in requests]
            assert again == [outcome for _, outcome in sorted(outcomes.items())]
            return [one for one in again if isinstance(one, Completion)], endpoint.tally.sent, endpoint.tally.cached

    completions, sent, cached = asyncio.run(run())
    assert len(completions) == 6
    assert (sent, cached) == (6, 6)
    for request, completion in zip(requests, completions, strict=True):
        # One token for every byte of the templated prompt: known without asking the server.
        assert completion.prompt_tokens == len(f"user: {request.messages[0]['content']}\nassistant:")
        assert completion.finish_reason == ("length" if completion.completion_tokens == 8 else "stop")
        assert 1 <= completion.completion_tokens <= 8
