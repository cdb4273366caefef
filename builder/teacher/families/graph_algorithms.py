"""Graphs: shortest paths, spanning trees of least weight, matchings and centrality."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import networkx as nx
import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Edges, Integer
from .graphs_and_trees import joined, last_vertex, neighbours_of, network

TOPICS = (
    Topic(
        "Graph Algorithms and Networks",
        subject="Graph Theory",
        school_level="college",
        concepts={
            "shortest path": ("shortest paths", "dijkstra's algorithm", "shortest path length", "dijkstra algorithm"),
            "minimum spanning tree": ("minimum spanning trees", "kruskal's algorithm", "prim's algorithm"),
            "adjacency matrix": ("adjacency matrices", "graph adjacency"),
            "graph diameter": ("graph eccentricity", "diameter of the graph", "eccentricity"),
            "maximum matching": (
                "matching",
                "perfect matching",
                "maximal matching",
                "perfect matchings",
                "bipartite matching",
            ),
            "degree centrality": ("degree centralities",),
            "closeness centrality": ("closeness centralities",),
            "clustering coefficient": ("transitivity of a graph", "clustering coefficients", "graph triangles"),
            "graph density": ("density of a graph", "edge density"),
            "hamiltonian cycle": (
                "hamiltonian cycles",
                "hamiltonian path",
                "traveling salesman",
                "travelling salesman problem",
            ),
        },
    ),
)


def _weighted(params: Params) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(params["e"])
    return graph


def _layers(params: Params, start: int) -> list[list[int]]:
    """The vertices at distance 0, 1, 2, ... from the start."""
    neighbours = neighbours_of(params)
    layers, seen = [[start]], {start}
    while layer := sorted({v for u in layers[-1] for v in neighbours[u]} - seen):
        layers.append(layer)
        seen |= set(layer)
    return layers


def _weights(params: Params, edges: list[tuple[int, int, int]]) -> str:
    return " + ".join(str(edge[2]) for edge in edges)


def _cheapest_network(params: Params) -> Solution:
    n, group = params["n"], {v: v for v in range(1, last_vertex(params) + 1)}
    taken: list[tuple[int, int, int]] = []
    for u, v, weight in sorted(params["e"], key=lambda edge: edge[2]):
        if group[u] != group[v]:
            taken.append((u, v, weight))
            group = {x: group[u] if g == group[v] else g for x, g in group.items()}
    total = sum(edge[2] for edge in taken)
    edges = ", ".join(rf"\{{{u}, {v}\}}" for u, v, _ in taken)
    return Solution(
        (
            "Take the edges from the lightest to the heaviest, and leave out those that would close a cycle.",
            f"This selects ${edges}$.",
            f"Their lengths add up to ${_weights(params, taken)} = {total}$.",
            rf"At ${n}$ per unit of length this comes to ${n} \cdot {total} = {n * total}$.",
        ),
        n * total,
    )


def _shortest_route(params: Params) -> Solution:
    n, end = params["n"], last_vertex(params)
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    waiting: list[tuple[int, tuple[int, ...]]] = [(0, (1,))]
    lengths = {(u, v): w for u, v, w in params["e"]} | {(v, u): w for u, v, w in params["e"]}
    near = neighbours_of(params)
    while waiting:
        waiting.sort()
        length, path = waiting.pop(0)
        if path[-1] in best:
            continue
        best[path[-1]] = (length, path)
        waiting += [(length + lengths[path[-1], v], (*path, v)) for v in near[path[-1]] if v not in best]
    others = ", ".join(
        f"${best[v][0]}$ to the vertex ${v}$" for v in sorted(best, key=lambda v: best[v]) if v not in (1, end)
    )
    length, path = best[end]
    path_text = r" \to ".join(map(str, path))
    return Solution(
        (
            f"Working outwards from the vertex $1$, the shortest distances to the other vertices are {others}.",
            rf"The shortest way to ${end}$ is ${path_text}$, with length "
            f"${' + '.join(str(lengths[pair]) for pair in itertools.pairwise(path))} = {length}$.",
            rf"At ${n}$ per unit of length, the answer is ${n} \cdot {length} = {n * length}$.",
        ),
        n * length,
    )


def _walks_from(params: Params) -> Solution:
    near = neighbours_of(params)
    count = sum(len(near[v]) for v in near[1])
    return Solution(
        (
            f"The neighbours of the vertex $1$ are ${joined(near[1])}$.",
            f"Their degrees are ${joined([len(near[v]) for v in near[1]])}$, and each walk of two edges goes on to any "
            f"neighbour.",
            f"The number of walks is "
            f"${' + '.join(str(len(near[v])) for v in near[1])}{f' = {count}' if len(near[1]) > 1 else ''}$.",
        ),
        count,
    )


def _walks_check(params: Params) -> int:
    matrix = nx.to_numpy_array(network(params), nodelist=list(range(1, last_vertex(params) + 1)))
    return int((matrix @ matrix)[0].sum())


def _farthest(params: Params) -> Solution:
    n, reach = params["n"], {v: len(_layers(params, v)) - 1 for v in range(1, last_vertex(params) + 1)}
    top = max(reach.values())
    return Solution(
        (
            "For each vertex find the distance, counted in edges, to the vertex that is farthest from it.",
            f"For the vertices $1$ to ${len(reach)}$ these are ${joined(list(reach.values()))}$.",
            f"The largest of them is ${top}$, the diameter.",
            rf"With ${n}$ for each edge, the answer is ${n} \cdot {top} = {n * top}$.",
        ),
        n * top,
    )


def _closeness(params: Params) -> Solution:
    layers = _layers(params, 1)
    others = last_vertex(params) - 1
    total = sum(i * len(layer) for i, layer in enumerate(layers))
    value = Fraction(others, total)
    terms = " + ".join(rf"{len(layer)} \cdot {i}" for i, layer in enumerate(layers) if i)
    return Solution(
        (
            "From the vertex $1$ the others lie as follows: "
            + ", ".join(f"${joined(layer)}$ at distance ${i}$" for i, layer in enumerate(layers) if i)
            + ".",
            f"The distances add up to ${terms} = {total}$.",
            rf"The closeness centrality is $\frac{{{others}}}{{{total}}}"
            rf"{'' if value.denominator == total else f' = {tex(value)}'}$.",
        ),
        value,
    )


def _matching_size(params: Params) -> Solution:
    n, edges = params["n"], [edge[:2] for edge in params["e"]]
    size = next(
        k for k in range(len(edges), 0, -1) if any(_disjoint(some) for some in itertools.combinations(edges, k))
    )
    chosen = next(some for some in itertools.combinations(edges, size) if _disjoint(some))
    cover = next(
        some
        for some in itertools.chain.from_iterable(
            itertools.combinations(range(1, last_vertex(params) + 1), k) for k in range(size, last_vertex(params))
        )
        if all(u in some or v in some for u, v in edges)
    )
    reason = (
        f"Every edge has an end among the vertices ${joined(list(cover))}$, and each of these can serve only one pair."
        if len(cover) == size
        else f"Trying all sets of ${size + 1}$ edges shows that two of them always share an end."
        if 2 * (size + 1) <= last_vertex(params)
        else f"More pairs would need ${2 * (size + 1)}$ vertices, but there are only ${last_vertex(params)}$."
    )
    return Solution(
        (
            "The edges $" + ", ".join(rf"\{{{u}, {v}\}}" for u, v in chosen) + "$ have no end in common."
            if size > 1
            else "No two edges are without a common end.",
            reason,
            f"So at most ${size}$ pairs can be formed at a time."
            if size > 1
            else "So at most one pair can be formed at a time.",
            rf"With ${n}$ for each pair the total is ${n} \cdot {size} = {n * size}$.",
        ),
        n * size,
    )


def _disjoint(edges: tuple[tuple[int, ...], ...]) -> bool:
    ends = [v for edge in edges for v in edge]
    return len(set(ends)) == len(ends)


def _density(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    total = math.comb(n, 2)
    value = Fraction(d, total)
    return Solution(
        (
            rf"Between ${n}$ vertices there are $\frac{{{n} \cdot {n - 1}}}{{2}} = {total}$ possible edges.",
            f"Of these, ${d}$ are present.",
            rf"The density is $\frac{{{d}}}{{{total}}}{'' if value.denominator == total else f' = {tex(value)}'}$.",
        ),
        value,
    )


def _local_clustering(params: Params) -> Solution:
    d, n = params["d"], params["n"]
    pairs = math.comb(n, 2)
    value = Fraction(d, pairs)
    return Solution(
        (
            rf"Among ${n}$ neighbours there are $\frac{{{n} \cdot {n - 1}}}{{2}} = {pairs}$ pairs.",
            f"Of these, ${d}$ are joined, and each of them closes a triangle.",
            rf"The local clustering coefficient is $\frac{{{d}}}{{{pairs}}}"
            rf"{'' if value.denominator == pairs else f' = {tex(value)}'}$.",
        ),
        value,
    )


def _local_check(params: Params) -> float:
    graph: nx.Graph[int] = nx.star_graph(params["n"])
    graph.add_edges_from(itertools.islice(itertools.combinations(range(1, params["n"] + 1), 2), params["d"]))
    matrix = nx.to_numpy_array(graph)
    closed_walks = np.linalg.matrix_power(matrix, 3)[0, 0]
    return float(closed_walks / (params["n"] * (params["n"] - 1)))


def _degree_share(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    value = Fraction(d, n - 1)
    return Solution(
        (
            f"A vertex can be joined to at most ${n} - 1 = {n - 1}$ others.",
            f"This one is joined to ${d}$ of them.",
            rf"Its degree centrality is "
            rf"$\frac{{{d}}}{{{n - 1}}}{'' if value.denominator == n - 1 else f' = {tex(value)}'}$.",
        ),
        value,
    )


def _degree_check(params: Params) -> float:
    graph: nx.Graph[int] = nx.empty_graph(params["n"])
    graph.add_edges_from((0, v) for v in range(1, params["d"] + 1))
    return float(nx.degree_centrality(graph)[0])


def _round_trips(params: Params) -> Solution:
    n = params["n"]
    count = math.factorial(n - 1) // 2
    return Solution(
        (
            f"Start at any vertex; the other ${n} - 1 = {n - 1}$ can follow in ${n - 1}! = {math.factorial(n - 1)}$ "
            f"orders.",
            "Each cycle is found twice in this way, once in each direction.",
            f"The number of cycles is ${math.factorial(n - 1)} / 2 = {count}$.",
        ),
        count,
    )


_ROADS = Edges(5, 6, (1, 3), weights=(2, 12))

_LINKS = Edges(6, 7, (1, 3))

FAMILIES = (
    Family(
        name="minimum_spanning_tree",
        concepts=("minimum spanning tree", "spanning tree"),
        school_level="college",
        slots={"e": _ROADS, "n": Integer(2, 20)},
        wordings=(
            Wording(
                "the least possible cost, in thousands of euros, of connecting all the towns",
                given="Cables can be laid between the following pairs of towns, with their distances in kilometres: "
                "$[[e]]$. A kilometre of cable costs $[[n]]$ thousand euros.",
            ),
            Wording(
                "the product of $[[n]]$ and the weight of a minimum spanning tree of the graph",
                given="A graph has the weighted edges $[[e]]$.",
            ),
            Wording(
                "the smallest number of hours of work that leaves every hut reachable from every other one",
                given="Snow has blocked the trails between some huts. The trails and their lengths are $[[e]]$. "
                "Clearing a trail takes $[[n]]$ hours of work per unit of length.",
            ),
        ),
        solve=_cheapest_network,
        check=lambda p: p["n"] * int(nx.minimum_spanning_tree(_weighted(p)).size(weight="weight")),
        where=lambda p: len({edge[2] for edge in p["e"]}) == len(p["e"]),
    ),
    Family(
        name="shortest_route",
        concepts=("shortest path",),
        school_level="college",
        slots={"e": _ROADS, "n": Integer(2, 20)},
        wordings=(
            Wording(
                "the least cost of a journey from the station $1$ to the station with the highest number",
                given="The direct lines of a railway and their lengths in kilometres are $[[e]]$. A journey costs "
                "$[[n]]$ cents per kilometre, and lines can be used in both directions.",
            ),
            Wording(
                "the shortest time, in minutes, from the camp $1$ to the camp with the highest number",
                given="Paths join the camps of an expedition. Their lengths, in kilometres, are $[[e]]$. Every "
                "kilometre takes $[[n]]$ minutes.",
            ),
            Wording(
                "the product of $[[n]]$ and the length of a shortest path from the vertex $1$ to the vertex with the "
                "highest number",
                given="An undirected graph has the weighted edges $[[e]]$.",
            ),
        ),
        solve=_shortest_route,
        check=lambda p: p["n"] * int(nx.dijkstra_path_length(_weighted(p), 1, last_vertex(p))),
        where=lambda p: len(_layers(p, 1)[1]) > 1 and last_vertex(p) not in _layers(p, 1)[1],
    ),
    Family(
        name="walks_of_two_edges",
        concepts=("adjacency matrix", "vertex degrees"),
        school_level="college",
        slots={"e": _LINKS},
        wordings=(
            Wording(
                "the sum of the entries in the first row of the square of the adjacency matrix",
                given=r"The graph on the vertices $1, 2, 3, \ldots$ has the edges $[[e]]$.",
            ),
            Wording(
                "the number of walks of two edges that start at the vertex $1$",
                given="An undirected graph has the edges $[[e]]$. A walk may go back along the edge by which it came.",
            ),
            Wording(
                "the number of ways in which a message can travel from the computer $1$ in two hops",
                given="Computers are linked in pairs: $[[e]]$. With every hop a message goes to a linked computer, "
                "possibly back to the one from which it came.",
            ),
        ),
        solve=_walks_from,
        check=_walks_check,
    ),
    Family(
        name="diameter_of_graph",
        concepts=("graph diameter", "shortest path"),
        school_level="college",
        slots={"e": _LINKS, "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the product of $[[n]]$ and the diameter of the graph",
                given="An unweighted graph has the edges $[[e]]$.",
            ),
            Wording(
                "the longest time, in milliseconds, that a message may need between two computers on a best route",
                given="Computers are linked in pairs: $[[e]]$. Every link delays a message by $[[n]]$ milliseconds.",
            ),
            Wording(
                "the largest fare, in euros, for a cheapest journey between two of the airports",
                given="Direct flights operate in both directions between the following pairs of airports: $[[e]]$. "
                "Each flight costs $[[n]]$ euros.",
            ),
        ),
        solve=_farthest,
        check=lambda p: p["n"] * nx.diameter(network(p)),
    ),
    Family(
        name="closeness_of_first",
        concepts=("closeness centrality", "shortest path"),
        school_level="college",
        slots={"e": _LINKS},
        wordings=(
            Wording(
                "the closeness centrality of the vertex $1$, that is, the number of other vertices divided by the "
                "sum of the distances to them",
                given="A connected graph has the edges $[[e]]$.",
            ),
            Wording(
                "the closeness centrality of the person $1$",
                given="The friendships in a group are $[[e]]$. The closeness centrality of a person is the number of "
                "other people divided by the sum of the distances to them, counted in friendships.",
            ),
            Wording(
                "the reciprocal of the mean distance from the vertex $1$ to the other vertices",
                given="In the graph with the edges $[[e]]$ the distance is the number of edges of a shortest path.",
            ),
        ),
        solve=_closeness,
        check=lambda p: float(nx.closeness_centrality(network(p))[1]),
    ),
    Family(
        name="maximum_matching",
        concepts=("maximum matching",),
        school_level="college",
        slots={"e": Edges(6, 7, (0, 2)), "n": Integer(2, 40)},
        wordings=(
            Wording(
                "the greatest total of prizes, in euros, that can be won",
                given="The pairs of dancers who are willing to dance together are $[[e]]$. Couples are formed, "
                "nobody is in two of them, and every couple wins $[[n]]$ euros.",
            ),
            Wording(
                "the product of $[[n]]$ and the size of a maximum matching of the graph",
                given="A graph has the edges $[[e]]$.",
            ),
            Wording(
                "the largest number of games that can be played in $[[n]]$ rounds",
                given="In each round of a league, teams play in pairs, no team more than once per round. Only the "
                "following pairs of teams may play, as often as they like: $[[e]]$.",
            ),
        ),
        solve=_matching_size,
        check=lambda p: p["n"] * len(nx.max_weight_matching(network(p), maxcardinality=True)),
    ),
    Family(
        name="density_of_graph",
        concepts=("graph density", "complete graph"),
        school_level="college",
        slots={"n": Integer(4, 30), "d": Integer(3, 60)},
        wordings=(
            Wording("the density of a simple undirected graph with $[[n]]$ vertices and $[[d]]$ edges"),
            Wording(
                "the share of all pairs of employees who have already worked together",
                given="In a firm with $[[n]]$ employees, $[[d]]$ different pairs have worked together.",
            ),
            Wording(
                "the probability that two different stations chosen at random are joined by a direct line",
                given="A network of $[[n]]$ stations has $[[d]]$ direct lines, at most one between any two stations.",
            ),
        ),
        solve=_density,
        check=lambda p: float(nx.density(nx.gnm_random_graph(p["n"], p["d"], seed=1))),
        where=lambda p: p["d"] < math.comb(p["n"], 2),
    ),
    Family(
        name="local_clustering",
        concepts=("clustering coefficient",),
        school_level="college",
        slots={"n": Integer(3, 25), "d": Integer(2, 40)},
        wordings=(
            Wording(
                "the local clustering coefficient of a vertex with $[[n]]$ neighbours between which there are "
                "$[[d]]$ edges"
            ),
            Wording(
                "the clustering coefficient of Zoe, the share of the pairs of her friends who are friends themselves",
                given="Zoe has $[[n]]$ friends in a network, and $[[d]]$ pairs of them are friends with each other.",
            ),
            Wording(
                "the local clustering coefficient of the protein",
                given="A protein interacts with $[[n]]$ other proteins. Among these there are $[[d]]$ interacting "
                "pairs.",
            ),
        ),
        solve=_local_clustering,
        check=_local_check,
        where=lambda p: p["d"] < math.comb(p["n"], 2),
    ),
    Family(
        name="degree_centrality",
        concepts=("degree centrality", "vertex degrees"),
        school_level="college",
        slots={"n": Integer(5, 60), "d": Integer(2, 40)},
        wordings=(
            Wording("the degree centrality of a vertex of degree $[[d]]$ in a simple graph with $[[n]]$ vertices"),
            Wording(
                "the degree centrality of the airport, the fraction of the other airports to which it is linked",
                given="An airport has direct flights to $[[d]]$ others. The network has $[[n]]$ airports in all.",
            ),
            Wording(
                "the degree centrality of the teacher in this network",
                given="In a network of $[[n]]$ people, a teacher is in contact with $[[d]]$ of the others.",
            ),
        ),
        solve=_degree_share,
        check=_degree_check,
        where=lambda p: p["d"] < p["n"] - 1,
    ),
    Family(
        name="hamiltonian_cycles",
        concepts=("hamiltonian cycle", "complete graph"),
        school_level="college",
        slots={"n": Integer(4, 9)},
        wordings=(
            Wording("the number of Hamiltonian cycles of the complete graph with $[[n]]$ labelled vertices"),
            Wording(
                "the number of different round trips, where the direction and the starting point do not matter",
                given="A traveller wants to visit each of $[[n]]$ cities exactly once and return. All cities are "
                "directly linked.",
            ),
            Wording(
                "the number of different closed polygons that use all of the points as corners",
                given="On a circle lie $[[n]]$ points. Any two may be joined by a straight side, and sides are "
                "allowed to cross.",
            ),
        ),
        solve=_round_trips,
        check=lambda p: math.prod(range(3, p["n"])),
    ),
)
