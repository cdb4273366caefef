import pytest

from synthllm.builder.prompts import fill, prompt_hash


def test_fill_replaces_slots_in_one_pass_and_keeps_latex() -> None:
    assert fill(r"[[A]] and \frac{1}{2} [[B]]", A="[[B]]", B="x") == r"[[B]] and \frac{1}{2} x"


@pytest.mark.parametrize("slots", [{}, {"A": "1", "B": "2"}])
def test_missing_or_extra_slot_is_an_error(slots: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="prompt slots do not match"):
        fill("[[A]]", **slots)


def test_prompt_hash_changes_with_the_wording() -> None:
    assert prompt_hash("a") != prompt_hash("b")
