"""Import every module of the installed package, without torch; run where the wheel alone is installed."""

import importlib
import importlib.resources
import pkgutil
import sys

import synthllm

NEEDS_EXTRA = ("synthllm.train", "synthllm.eval.generation", "synthllm.eval.metrics")

names = [info.name for info in pkgutil.walk_packages(synthllm.__path__, "synthllm.")]
for name in names:
    if not name.startswith(NEEDS_EXTRA):
        importlib.import_module(name)
if "torch" in sys.modules:
    sys.exit("importing the builder imported torch")
FILES = (
    ("synthllm.cards", "dataset.md.j2"),
    ("synthllm.recipes", "build/quickstart.yaml"),
    ("synthllm.eval", "paper.csv"),
    ("synthllm.eval.page", "templates/page.html.j2"),
    ("synthllm.eval.page", "page.css"),
    ("synthllm.eval.page", "questions.js"),
    ("synthllm.eval.page", "katex/katex.min.js"),
    ("synthllm.eval.page", "katex/KaTeX_Main-Regular.woff2"),
    ("synthllm.eval.page", "katex/LICENSE"),
)
for package, file in FILES:
    if not importlib.resources.files(package).joinpath(file).is_file():
        sys.exit(f"{package} came without {file}")
sys.stdout.write(f"imported {len(names)} modules of synthllm {synthllm.__version__}\n")
