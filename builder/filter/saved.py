"""Trained filters on disk: `filter.json` and `arrays.npz`, no pickle.

A filter says which version of the features, and which embedding, it was trained on; another is refused, since its
scores would be noise.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import StoreError
from ..store import write_atomically, write_text
from . import features
from .calibration import Calibration
from .classifier import TrainedFilter, latent_of
from .embedders import Embedder
from .forest import ARRAYS, Forest
from .language import LanguageProfile
from .latent import LatentEmbedder
from .linear import Linear

FORMAT = 1


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write named arrays to a compressed `.npz` file, atomically."""

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    write_atomically(path, write)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz` file; one that holds pickles is refused by numpy with a ValueError."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def save_filter(trained: TrainedFilter, folder: Path, **facts: Any) -> None:
    """Write a filter to a folder, the description last; `facts` are added to what it says of its training."""
    arrays: dict[str, NDArray[Any]] = {"language/words": trained.language.words}
    description: dict[str, Any] = {
        "format": FORMAT,
        "features": {"version": features.VERSION, "bits": features.BITS},
        "threshold": trained.threshold,
        "cut": trained.cut,
        "language_share": trained.language.share,
        "linear": None,
        "forest": None,
        "embedder": None,
        "facts": trained.facts | facts,
    }
    if trained.linear is not None:
        arrays["linear/weights"] = trained.linear.weights
        description["linear"] = {"bias": trained.linear.bias, "calibration": asdict(trained.linear.calibration)}
    if trained.forest is not None:
        arrays |= {f"forest/{name}": getattr(trained.forest, name) for name in ARRAYS}
        description["forest"] = {
            "trees": len(trained.forest.roots),
            "calibration": asdict(trained.forest.calibration),
        }
    if trained.embedder is not None:
        description["embedder"] = trained.embedder.name
        latent = latent_of(trained.embedder)
        if latent is not None:
            arrays |= latent.arrays()
    save_arrays(folder / "arrays.npz", arrays)
    write_text(folder / "filter.json", json.dumps(description, indent=1, ensure_ascii=False) + "\n")


def describe_filter(folder: Path) -> dict[str, Any]:
    """What `filter.json` says.

    Raises:
        StoreError: The folder holds no filter, or one of another format or feature version.
    """
    path = folder / "filter.json"
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"{path}: cannot read: {error.strerror}; expected a folder with a saved filter") from error
    except ValueError as error:
        raise StoreError(f"{path}: not JSON: {error}") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        given = description.get("format") if isinstance(description, dict) else None
        raise StoreError(f"{path}: filter format {given!r}, this version reads {FORMAT}; train the filter again")
    expected = {"version": features.VERSION, "bits": features.BITS}
    if description.get("features") != expected:
        raise StoreError(
            f"{path}: trained on features {description.get('features')}, this version computes {expected}; "
            "train it again from its ratings (filter.ratings)"
        )
    return description


def load_filter(folder: Path, embedder: Embedder | None = None) -> TrainedFilter:
    """Read a filter; `embedder` is needed where it was trained on vectors from a server or a model.

    Raises:
        StoreError: The folder holds no filter that this version can use, or the embedder is another one.
    """
    description = describe_filter(folder)
    path = folder / "arrays.npz"
    try:
        arrays = read_arrays(path)
        language = LanguageProfile(arrays["language/words"], float(description["language_share"]))
        linear = forest = None
        if description["linear"] is not None:
            calibration = Calibration(**description["linear"]["calibration"])
            linear = Linear(arrays["linear/weights"], float(description["linear"]["bias"]), calibration)
        if description["forest"] is not None:
            calibration = Calibration(**description["forest"]["calibration"])
            parts = {name: arrays[f"forest/{name}"] for name in ARRAYS}
            forest = Forest(**parts, calibration=calibration)
        if "latent/features" in arrays:
            embedder = LatentEmbedder.of_arrays(arrays)
        threshold, cut = float(description["threshold"]), float(description["cut"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise StoreError(f"{path}: damaged, {error}; save the filter again") from error
    if forest is None:
        embedder = None
    elif embedder is None or embedder.name != description["embedder"]:
        given = "none" if embedder is None else embedder.name
        raise StoreError(f"{folder}: trained on vectors of {description['embedder']}, given {given}")
    return TrainedFilter(threshold, linear, forest, embedder, cut, language, description["facts"])
