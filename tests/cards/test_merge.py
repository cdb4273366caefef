import yaml
from huggingface_hub import DatasetCard

from synthllm.cards.merge import merge_body, merge_card, merge_metadata


def part(name: str, text: str) -> str:
    return f"<!-- synthllm: {name} -->\n{text}\n<!-- /synthllm: {name} -->\n"


def test_sections_are_replaced_where_they_stand_and_the_rest_stays() -> None:
    theirs = f"before\n\n{part('b', 'old b')}between\n\n{part('a', 'old a')}after\n"
    ours = part("a", "new a") + "\n" + part("b", "new b")
    assert merge_body(theirs, ours) == f"before\n\n{part('b', 'new b')}between\n\n{part('a', 'new a')}after\n"


def test_new_section_comes_after_the_one_before_it_and_one_that_is_no_more_goes() -> None:
    theirs = f"{part('a', 'a')}mine\n{part('gone', 'x')}"
    assert merge_body(theirs, part("a", "a") + part("b", "b")) == f"{part('a', 'a')}\n{part('b', 'b')}mine\n"
    assert merge_body(f"mine\n{part('z', 'z')}", part("y", "y") + part("z", "z")).startswith(part("y", "y"))


def test_card_without_our_marks_is_kept_whole_above_ours() -> None:
    assert merge_body("# Mine\n\ntext\n", part("a", "a")) == f"# Mine\n\ntext\n\n{part('a', 'a')}"


def test_merging_twice_changes_nothing_more() -> None:
    theirs = "---\nlicense: mit\nfoo: {bar: 1}\n---\nmine\n"
    ours = "---\nlicense: other\ntags: [synthllm]\n---\n\n" + part("a", r"text with \\frac and \1")
    once = merge_card(theirs, ours, [])
    assert merge_card(once, ours, []) == once
    metadata = yaml.safe_load(once.split("---\n")[1])
    assert metadata == {"license": "mit", "foo": {"bar": 1}, "tags": ["synthllm"]}
    assert DatasetCard(once).data.license == "mit"


def test_licence_of_the_recipe_wins_over_an_earlier_one_unless_it_names_none() -> None:
    assert merge_metadata({"license": "mit"}, {"license": "cc-by-4.0"}, [])["license"] == "cc-by-4.0"
    assert merge_metadata({"license": "mit"}, {"license": "other"}, [])["license"] == "mit"
    assert merge_metadata({}, {"license": "other"}, [])["license"] == "other"


def test_config_of_someone_else_stays_while_it_has_files() -> None:
    ours = {"configs": [{"config_name": "level1", "data_files": "level1/train-*.parquet"}]}
    for data_files in ("mine/*.csv", ["mine/*.csv"], [{"split": "test", "path": ["mine/*.csv"]}]):
        theirs = {"configs": [{"config_name": "mine", "data_files": data_files}, {"config_name": "level1"}]}
        kept = merge_metadata(theirs, ours, ["mine/a.csv", "level1/train-0.parquet"])["configs"]
        assert [config["config_name"] for config in kept] == ["level1", "mine"]
        gone = merge_metadata(theirs, ours, ["level1/train-0.parquet"])["configs"]
        assert [config["config_name"] for config in gone] == ["level1"]
