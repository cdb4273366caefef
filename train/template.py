"""From messages to tokens: the chat template, what is trained on, and that it ends where generation stops.

<bos> prompt ... | answer <stop>
labels: -100 ... | answer <stop>
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..builder.errors import TrainingError

IGNORED = -100  # the label of a token that is not trained on
PLAIN = (
    "{% if bos_token %}{{ bos_token }}{% endif %}"
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}{{ message['content'] + eos_token }}"
    "{% elif message['role'] == 'system' %}{{ message['content'] + '\\n\\n' }}"
    "{% else %}{{ '### Question\\n' + message['content'] + '\\n\\n### Answer\\n' }}{% endif %}"
    "{% endfor %}"
)
"""For models that bring no template. It needs no token beyond the end of sequence, so that it fits any vocabulary."""


@dataclass(frozen=True)
class Template:
    """A checked chat template.

    `stop_ids` are the tokens that end generation; `ends_with` is the one that trained text ends with.
    """

    tokenizer: Any
    ours: bool
    ends_with: int
    stop_ids: tuple[int, ...]

    def encode(self, prompt: list[dict[str, str]], answer: str) -> tuple[list[int], list[int]]:
        """Tokens and labels of one row; the prompt is not trained on.

        Raises:
            TrainingError: The template writes the prompt in another way when the answer follows.
        """
        whole = _tokens(self.tokenizer, [*prompt, {"role": "assistant", "content": answer}])
        whole = _up_to_stop(whole, self.ends_with)
        start = _tokens(self.tokenizer, prompt, add_generation_prompt=True)
        if whole[: len(start)] != start:
            at = next(i for i, pair in enumerate(zip([*whole, None], start, strict=False)) if pair[0] != pair[1])
            raise TrainingError(
                f"chat template: the prompt is written in another way when the answer follows, from "
                f"{self.tokenizer.decode(start[at:])!r} on; use model.template: plain"
            )
        return whole, [IGNORED] * len(start) + whole[len(start) :]

    def prompt_ids(self, prompt: list[dict[str, str]]) -> list[int]:
        """The tokens from which the model goes on to answer."""
        return _tokens(self.tokenizer, prompt, add_generation_prompt=True)


def _tokens(tokenizer: Any, messages: list[dict[str, str]], **options: Any) -> list[int]:
    ids = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False, **options)
    return list(ids)


def _up_to_stop(ids: list[int], stop: int) -> list[int]:
    """Without what some templates write after the token that ends the answer, such as a line break."""
    last = len(ids) - 1 - ids[::-1].index(stop)
    return ids[: last + 1]


def checked_template(tokenizer: Any, generation_eos: int | list[int] | None, wanted: str = "auto") -> Template:
    """Set our template where it is wanted or the tokenizer has none, and find the token that ends an answer.

    An answer must end with a special token, because ordinary text cannot stop generation. Where generation does not
    stop at that token yet (a base model with the template of its chat sibling), it is added to those that it stops at;
    the caller saves them with the model.

    Args:
        generation_eos: what the model's generation stops at.
        wanted: `auto` or `plain`, as in the recipe.

    Raises:
        TrainingError: There is no end-of-sequence token, or the template ends an answer with ordinary text.
    """
    if tokenizer.eos_token_id is None:
        raise TrainingError("tokenizer: no end-of-sequence token; a model that is trained without one never stops")
    ours = wanted == "plain" or not tokenizer.chat_template
    if ours:
        tokenizer.chat_template = PLAIN
    probe = [{"role": "user", "content": "What is 2 + 2?"}, {"role": "assistant", "content": "It is 4"}]
    ids = _tokens(tokenizer, probe)
    while ids and not tokenizer.decode([ids[-1]]).strip():
        ids.pop()
    special = set(tokenizer.all_special_ids) | {
        number for number, token in getattr(tokenizer, "added_tokens_decoder", {}).items() if token.special
    }
    if not ids or ids[-1] not in special:
        raise TrainingError(
            f"chat template: an answer ends with {tokenizer.decode(ids[-3:])!r}, which is no special token, so that "
            "generation cannot stop there; use model.template: plain"
        )
    given = [generation_eos] if isinstance(generation_eos, int) else list(generation_eos or [])
    stops = dict.fromkeys([ids[-1], tokenizer.eos_token_id, *given])
    return Template(tokenizer, ours, ids[-1], tuple(stops))
