"""Installed documentation as a corpus: the docstrings and documents of packages that are on every machine.

Source files are parsed, never imported, so that reading them runs none of their code. Each docstring is one document;
its `url` is a package URL (purl) of the file, which names the exact version: `pkg:pypi/numpy@2.4.6#numpy/linalg/...`.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import inspect
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import CorpusError

SKIPPED_FOLDERS = {
    "tests",
    "test",
    "testing",
    "__pycache__",
    "site-packages",
    "dist-packages",
    "idlelib",
    "lib2to3",
    "ensurepip",
}
DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # where the name to install differs from the name to import
PROSE_CHARS = 400  # a string constant this long, outside of a docstring, is documentation where it has several lines


def installed_rows(packages: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Raw rows `id, text, url, source` of the packages' documentation, package by package, in a stable order.

    Raises:
        CorpusError: A package is not installed.
    """
    for package in packages:
        root, purl = _locate(package)
        for path in _files(root):
            place = path.relative_to(root.parent if package != "stdlib" else root).as_posix()
            names: Counter[str] = Counter()
            for name, text in _documents(path):
                names[name] += 1
                label = f"{name}#{names[name]}" if names[name] > 1 else name
                yield {
                    "id": f"{package}:{place.removesuffix('.py')}{f':{label}' if label else ''}",
                    "text": text,
                    "url": f"{purl}#{place}",
                    "source": package,
                }


def _locate(package: str) -> tuple[Path, str]:
    """The folder of a package and its package URL."""
    if package == "stdlib":
        version = ".".join(map(str, sys.version_info[:3]))
        return Path(sysconfig.get_path("stdlib")), f"pkg:generic/python@{version}"
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise CorpusError(f"corpus.packages: '{package}' is not installed; install it or remove it from the recipe")
    distribution = DISTRIBUTIONS.get(package, package)
    return Path(found.origin).parent, f"pkg:pypi/{distribution}@{importlib.metadata.version(distribution)}"


def package_license(package: str) -> str | None:
    """The licence that an installed package states of itself, or None."""
    if package == "stdlib":
        return "PSF-2.0"
    try:
        about = importlib.metadata.metadata(DISTRIBUTIONS.get(package, package)).json
    except importlib.metadata.PackageNotFoundError:
        return None
    classes = [name.rpartition(" :: ")[2] for name in about.get("classifier", []) if name.startswith("License ::")]
    stated = about.get("license_expression") or ", ".join(classes) or str(about.get("license") or "")
    return str(stated) if stated and "\n" not in stated else None  # else it is the text of a licence, not its name


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        if path.is_dir():
            if path.name not in SKIPPED_FOLDERS:
                yield from _files(path)
        elif path.suffix in (".py", ".rst") and not path.name.startswith("test_"):
            yield path


def _documents(path: Path) -> Iterator[tuple[str, str]]:
    """(name inside the file, text) of each document of a file."""
    source = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".rst":
        yield "", source
        return
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError):
        return  # a template or a file of another Python; it holds no docstrings to read
    yield from _docstrings(module, "")
    yield from _long_strings(module)


def _docstrings(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        text = ast.get_docstring(node, clean=True)
        if text:
            yield name, text
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _docstrings(child, f"{name}.{child.name}".strip("."))


def _long_strings(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Documentation that is attached by a call, as NumPy's `add_newdoc(place, name, text)`, or kept in a table."""
    for statement in module.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            strings = [_literal(argument) for argument in statement.value.args]
            name = ".".join(text for text in strings if text and "\n" not in text)
            yield from ((name, inspect.cleandoc(text)) for text in strings if text and len(text) >= PROSE_CHARS)
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            for key, value in zip(statement.value.keys, statement.value.values, strict=True):
                text = _literal(value)
                if isinstance(key, ast.Constant) and text and len(text) >= PROSE_CHARS and "\n" in text:
                    yield str(key.value), inspect.cleandoc(text)


def _literal(node: ast.expr) -> str | None:
    """The text of a string constant, also of one inside of a tuple such as `("name", "text")`, or None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Tuple):
        texts = [_literal(element) for element in node.elts]
        return max((text for text in texts if text), key=len, default=None)
    return None
