import pytest

from synthllm.builder.leaks import find_secrets
from synthllm.builder.provenance import prompts_of
from synthllm.builder.recipe import Recipe

# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "hf_" + "aB3" * 10,
    "sk-" + "proj-0123456789abcdefghij",
    "gh" + "p_" + "a1B2" * 9,
    "AK" + "IA" + "ABCDEFGHIJKLMNOP",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Authorization: Bear" + "er abcdefghijklmnop123",
    "http://me:pass" + "word@host:8080/v1",
    "https://host/v1?api" + "_key=abcdefgh12345",
    "api_key" + ": abcdefghijklmnop1234",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_secret_is_found_with_its_line(secret: str) -> None:
    ((line, kind), *_) = find_secrets(f"name: quick\n\nurl: {secret} # here")
    assert line == 3
    assert secret not in kind


def test_value_of_a_secret_variable_is_found_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_API_KEY", "plain-looking-words")
    assert list(find_secrets("model: plain-looking-words-7b")) == [(1, "the value of $PROVIDER_API_KEY")]
    assert list(find_secrets("model: other-looking-words-7b")) == []


def test_recipes_and_prompts_hold_none() -> None:
    recipe = Recipe.model_validate({"name": "a", "corpus": {"source": "installed"}})
    assert list(find_secrets(recipe.canonical())) == []
    for text in prompts_of(recipe).values():
        assert list(find_secrets(text)) == []
