"""The documentation says what is there: the tree, the commands, the recipes."""

import re
from pathlib import Path

import pytest
import typer

from readme_tree import README, ROOT, with_tree
from synthllm.builder.cli import app

TEXT = README.read_text(encoding="utf-8")
RECIPES_TEXT = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_the_tree_is_that_of_the_files() -> None:
    assert with_tree(TEXT) == TEXT, "run: python tests/readme_tree.py"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example_and_is_in_the_readme(name: str) -> None:
    assert f"Example: synthllm {name} " in (COMMANDS[name].help or "") + " "
    assert f"synthllm {name}" in TEXT + RECIPES_TEXT
    for option in COMMANDS[name].params:
        assert getattr(option, "help", None), f"synthllm {name}: {option.name} has no help"


@pytest.mark.parametrize("text", [TEXT, RECIPES_TEXT], ids=["README.md", "recipes/README.md"])
def test_every_recipe_that_is_named_is_there(text: str) -> None:
    named = set(re.findall(r"recipes/[a-z]+/[\w.-]+\.(?:yaml|csv|svg)", text))
    missing = [name for name in sorted(named) if not (ROOT / name).exists()]
    assert named
    assert not missing


def test_every_recipe_is_in_the_documentation() -> None:
    recipes = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "recipes").rglob("*.yaml"))]
    assert [path for path in recipes if Path(path).name not in TEXT + RECIPES_TEXT] == []


def test_every_link_inside_of_the_project_leads_somewhere() -> None:
    for folder, text in ((ROOT, TEXT), (ROOT / "recipes", RECIPES_TEXT)):
        for link in re.findall(r"\]\((?!http|#)([^)#]+)\)", text):
            assert (folder / link).exists(), link
