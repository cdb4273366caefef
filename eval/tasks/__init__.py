"""The tasks of the evaluation, by name; a new one is a file beside this one and a line here."""

from ..task import Task
from .college_math import COLLEGE_MATH
from .gaokao_2023_en import GAOKAO_2023_EN
from .gsm8k import GSM8K
from .hendrycks_math import MATH
from .math_500 import MATH_500
from .minerva_math import MINERVA_MATH
from .olympiadbench import OLYMPIADBENCH

HELD_OUT = "held-out"
"""The name of the task that `held_out.py` reads: rows that a training of ours held out."""

TASKS: dict[str, Task] = {
    "gsm8k": GSM8K,
    "math": MATH,
    "math-500": MATH_500,
    "minerva-math": MINERVA_MATH,
    "olympiadbench": OLYMPIADBENCH,
    "college-math": COLLEGE_MATH,
    "gaokao-2023-en": GAOKAO_2023_EN,
}
