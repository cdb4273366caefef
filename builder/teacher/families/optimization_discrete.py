"""Optimization: linear and integer programs, schedules, assignments and flows."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
from scipy import optimize

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer, IntegerList, Matrix

TOPICS = (
    Topic(
        "Linear and Combinatorial Optimization",
        subject="Optimization",
        school_level="college",
        concepts={
            "linear programming": (
                "linear program",
                "linear programs",
                "linear programme",
                "simplex method",
                "linprog",
            ),
            "feasible region": ("feasible regions", "feasible set", "feasible solution"),
            "objective function": ("objective functions", "cost function"),
            "knapsack problem": ("0-1 knapsack", "knapsack"),
            "assignment problem": (
                "linear sum assignment",
                "hungarian algorithm",
                "linear_sum_assignment",
                "hungarian method",
            ),
            "scheduling": ("makespan", "scheduling problem", "load balancing"),
            "maximum flow": ("max flow", "network flow", "max-flow min-cut", "minimum cut", "flow network"),
            "dynamic programming": ("bellman equation", "optimal substructure"),
        },
    ),
)


def _corner_programme(params: Params) -> Solution:
    a, b, n, m, d = (params[name] for name in "abnmd")
    x, y = (m, d - m) if a > b else (d - n, n)
    total = a * x + b * y
    return Solution(
        (
            f"A unit of $x$ is worth ${a}$ and a unit of $y$ is worth ${b}$, so we take as much as possible of the "
            f"better one.",
            f"As ${a} > {b}$, set $x = {m}$, which leaves $y = {d} - {m} = {y}$."
            if a > b
            else f"As ${b} > {a}$, set $y = {n}$, which leaves $x = {d} - {n} = {x}$.",
            "At this corner of the feasible region no exchange of one unit for the other can improve the total.",
            rf"The greatest value is ${a} \cdot {x} + {b} \cdot {y} = {total}$.",
        ),
        total,
    )


def _corner_check(params: Params) -> float:
    a, b, n, m, d = (params[name] for name in "abnmd")
    found = optimize.linprog([-a, -b], A_ub=[[1, 1]], b_ub=[d], bounds=[(0, m), (0, n)])
    return round(float(np.asarray(found.x) @ [a, b]), 6)


def _fill_sack(params: Params) -> Solution:
    n, weights, values = params["n"], params["a"], params["b"]
    best = _best_choice(n, weights, values)
    weight, value = sum(weights[i] for i in best), sum(values[i] for i in best)
    per_unit = ", ".join(tex(Fraction(v, w)) for w, v in zip(weights, values, strict=True))
    others = max(
        (sum(values[i] for i in some) for some in _choices(n, weights) if some != best),
        default=0,
    )
    return Solution(
        (
            f"The values per unit of weight are ${per_unit}$, and we compare the selections that weigh at most ${n}$.",
            f"Taking the items ${', '.join(str(i + 1) for i in best)}$ gives the weight "
            f"${' + '.join(str(weights[i]) for i in best)}{f' = {weight}' if len(best) > 1 else ''}$.",
            f"Their value is ${' + '.join(str(values[i]) for i in best)}{f' = {value}' if len(best) > 1 else ''}$.",
            f"Any other selection that is light enough is worth at most ${others}$, so ${value}$ is the greatest "
            f"value.",
        ),
        value,
    )


def _choices(n: int, weights: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All non-empty selections of items that weigh at most n together."""
    sizes = range(1, len(weights) + 1)
    some = itertools.chain.from_iterable(itertools.combinations(range(len(weights)), size) for size in sizes)
    return [items for items in some if sum(weights[i] for i in items) <= n]


def _best_choice(n: int, weights: tuple[int, ...], values: tuple[int, ...]) -> tuple[int, ...]:
    return max(_choices(n, weights), key=lambda items: sum(values[i] for i in items))


def _sack_by_table(params: Params) -> int:
    """The table of dynamic programming: best value for every capacity."""
    best = [0] * (params["n"] + 1)
    for weight, value in zip(params["a"], params["b"], strict=True):
        for room in range(params["n"], weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[-1]


def _assign(params: Params) -> Solution:
    costs, n = params["c"], params["n"]
    options = {order: sum(costs[i][order[i]] for i in range(3)) for order in itertools.permutations(range(3))}
    totals = ", ".join(
        f"${' + '.join(str(costs[i][order[i]]) for i in range(3))} = {total}$" for order, total in options.items()
    )
    least = min(options.values())
    return Solution(
        (
            "There are $3! = 6$ ways to give each row its own column.",
            f"Their totals are {totals}.",
            f"The smallest total is ${least}$.",
            rf"Multiplied by ${n}$, this gives ${n} \cdot {least} = {n * least}$.",
        ),
        n * least,
    )


def _assign_check(params: Params) -> int:
    costs = np.array(params["c"])
    rows, columns = optimize.linear_sum_assignment(costs)
    return int(params["n"] * costs[rows, columns].sum())


def _makespan(params: Params) -> Solution:
    jobs = [*params["a"], params["n"]]
    total = sum(jobs)
    best, left = min((max(sum(some), total - sum(some)), some) for some in _half_choices(jobs))
    right = list(jobs)
    for job in left:
        right.remove(job)
    if sum(left) < sum(right):
        left, right = tuple(right), list(left)
    return Solution(
        (
            f"Everything together amounts to ${' + '.join(map(str, jobs))} = {total}$, so one of the two needs at "
            f"least half of this, ${tex(Fraction(total, 2))}$.",
            f"Give ${', '.join(map(str, left))}$ to one of the two and ${', '.join(map(str, right))}$ to the other: "
            f"the loads are ${sum(left)}$ and ${total - sum(left)}$.",
            "Going through the other ways to divide the jobs shows that none of them is more even."
            if 2 * best > total + 1
            else "No division of whole numbers can be more even.",
            f"So the least possible value is ${best}$.",
        ),
        best,
    )


def _half_choices(jobs: list[int]) -> list[tuple[int, ...]]:
    return [some for size in range(1, len(jobs)) for some in itertools.combinations(jobs, size)]


def _makespan_check(params: Params) -> int:
    jobs = [*params["a"], params["n"]]
    reachable: set[int] = {0}
    for job in jobs:
        reachable |= {load + job for load in reachable}
    return min(max(load, int(sum(jobs)) - load) for load in reachable)


def _two_route_flow(params: Params) -> Solution:
    a, b, n, m = (params[name] for name in "abnm")
    first, second = min(a, b), min(n, m)
    return Solution(
        (
            f"The upper route lets through at most the smaller one of ${a}$ and ${b}$, which is ${first}$.",
            f"The lower route lets through at most the smaller one of ${n}$ and ${m}$, which is ${second}$.",
            "These two narrowest sections form a cut, and both can be used fully at the same time.",
            f"The maximum flow is ${first} + {second} = {first + second}$.",
        ),
        first + second,
    )


def _flow_check(params: Params) -> int:
    """The smallest of the four cuts that separate the source from the sink."""
    return min(int(x + y) for x in (params["a"], params["b"]) for y in (params["n"], params["m"]))


FAMILIES = (
    Family(
        name="two_product_programme",
        concepts=("linear programming", "feasible region", "objective function"),
        school_level="college",
        slots={
            "a": Integer(2, 30),
            "b": Integer(2, 30),
            "n": Integer(3, 30),
            "m": Integer(3, 30),
            "d": Integer(5, 50),
        },
        wordings=(
            Wording(
                r"the greatest value of $[[a]]x + [[b]]y$ subject to the constraints $0 \le x \le [[m]]$, $0 \le y "
                r"\le [[n]]$ and $x + y \le [[d]]$"
            ),
            Wording(
                "the greatest weekly profit, in euros",
                given="A workshop makes $x$ chairs and $y$ stools a week, with a profit of $[[a]]$ euros for a chair "
                "and $[[b]]$ euros for a stool. At most $[[m]]$ chairs and at most $[[n]]$ stools can be sold, "
                "and at most $[[d]]$ pieces can be made in all.",
            ),
            Wording(
                "the optimal value of the linear program",
                given=r"The objective function $[[a]]x + [[b]]y$ is maximized over the feasible region that is given "
                r"by $x \ge 0$, $y \ge 0$, $x \le [[m]]$, $y \le [[n]]$ and $x + y \le [[d]]$.",
            ),
        ),
        solve=_corner_programme,
        check=_corner_check,
        where=lambda p: p["a"] != p["b"] and max(p["n"], p["m"]) < p["d"] < p["n"] + p["m"],
    ),
    Family(
        name="small_knapsack",
        concepts=("knapsack problem", "dynamic programming"),
        school_level="college",
        slots={"n": Integer(8, 30), "a": IntegerList(5, 5, 3, 12), "b": IntegerList(5, 5, 4, 30)},
        wordings=(
            Wording(
                "the greatest total value of a selection of the items",
                given="Five items have the weights $[[a]]$ and, in the same order, the values $[[b]]$. Each can be "
                "taken once, and the total weight may be at most $[[n]]$.",
            ),
            Wording(
                "the largest possible profit, in thousands of euros",
                given="A van can carry $[[n]]$ crates. Five orders need $[[a]]$ crates and bring profits of $[[b]]$ "
                "thousand euros, respectively. Every order is carried completely or not at all.",
            ),
            Wording(
                "the highest number of points that can be reached",
                given="In an examination of $[[n]]$ minutes there are five problems. They take $[[a]]$ minutes and "
                "give $[[b]]$ points, in this order; a problem that is not finished gives nothing.",
            ),
        ),
        solve=_fill_sack,
        check=_sack_by_table,
        where=lambda p: 2 * max(p["a"]) < sum(p["a"]) > p["n"] >= max(p["a"]) and len(_choices(p["n"], p["a"])) >= 5,
    ),
    Family(
        name="three_by_three_assignment",
        concepts=("assignment problem",),
        school_level="college",
        slots={"c": Matrix(3, 3, 2, 15), "n": Integer(2, 20)},
        wordings=(
            Wording(
                "the least total wage, in euros, for the three jobs",
                given="The entry in row $x$ and column $y$ of $[[c]]$ is the number of hours that the worker $x$ "
                "needs for the job $y$. Each worker does exactly one job, and every hour costs $[[n]]$ euros.",
            ),
            Wording(
                "the product of $[[n]]$ and the optimal value of the assignment problem with the cost matrix "
                "$[[c]]$, in which the total cost is to be minimized"
            ),
            Wording(
                "the smallest total cost, in cents",
                given="Three taxis are sent to three customers, one to each. The distances in kilometres, with a row "
                "for each taxi, are $[[c]]$. Every kilometre costs $[[n]]$ cents.",
            ),
        ),
        solve=_assign,
        check=_assign_check,
        where=lambda p: len({entry for row in p["c"] for entry in row}) > 5,
    ),
    Family(
        name="two_machine_makespan",
        concepts=("scheduling",),
        school_level="competition",
        slots={"a": IntegerList(4, 4, 2, 25), "n": Integer(2, 40)},
        wordings=(
            Wording(
                "the least time, in minutes, after which all the jobs can be done",
                given="Two equal machines work at the same time on jobs that take $[[a]], [[n]]$ minutes. A job "
                "cannot be divided.",
            ),
            Wording(
                "the smallest possible value of the larger sum if the numbers $[[a]], [[n]]$ are divided into two "
                "groups"
            ),
            Wording(
                "the weight, in kilograms, that the heavier of the two parcels has at least",
                given="Things that weigh $[[a]], [[n]]$ kilograms are packed into two parcels.",
            ),
        ),
        solve=_makespan,
        check=_makespan_check,
    ),
    Family(
        name="flow_over_two_routes",
        concepts=("maximum flow",),
        school_level="college",
        slots={"a": Integer(2, 40), "b": Integer(2, 40), "n": Integer(2, 40), "m": Integer(2, 40)},
        wordings=(
            Wording(
                "the maximum flow from the source to the sink",
                given="A flow network has two separate routes from the source to the sink, each with two edges. The "
                "capacities are $[[a]]$ and $[[b]]$ along the upper route, $[[n]]$ and $[[m]]$ along the lower "
                "one.",
            ),
            Wording(
                "the greatest number of cars per minute that can get from the harbour to the motorway",
                given="Two roads lead from a harbour to a motorway. The first one has sections for at most $[[a]]$ "
                "and $[[b]]$ cars per minute, one after the other, and the second one has sections for at most "
                "$[[n]]$ and $[[m]]$.",
            ),
            Wording(
                "the capacity of a minimum cut between the pump and the basin",
                given="Water flows from a pump to a basin by two lines of pipes. One line consists of a pipe of "
                "capacity $[[a]]$ followed by a pipe of capacity $[[b]]$, the other one of a pipe of capacity "
                "$[[n]]$ followed by one of capacity $[[m]]$.",
            ),
        ),
        solve=_two_route_flow,
        check=_flow_check,
        where=lambda p: p["a"] != p["b"] and p["n"] != p["m"],
    ),
)
