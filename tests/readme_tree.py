"""The README's tree, made from the first sentence of every file. `python tests/readme_tree.py` writes it."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PACKAGES = ("builder", "train", "eval", "cards")
COLLAPSED = {"builder/teacher/families": "files of problem families, one per topic: wordings, worked solutions, checks"}
REST = """\
recipes/                        build/ sft/ pretrain/ eval/ accelerate/; README.md has commands, LOG.md what failed
tests/                          mirrors the tree; hub/ is a Hub on loopback, benchmarks/ the measured comparisons
src/synthllm/                   links to the folders above, so that they import as synthllm.builder and so on
"""
WIDTH = 110  # a longer sentence is cut at a pause
OPENING = "## The tree\n\n```\n"
COMMENT = {".j2": r"\{#-?\s*(.*?)[.:]?\s*-?#\}", ".js": r"//\s*(.*)", ".css": r"/\*\s*(.*?)\s*\*/"}


def sentence(path: Path) -> str:
    """What a file says of itself first: a Python file in its docstring, another in its first comment.

    Raises:
        ValueError: It says nothing.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].replace("\n", " ")
        said = re.split(r"(?<=\.)\s", said)[0].rstrip(".")
    else:
        found = re.match(COMMENT.get(path.suffix, r"#\s*(.*)"), text)
        said = found.group(1).rstrip(".:; ") if found else ""
    if not said:
        raise ValueError(f"{path.relative_to(ROOT)}: does not begin with a sentence that says what it is")
    return said if len(said) <= WIDTH else re.split(r"[,;:] [^,;:]*$", said[:WIDTH])[0]


def tree() -> str:
    """The lines of the tree."""
    lines = []
    for package in PACKAGES:
        folders = sorted(path.parent for path in (ROOT / package).rglob("__init__.py"))
        for folder in folders:
            name = folder.relative_to(ROOT).as_posix()
            files = sorted(p for p in folder.iterdir() if p.suffix in {".py", ".yaml", ".txt", *COMMENT})
            files = [path for path in files if path.name not in {"__init__.py", "requirements.txt"}]
            if name in COLLAPSED:
                lines.append(f"{name + '/':<32}{len(files)} {COLLAPSED[name]}")
                continue
            lines.append(f"{name + '/':<32}{sentence(folder / '__init__.py')}")
            lines += [f"  {path.name:<30}{sentence(path)}" for path in files]
    return "\n".join(lines) + "\n" + REST


def with_tree(readme: str) -> str:
    """The README with the tree as it is now."""
    before, rest = readme.split(OPENING)
    after = rest.split("```\n", 1)[1]
    return f"{before}{OPENING}{tree()}```\n{after}"


if __name__ == "__main__":
    README.write_text(with_tree(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
