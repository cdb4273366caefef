"""A finished training as a release on the Hub: weights, tokenizer with its chat template, card, recipe and provenance.

    synthllm push-model runs/sft/laptop USER/NAME --version 1.0.0 --dataset USER/ROWS@1.0.0

The commit and its tag are made by builder/release.py, as those of datasets are. The data that the card names are looked
up: every file that was trained on must be in the release by its SHA-256. Only files that a model is loaded from are
taken; the trainer's pickled arguments are not.

config.json model.safetensors tokenizer.json chat_template.jinja ...
README.md                                       the card
provenance/VERSION/{recipe.yaml,data.json,summary.json}
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ..builder.errors import ReleaseError
from ..builder.hub import Note, patiently
from ..builder.leaks import find_secrets
from ..builder.release import Plan
from ..builder.release_head import (
    CARD,
    CHANGELOG,
    Head,
    Source,
    Wanted,
    fetch,
    read_release,
    release_file,
    sha256_of,
)
from ..builder.store import differences, read_json
from ..builder.versions import Changes, check_version
from ..cards.merge import merge_card
from ..cards.model_card import Result, TrainedOn, Training, model_card
from .command_line import is_pretraining
from .recipe import SftRecipe, load_pretrain, load_sft

if TYPE_CHECKING:
    from huggingface_hub import HfApi

WEIGHTS = re.compile(r"(adapter_)?model(-\d{5}-of-\d{5})?\.safetensors")
LOADED = re.compile(
    rf"{WEIGHTS.pattern}|model\.safetensors\.index\.json|(adapter_|generation_)?config\.json|chat_template\.jinja"
    r"|tokenizer(_config)?\.json|tokenizer\.model|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt"
)
FOREIGN = re.compile(r".*\.(safetensors|bin|pt|pth|ckpt|h5|msgpack|gguf)|model\.safetensors\.index\.json")
SEARCHED = ("config.json", "generation_config.json", "adapter_config.json", "tokenizer_config.json")
HELD_OUT = "held-out questions of the training data"
PROVENANCE = ("recipe.yaml", "data.json", "summary.json")


@dataclass(frozen=True)
class Trained:
    """What a finished training has to release. `files` by path in the repository, `provenance` by name."""

    folder: Path
    recipe: SftRecipe
    summary: Mapping[str, Any]
    data: Sequence[TrainedOn]
    base_model: str | None
    files: Mapping[str, Source]
    provenance: Mapping[str, Path]
    evaluated: Sequence[Result] = ()

    def digest(self) -> str:
        """What the release is known by: what a model is loaded from, its recipe, and the data and results named."""
        known = {name: sha256_of(source) for name, source in self.files.items()}
        known["recipe.yaml"] = sha256_of(self.provenance["recipe.yaml"])
        known["data"] = repr([(one.dataset, one.version) for one in self.data])
        known |= {"evaluated": repr(self.evaluated)} if self.evaluated else {}
        return hashlib.sha256("\n".join(f"{name} {known[name]}" for name in sorted(known)).encode()).hexdigest()


def trained(
    api: HfApi,
    folder: Path,
    datasets: Sequence[str],
    base_model: str | None,
    note: Note,
    evaluations: Sequence[Path] = (),
) -> Trained:
    """What a training has to release.

    Args:
        datasets: releases of data that were trained on from local files, as `[SOURCE=]USER/NAME@VERSION`.
        base_model: the Hub's name of a base model that was loaded from a local folder.
        evaluations: folders of `synthllm eval`, whose results the card is to show.

    Raises:
        ReleaseError: The training is not finished, its model lacks a file, a file holds a secret, a named release does
            not hold what was trained on, or an evaluation is of other weights.
    """
    recipe_path = folder / "recipe.yaml"
    if not recipe_path.exists():
        raise ReleaseError(
            f"{folder}: no training here (recipe.yaml is missing); start one with: synthllm train RECIPE"
        )
    if not (folder / "summary.json").exists():
        raise ReleaseError(f"{folder}: the training is not finished; run synthllm train again to continue it")
    recipe = load_pretrain(recipe_path) if is_pretraining(recipe_path) else load_sft(recipe_path)
    base = _base_model(recipe, base_model)
    files = _model_files(folder / "model", base)
    provenance = {name: folder / name for name in PROVENANCE}
    for path in [*provenance.values(), *(folder / "model" / name for name in SEARCHED if name in files)]:
        for line, kind in find_secrets(path.read_text(encoding="utf-8")):
            raise ReleaseError(f"{path}, line {line}: {kind} stands there and would be published; remove it")
    mixture = read_json(folder / "data.json")["mixture"]
    named = _named(recipe, mixture, datasets)
    data = []
    for source, part in zip(recipe.data.sources, mixture, strict=True):
        label, files_read = source.label, part.get("files", {})
        dataset, version = named.get(label, (None, None))
        if dataset is not None and version is not None:
            _check_release(api, label, files_read, dataset, version, note)
        elif files_read:
            note(f"{label}: not named as a release, and the card says so; --dataset USER/NAME@VERSION names one")
        elif source.path is not None and source.draw is None:
            dataset, version = source.path, source.revision
        data.append(TrainedOn(label, part["rows"], part["token_share"], part["kind"], dataset, version, source.config))
    evaluated = [result for evaluation in evaluations for result in _evaluated(evaluation, folder / "model", note)]
    return Trained(folder, recipe, read_json(folder / "summary.json"), data, base, files, provenance, evaluated)


def _evaluated(evaluation: Path, model: Path, note: Note) -> list[Result]:
    """The results of an evaluation of these weights."""
    from ..eval.local import weights_digest
    from ..eval.results import card_results, read_results

    results = read_results(evaluation)
    weights = results["model"].get("weights")
    if weights is None:
        note(f"{evaluation}: of a server, {results['model']['name']}; that it served {model} is your word")
    elif weights != weights_digest(model):
        raise ReleaseError(
            f"{evaluation}: its results are of {results['model']['name']} with other weights than {model}; evaluate it "
            f"with synthllm eval RECIPE --model {model}"
        )
    return card_results(results)


def _base_model(recipe: SftRecipe, given: str | None) -> str | None:
    """The Hub's name of the base model; None for a model from scratch."""
    name = recipe.model.name
    if name is None:
        if given is not None:
            raise ReleaseError(f"--base-model: {given}, but the recipe trains a model from scratch; leave it out")
        return None
    if given is None and (Path(name).exists() or name.count("/") != 1 or name.startswith((".", "/"))):
        raise ReleaseError(
            f"model.name: '{name}' is a folder here and not on the Hub; name the base model with --base-model USER/NAME"
        )
    return given or name


def _model_files(folder: Path, base_model: str | None) -> dict[str, Source]:
    """What a model is loaded from, out of the folder of the trained model."""
    files: dict[str, Source] = {
        path.name: path for path in sorted(folder.glob("*")) if LOADED.fullmatch(path.name) and path.is_file()
    }
    for path in files.values():
        if isinstance(path, Path) and path.resolve().parent != folder.resolve():
            raise ReleaseError(f"{path}: leads out of the folder of the model; put the file itself there")
    lacking = [] if any(WEIGHTS.fullmatch(name) for name in files) else ["weights in safetensors"]
    lacking += [name for name in ("tokenizer_config.json",) if name not in files]
    lacking += [] if {"config.json", "adapter_config.json"} & files.keys() else ["config.json"]
    if not lacking and not _has_template(folder):
        lacking.append("a chat template")
    if lacking:
        raise ReleaseError(
            f"{folder}: {', '.join(lacking)} is missing; delete {folder.parent}/summary.json and train again"
        )
    if "adapter_config.json" in files:
        adapters = read_json(folder / "adapter_config.json")
        if adapters.get("base_model_name_or_path") != base_model:
            files["adapter_config.json"] = _json(adapters | {"base_model_name_or_path": base_model})
    return files


def _has_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").exists():
        return True
    return bool(read_json(folder / "tokenizer_config.json").get("chat_template"))


def _named(
    recipe: SftRecipe, mixture: Sequence[Mapping[str, Any]], datasets: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """The release of each source that `--dataset` names."""
    pairs = zip(recipe.data.sources, mixture, strict=True)
    local = [source.label for source, part in pairs if source.path is not None and part.get("files")]
    found = {}
    for given in datasets:
        label, equals, release = given.rpartition("=")
        name, at, version = release.partition("@")
        if not at or name.count("/") != 1:
            raise ReleaseError(f"--dataset: '{given}' is not [SOURCE=]USER/NAME@VERSION, such as alice/rows@1.0.0")
        check_version(version)
        if not equals and len(local) == 1:
            label = local[0]
        if label not in local:
            known = ", ".join(local) or "none"
            raise ReleaseError(f"--dataset: '{given}' names no source that was read from files; those are: {known}")
        found[label] = (name, version)
    return found


def _check_release(api: HfApi, label: str, files: Mapping[str, str], dataset: str, version: str, note: Note) -> None:
    """See that every file that was trained on is in a release, by its SHA-256."""
    refs = patiently(f"refs of {dataset}", lambda: api.list_repo_refs(dataset, repo_type="dataset"), note)
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    if version not in tags:
        raise ReleaseError(
            f"{dataset}: {version} is not a version of it; released: {', '.join(sorted(tags)) or 'none'}"
        )
    about = read_release(api, dataset, version, tags[version], note)["files"]
    there = {entry.get("sha256") for entry in about.values()}
    strange = [name for name, sha256 in files.items() if sha256 not in there]
    if strange:
        raise ReleaseError(
            f"{label}: {strange[0]} was trained on and is not in {dataset} {version}; name the release that holds it"
        )


def model_plan(api: HfApi, wanted: Wanted, model: Trained, head: Head, note: Note) -> Plan:
    """The commit that brings the branch from `head` to the release of a training.

    Raises:
        ReleaseError: The repository holds weights that no release put there.
    """
    before: Mapping[str, Any] = {}
    if head.version is not None and head.commit is not None:
        before = read_release(api, wanted.repository, head.version, head.commit, note, wanted.kind)["files"]
    for path in head.files:
        if FOREIGN.fullmatch(path) and path not in before and path not in model.files:
            raise ReleaseError(
                f"{wanted.repository}: {path} is in the way: no release put it there, and it may be loaded in place of "
                "the model; move or delete it"
            )
    folder = f"provenance/{wanted.version}"
    files: dict[str, Source] = {**model.files}
    files |= {f"{folder}/{name}": path for name, path in model.provenance.items()}
    changes = _changes(api, wanted, model, head, before, note)
    files[CHANGELOG] = _json([entry.to_json() for entry in (changes, *head.changelog)])
    about = {path: {"sha256": sha256_of(model.files[path])} if path in model.files else {} for path in files}
    described = {"version": wanted.version, "since": head.version, "digest": model.digest()}
    files[release_file(wanted.version)] = _json(described | {"files": dict(sorted(about.items()))})
    replaced = {release_file(head.version)} if head.version else set()
    gone = ({*before} | replaced) & head.files.keys() - files.keys()
    card = model_card(_training(model), _results(model), wanted.repository, wanted.version)
    files[CARD] = merge_card(head.card, card, (head.files.keys() | files.keys()) - gone).encode()
    return Plan(head, files, tuple(sorted(gone)), changes, model.digest())


def _changes(api: HfApi, wanted: Wanted, model: Trained, head: Head, before: Mapping[str, Any], note: Note) -> Changes:
    today = datetime.now(UTC).date().isoformat()
    if head.version is None or head.commit is None:
        facts = f"{model.summary['parameters']:,} parameters, {model.summary['rows']:,} rows, {_score(model.summary)}"
        return Changes(wanted.version, None, {}, models=(facts,), date=today)
    found = {
        name: fetch(api, wanted.repository, f"provenance/{head.version}/{name}", head.commit, note, wanted.kind)
        for name in ("recipe.yaml", "summary.json")
    }
    recipe = yaml.safe_load(found["recipe.yaml"].read_text(encoding="utf-8"))
    models = [
        f"{path} {'changed' if path in before else 'added'}"
        for path, source in model.files.items()
        if before.get(path, {}).get("sha256") != sha256_of(source)
    ]
    models += [f"{path} removed" for path in before if LOADED.fullmatch(path) and path not in model.files]
    then, now = _score(read_json(found["summary.json"])), _score(model.summary)
    models += [f"{then} -> {now}"] if then != now else []
    models += [f"{one.benchmark}: {100 * one.accuracy:.1f}%" for one in model.evaluated]
    settings = differences(recipe, yaml.safe_load(model.recipe.canonical()))
    return Changes(wanted.version, head.version, {}, recipe=tuple(settings), models=tuple(models), date=today)


def _score(summary: Mapping[str, Any]) -> str:
    from .evaluation import in_words

    return in_words(summary["after"])


def _training(model: Trained) -> Training:
    summary = model.summary
    losses = [summary[when].get("loss") for when in ("before", "after")]
    return Training(
        name=model.recipe.name,
        parameters=summary["parameters"],
        base_model=model.base_model,
        data=model.data,
        samples=summary["rows"],
        tokens=summary["seen_tokens"],
        recipe_yaml=model.recipe.canonical().rstrip(),
        license=model.recipe.license,
        adapters=model.recipe.model.lora is not None,
        losses=None if None in losses else (losses[0], losses[1]),
        packages=summary.get("packages"),
    )


def _results(model: Trained) -> list[Result]:
    """What was evaluated, and what the training measured on held-out questions where any were asked."""
    sources = model.summary["after"].get("by_source", {})
    measured = [(one, sources[one.name]) for one in model.data if "accuracy" in sources.get(one.name, {})]
    return [
        *model.evaluated,
        *(
            Result(
                HELD_OUT,
                data.dataset or data.name,
                found["accuracy"],
                found["accuracy_error"],
                found["answers"],
                split="held out",
                revision=data.version,
            )
            for data, found in measured
        ),
    ]


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
