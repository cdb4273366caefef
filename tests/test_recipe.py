from pathlib import Path

import pytest
import yaml

from synthllm.builder.errors import RecipeError
from synthllm.builder.recipe import Recipe, load_recipe

RECIPES = Path(__file__).parent.parent / "recipes"
SMALLEST = {"name": "small", "corpus": {"source": "installed"}}


def written(folder: Path, content: object) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(RECIPES.glob("build/*.yaml")), ids=lambda path: path.name)
def test_every_shipped_build_recipe_loads(path: Path) -> None:
    assert load_recipe(path).name == path.stem


def test_defaults_are_the_papers() -> None:
    recipe = Recipe.model_validate(SMALLEST)
    assert recipe.filter is not None
    assert (recipe.filter.rounds, recipe.filter.threshold) == (2, 6.5)
    assert (recipe.level1.questions, recipe.level2.questions, recipe.level3.questions) == (5, 5, 3)
    assert recipe.graph.epochs == 5
    assert (recipe.graph.topic_steps, recipe.graph.concept_steps) == ((1, 2), (3, 4))
    assert recipe.graph.documents_per_combination == 2
    assert recipe.curate.ngram == 13


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"levls": ["level1"]}, "levls: unknown key; did you mean 'levels'?"),
        ({"graph": {"epoch": 3}}, "graph.epoch: unknown key; did you mean 'epochs'?"),
        ({"graph": {"epochs": "many"}}, "graph.epochs: "),
        ({"graph": {"epochs": 0}}, "graph.epochs: "),
        ({"levels": [4]}, "4 is not a level; known levels: level1"),
        ({"corpus": {"source": "parquet"}}, "source 'parquet' needs a path"),
        ({"corpus": {"source": "installed", "path": "x"}}, "takes no path"),
        ({"corpus": {"source": "csv"}}, "corpus.source: "),
        (
            {"endpoint": {"urls": ["http://127.0.0.1:1"], "modle": "x"}},
            "endpoint.modle: unknown key; did you mean 'model'?",
        ),
        ({"name": "no/slash"}, "name: "),
    ],
)
def test_wrong_key_or_value_is_one_line_that_names_file_and_field(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    path = written(tmp_path, SMALLEST | change)
    with pytest.raises(RecipeError) as raised:
        load_recipe(path)
    message = str(raised.value)
    assert message.startswith(str(path))
    assert words in message
    assert "\n" not in message


def test_recipe_of_another_kind_is_told_in_a_few_words(tmp_path: Path) -> None:
    with pytest.raises(
        RecipeError, match=r"name: missing, and needed; corpus: missing, and needed; .*and \d more"
    ) as told:
        load_recipe(written(tmp_path, {key: {"x": "y"} for key in ("model", "data", "training", "evaluation")}))
    assert len(str(told.value)) < 1_500


@pytest.mark.parametrize("content", ["name: [", "just words", "\x00", ""])
def test_file_that_is_no_recipe_is_an_error_that_names_it(tmp_path: Path, content: str) -> None:
    with pytest.raises(RecipeError, match=r"recipe\.yaml"):
        load_recipe(written(tmp_path, content))


def test_missing_file_says_where_recipes_are(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="recipes/build/"):
        load_recipe(tmp_path / "absent.yaml")


def test_canonical_form_reads_back_as_the_same_recipe(tmp_path: Path) -> None:
    recipe = Recipe.model_validate(SMALLEST)
    assert load_recipe(written(tmp_path, recipe.canonical())) == recipe


def test_fingerprint_changes_with_any_field() -> None:
    recipe = Recipe.model_validate(SMALLEST)
    other = Recipe.model_validate(SMALLEST | {"graph": {"epochs": 4}})
    assert recipe.fingerprint() != other.fingerprint()
