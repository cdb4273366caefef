"""Recipes: `build/` datasets, `sft/` and `pretrain/` models, `eval/` them; `accelerate/` says on what hardware."""
