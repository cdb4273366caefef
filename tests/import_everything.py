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
for package, file in (("synthllm.cards", "dataset.md.j2"), ("synthllm.recipes", "build/quickstart.yaml")):
    if not importlib.resources.files(package).joinpath(file).is_file():
        sys.exit(f"{package} came without {file}")
sys.stdout.write(f"imported {len(names)} modules of synthllm {synthllm.__version__}\n")
