"""Graph theory: degrees, trees, paths, colourings, matchings and centrality."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import networkx as nx
import numpy as np

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Edges, Integer

TOPICS = (
    Topic(
        "Graphs and Trees",
        subject="Graph Theory",
        school_level="college",
        concepts={
            "vertex degrees": ("degree sequence", "degree sequences", "handshaking lemma", "vertex degree"),
            "complete graph": ("complete graphs",),
            "bipartite graph": ("bipartite graphs", "complete bipartite graph", "bipartition"),
            "regular graph": ("regular graphs", "d-regular graph"),
            "graph trees": ("spanning forest", "labeled tree", "labelled trees", "tree graph", "acyclic graph"),
            "connected components": ("connected component", "connected graph", "number of components"),
            "spanning tree": ("spanning trees", "cayley's formula", "number of spanning trees"),
            "planar graph": ("planar graphs", "planarity", "planar embedding"),
            "euler's formula": ("euler characteristic",),
            "eulerian circuit": ("eulerian circuits", "euler circuit", "eulerian graph", "eulerian path"),
            "graph coloring": (
                "graph colouring",
                "vertex coloring",
                "chromatic number",
                "greedy coloring",
                "proper coloring",
            ),
            "chromatic polynomial": ("chromatic polynomials",),
        },
    ),
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


def _network(params: Params) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from((edge[0], edge[1]) for edge in params["e"])
    return graph


def _weighted(params: Params) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(params["e"])
    return graph


def _vertices(params: Params) -> int:
    return int(max(edge[1] for edge in params["e"]))


def _neighbours(params: Params) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {v: [] for v in range(1, _vertices(params) + 1)}
    for u, v, *_ in params["e"]:
        found[u].append(v)
        found[v].append(u)
    return found


def _layers(params: Params, start: int) -> list[list[int]]:
    """The vertices at distance 0, 1, 2, ... from the start."""
    neighbours = _neighbours(params)
    layers, seen = [[start]], {start}
    while layer := sorted({v for u in layers[-1] for v in neighbours[u]} - seen):
        layers.append(layer)
        seen |= set(layer)
    return layers


def _list(values: list[int]) -> str:
    return ", ".join(map(str, values))


def _handshakes(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    return Solution(
        (
            rf"Adding up the degrees of all vertices gives ${n} \cdot {d} = {n * d}$.",
            "Every edge has two ends and is counted twice in this sum.",
            f"So the number of edges is ${n * d} / 2 = {n * d // 2}$.",
        ),
        n * d // 2,
    )


def _complement_edges(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    total = math.comb(n, 2)
    return Solution(
        (
            rf"A complete graph with ${n}$ vertices has $\frac{{{n} \cdot {n - 1}}}{{2}} = {total}$ edges.",
            f"Of these, ${d}$ are present.",
            f"The number of pairs that are missing is ${total} - {d} = {total - d}$.",
        ),
        total - d,
    )


def _bipartite_edges(params: Params) -> Solution:
    n = params["n"]
    low, high = n // 2, n - n // 2
    return Solution(
        (
            f"If the two sides have $x$ and ${n} - x$ vertices, there are at most $x({n} - x)$ edges.",
            f"This product is largest when the sides are as equal as possible: ${low}$ and ${high}$.",
            rf"So the greatest number of edges is ${low} \cdot {high} = {low * high}$.",
        ),
        low * high,
    )


def _forest(params: Params) -> Solution:
    n, c = params["n"], params["c"]
    return Solution(
        (
            "A tree has one edge fewer than it has vertices.",
            f"In a forest with ${c}$ components, one edge is lost in each of them.",
            f"The number of edges is ${n} - {c} = {n - c}$.",
        ),
        n - c,
    )


def _leaves(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    value = 2 + a + 2 * b
    return Solution(
        (
            f"Let $x$ be the number of leaves. The tree has $x + {a} + {b} = x + {a + b}$ vertices, hence $x + "
            f"{a + b - 1}$ edges.",
            rf"The degrees add up to $x + 3 \cdot {a} + 4 \cdot {b} = x + {3 * a + 4 * b}$, which is twice the number "
            rf"of edges.",
            f"From $x + {3 * a + 4 * b} = 2x + {2 * (a + b - 1)}$ it follows that $x = {value}$.",
        ),
        value,
    )


def _leaves_check(params: Params) -> int:
    """Build such a tree: a path of the inner vertices, filled up with leaves."""
    degrees = [3] * params["a"] + [4] * params["b"]
    tree: nx.Graph[int] = nx.path_graph(len(degrees))
    for v, degree in enumerate(degrees):
        for _ in range(degree - tree.degree(v)):
            tree.add_edge(v, tree.number_of_nodes())
    return sum(1 for v in tree if tree.degree(v) == 1)


def _faces(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    return Solution(
        (
            "For a connected plane graph with $V$ vertices, $E$ edges and $F$ faces Euler's formula says $V - E + F "
            "= 2$.",
            f"Here $V = {n}$ and $E = {d}$.",
            f"So the number of faces is $2 - {n} + {d} = {2 - n + d}$.",
        ),
        2 - n + d,
    )


def _faces_check(params: Params) -> int:
    """Independent cycles of a connected graph of this size, and the outer face."""
    graph: nx.Graph[int] = nx.path_graph(params["n"])
    missing = (pair for pair in itertools.combinations(range(params["n"]), 2) if not graph.has_edge(*pair))
    graph.add_edges_from(list(itertools.islice(missing, params["d"] - params["n"] + 1)))
    return len(nx.cycle_basis(graph)) + 1


def _cayley(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    count = a ** (b - 1) * b ** (a - 1)
    return Solution(
        (
            "A complete bipartite graph with sides of $x$ and $y$ vertices has $x^{y-1} y^{x-1}$ spanning trees.",
            rf"Here this is ${a}^{{{b - 1}}} \cdot {b}^{{{a - 1}}}$.",
            rf"The number is ${a ** (b - 1)} \cdot {b ** (a - 1)} = {count}$.",
        ),
        count,
    )


def _cayley_check(params: Params) -> int:
    """The matrix-tree theorem."""
    laplacian = nx.laplacian_matrix(nx.complete_bipartite_graph(params["a"], params["b"])).toarray().astype(float)
    return round(float(np.linalg.det(laplacian[1:, 1:])))


def _cycle_trees(params: Params) -> Solution:
    a, b = params["a"], params["b"]
    return Solution(
        (
            "To leave a spanning tree, one edge has to go from each of the two cycles, as they share no edge.",
            f"There are ${a}$ choices in the first cycle and ${b}$ in the second one.",
            rf"The number of spanning trees is ${a} \cdot {b} = {a * b}$.",
        ),
        a * b,
    )


def _cycle_trees_check(params: Params) -> int:
    a, b = params["a"], params["b"]
    graph = nx.compose(
        nx.cycle_graph(a), nx.relabel_nodes(nx.cycle_graph(b), {i: (a + i if i else 0) for i in range(b)})
    )
    laplacian = nx.laplacian_matrix(graph).toarray().astype(float)
    return round(float(np.linalg.det(laplacian[1:, 1:])))


def _colour_path(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    count = n * (n - 1) ** (d - 1)
    return Solution(
        (
            f"The first vertex of the path can have any of the ${n}$ colours.",
            f"Each of the other ${d} - 1 = {d - 1}$ vertices must only differ from the one before, "
            f"which leaves ${n - 1}$ colours.",
            rf"The number of colourings is ${n} \cdot {n - 1}^{{{d - 1}}} = {count}$.",
        ),
        count,
    )


def _colour_cycle(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    count = (n - 1) ** d + (-1) ** d * (n - 1)
    sign = "+" if d % 2 == 0 else "-"
    return Solution(
        (
            r"The chromatic polynomial of a cycle with $i$ vertices is $(x - 1)^i + (-1)^i (x - 1)$.",
            f"With ${d}$ vertices and ${n}$ colours its value is ${n - 1}^{{{d}}} {sign} {n - 1}$.",
            f"The number of colourings is ${(n - 1) ** d} {sign} {n - 1} = {count}$.",
        ),
        count,
    )


def _colour_cycle_check(params: Params) -> int:
    """Closed walks of length d in the complete graph on the colours: the trace of a power."""
    n = params["n"]
    return int(
        np.trace(np.linalg.matrix_power(np.ones((n, n), dtype=np.int64) - np.eye(n, dtype=np.int64), params["d"]))
    )


def _missing_for_circuit(params: Params) -> Solution:
    n, degrees = params["n"], {v: len(near) for v, near in _neighbours(params).items()}
    odd = [v for v, degree in degrees.items() if degree % 2]
    half = len(odd) // 2
    return Solution(
        (
            "A connected graph has an Eulerian circuit exactly if all degrees are even.",
            f"The degrees of the vertices $1$ to ${len(degrees)}$ are ${_list(list(degrees.values()))}$.",
            f"The vertices of odd degree are ${_list(odd)}$, and every added edge can repair two of them, "
            f"so ${len(odd)} / 2 = {half}$ edges have to be added.",
            rf"With ${n}$ for each of them the answer is ${n} \cdot {half} = {n * half}$.",
        ),
        n * half,
    )


def _weights(params: Params, edges: list[tuple[int, int, int]]) -> str:
    return " + ".join(str(edge[2]) for edge in edges)


def _cheapest_network(params: Params) -> Solution:
    n, group = params["n"], {v: v for v in range(1, _vertices(params) + 1)}
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
    n, end = params["n"], _vertices(params)
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    waiting: list[tuple[int, tuple[int, ...]]] = [(0, (1,))]
    lengths = {(u, v): w for u, v, w in params["e"]} | {(v, u): w for u, v, w in params["e"]}
    near = _neighbours(params)
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
    near = _neighbours(params)
    count = sum(len(near[v]) for v in near[1])
    return Solution(
        (
            f"The neighbours of the vertex $1$ are ${_list(near[1])}$.",
            f"Their degrees are ${_list([len(near[v]) for v in near[1]])}$, and each walk of two edges goes on to any "
            f"neighbour.",
            f"The number of walks is "
            f"${' + '.join(str(len(near[v])) for v in near[1])}{f' = {count}' if len(near[1]) > 1 else ''}$.",
        ),
        count,
    )


def _walks_check(params: Params) -> int:
    matrix = nx.to_numpy_array(_network(params), nodelist=list(range(1, _vertices(params) + 1)))
    return int((matrix @ matrix)[0].sum())


def _farthest(params: Params) -> Solution:
    n, reach = params["n"], {v: len(_layers(params, v)) - 1 for v in range(1, _vertices(params) + 1)}
    top = max(reach.values())
    return Solution(
        (
            "For each vertex find the distance, counted in edges, to the vertex that is farthest from it.",
            f"For the vertices $1$ to ${len(reach)}$ these are ${_list(list(reach.values()))}$.",
            f"The largest of them is ${top}$, the diameter.",
            rf"With ${n}$ for each edge, the answer is ${n} \cdot {top} = {n * top}$.",
        ),
        n * top,
    )


def _closeness(params: Params) -> Solution:
    layers = _layers(params, 1)
    others = _vertices(params) - 1
    total = sum(i * len(layer) for i, layer in enumerate(layers))
    value = Fraction(others, total)
    terms = " + ".join(rf"{len(layer)} \cdot {i}" for i, layer in enumerate(layers) if i)
    return Solution(
        (
            "From the vertex $1$ the others lie as follows: "
            + ", ".join(f"${_list(layer)}$ at distance ${i}$" for i, layer in enumerate(layers) if i)
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
            itertools.combinations(range(1, _vertices(params) + 1), k) for k in range(size, _vertices(params))
        )
        if all(u in some or v in some for u, v in edges)
    )
    reason = (
        f"Every edge has an end among the vertices ${_list(list(cover))}$, and each of these can serve only one pair."
        if len(cover) == size
        else f"Trying all sets of ${size + 1}$ edges shows that two of them always share an end."
        if 2 * (size + 1) <= _vertices(params)
        else f"More pairs would need ${2 * (size + 1)}$ vertices, but there are only ${_vertices(params)}$."
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


def _most_components(params: Params) -> Solution:
    n, d = params["n"], params["d"]
    size = next(i for i in range(2, n + 1) if math.comb(i, 2) >= d)
    value = n - size + 1
    return Solution(
        (
            "To have as many components as possible, put all the edges into one component with as few vertices as "
            "possible.",
            rf"With ${size - 1}$ vertices only $\frac{{{size - 1} \cdot {size - 2}}}{{2}} = {math.comb(size - 1, 2)}$ "
            rf"edges fit, with ${size}$ vertices there is room for $\frac{{{size} \cdot {size - 1}}}{{2}} = "
            rf"{math.comb(size, 2)}$.",
            f"The other ${n} - {size} = {n - size}$ vertices stay isolated.",
            f"So there are at most ${n - size} + 1 = {value}$ components.",
        ),
        value,
    )


def _most_components_check(params: Params) -> int:
    graph: nx.Graph[int] = nx.empty_graph(params["n"])
    pairs = sorted(itertools.combinations(range(params["n"]), 2), key=max)
    graph.add_edges_from(pairs[: params["d"]])
    return nx.number_connected_components(graph)


_ROADS = Edges(5, 6, (1, 3), weights=(2, 12))
_LINKS = Edges(6, 7, (1, 3))

FAMILIES = (
    Family(
        name="regular_graph_edges",
        concepts=("vertex degrees", "regular graph"),
        school_level="college",
        slots={"n": Integer(4, 60), "d": Integer(2, 20)},
        wordings=(
            Wording("the number of edges of a graph with $[[n]]$ vertices in which every vertex has degree $[[d]]$"),
            Wording(
                "the number of games in the tournament",
                given="In a tournament with $[[n]]$ players, everybody plays exactly $[[d]]$ games, each against "
                "another player.",
            ),
            Wording(
                "the number of cables",
                given="A network links $[[n]]$ computers by cables, each between two computers. Exactly $[[d]]$ "
                "cables end at each computer.",
            ),
        ),
        solve=_handshakes,
        check=lambda p: (
            nx.circulant_graph(p["n"], list(range(1, p["d"] // 2 + 1))).number_of_edges()
            + (p["n"] // 2 if p["d"] % 2 else 0)
        ),
        where=lambda p: p["d"] < p["n"] and p["n"] * p["d"] % 2 == 0,
    ),
    Family(
        name="missing_edges",
        concepts=("complete graph",),
        school_level="high school",
        slots={"n": Integer(5, 30), "d": Integer(3, 60)},
        wordings=(
            Wording(
                "the number of edges that must be added to a simple graph with $[[n]]$ vertices and $[[d]]$ edges to "
                "make it complete"
            ),
            Wording(
                "the number of pairs of guests who do not know each other",
                given="Among the $[[n]]$ guests of a party there are $[[d]]$ pairs who know each other.",
            ),
            Wording(
                "the number of direct flights that would still have to be set up so that any two towns are directly "
                "connected",
                given="Between $[[n]]$ towns there are $[[d]]$ direct flight connections, each joining two towns, no "
                "two the same pair.",
            ),
        ),
        solve=_complement_edges,
        check=lambda p: nx.complement(nx.gnm_random_graph(p["n"], p["d"], seed=1)).number_of_edges(),
        where=lambda p: p["d"] < math.comb(p["n"], 2),
    ),
    Family(
        name="most_bipartite_edges",
        concepts=("bipartite graph",),
        school_level="college",
        slots={"n": Integer(4, 60)},
        wordings=(
            Wording("the greatest number of edges of a simple bipartite graph with $[[n]]$ vertices"),
            Wording(
                "the largest possible number of games",
                given="A club of $[[n]]$ players is divided into two teams in any way. Games are played only between "
                "members of different teams, and no two players meet twice.",
            ),
            Wording("the greatest number of edges of a simple graph with $[[n]]$ vertices that contains no triangle"),
        ),
        solve=_bipartite_edges,
        check=lambda p: nx.turan_graph(p["n"], 2).number_of_edges(),
    ),
    Family(
        name="forest_edges",
        concepts=("graph trees", "connected components"),
        school_level="college",
        slots={"n": Integer(6, 80), "c": Integer(2, 30)},
        wordings=(
            Wording("the number of edges of a forest with $[[n]]$ vertices and $[[c]]$ connected components"),
            Wording(
                "the number of pipes",
                given="Pipes join $[[n]]$ wells so that the wells form $[[c]]$ separate systems. Within a system "
                "there is exactly one way along the pipes from any well to any other.",
            ),
            Wording(
                "the number of direct lines",
                given="A company links its $[[n]]$ offices by direct lines and avoids closed loops. The offices fall "
                "into $[[c]]$ groups without any line between different groups, while within a group every "
                "office can be reached from every other one.",
            ),
        ),
        solve=_forest,
        check=lambda p: nx.disjoint_union(
            nx.path_graph(p["n"] - p["c"] + 1), nx.empty_graph(p["c"] - 1)
        ).number_of_edges(),
        where=lambda p: p["c"] < p["n"],
    ),
    Family(
        name="leaves_of_tree",
        concepts=("graph trees", "vertex degrees"),
        school_level="competition",
        slots={"a": Integer(2, 30), "b": Integer(2, 20)},
        wordings=(
            Wording(
                "the number of leaves of a tree with $[[a]]$ vertices of degree $3$, $[[b]]$ vertices of degree $4$ "
                "and no other inner vertices"
            ),
            Wording(
                "the number of dead ends",
                given="The paths of a maze form a tree. In it there are $[[a]]$ crossings where three paths meet and "
                "$[[b]]$ crossings where four paths meet; all the other ends of paths are dead ends.",
            ),
            Wording(
                "the number of hydrogen atoms",
                given="A molecule has the shape of a tree. It consists of $[[a]]$ nitrogen atoms with three bonds "
                "each, $[[b]]$ carbon atoms with four bonds each, and hydrogen atoms with one bond each. All "
                "bonds are single.",
            ),
        ),
        solve=_leaves,
        check=_leaves_check,
    ),
    Family(
        name="faces_of_plane_graph",
        concepts=("euler's formula", "planar graph"),
        school_level="college",
        slots={"n": Integer(4, 30), "d": Integer(5, 80)},
        wordings=(
            Wording(
                "the number of faces, the outer one included, of a connected planar graph with $[[n]]$ vertices and "
                "$[[d]]$ edges, drawn without crossings"
            ),
            Wording(
                "the number of regions, including the region outside of all roads",
                given="On a map, $[[n]]$ junctions are joined by $[[d]]$ roads that meet only at junctions. From "
                "every junction each other junction can be reached.",
            ),
            Wording("the number of faces of a convex polyhedron with $[[n]]$ corners and $[[d]]$ edges"),
        ),
        solve=_faces,
        check=_faces_check,
        where=lambda p: 3 * p["n"] <= 2 * p["d"] and p["d"] <= 3 * p["n"] - 6,
    ),
    Family(
        name="bipartite_spanning_trees",
        concepts=("spanning tree", "bipartite graph"),
        school_level="graduate",
        slots={"a": Integer(2, 15), "b": Integer(2, 3)},
        wordings=(
            Wording(
                "the number of spanning trees of the complete bipartite graph with sides of $[[a]]$ and $[[b]]$ "
                "vertices"
            ),
            Wording(
                "the number of different networks",
                given="Each of $[[a]]$ offices may be cabled to each of $[[b]]$ servers, but not to another office, "
                "and servers are not cabled together. A network connects everything and contains no loop.",
            ),
            Wording(
                "the number of ways to keep just enough of the bridges",
                given="Every one of the $[[a]]$ houses on the left bank is joined by a bridge to every one of the "
                "$[[b]]$ houses on the right bank. Bridges are removed until all houses are still connected but "
                "no further bridge can go.",
            ),
        ),
        solve=_cayley,
        check=_cayley_check,
        where=lambda p: p["a"] ** (p["b"] - 1) * p["b"] ** (p["a"] - 1) < 500_000,
    ),
    Family(
        name="two_cycles_spanning_trees",
        concepts=("spanning tree", "graph trees"),
        school_level="college",
        slots={"a": Integer(3, 30), "b": Integer(3, 20)},
        wordings=(
            Wording(
                "the number of spanning trees of a graph made of a cycle with $[[a]]$ edges and a cycle with $[[b]]$ "
                "edges that have exactly one vertex in common"
            ),
            Wording(
                "the number of ways to close two sections so that every stop can still be reached",
                given="Two circular tram lines meet in a single common stop. One of them has $[[a]]$ sections and "
                "the other one $[[b]]$ sections between neighbouring stops.",
            ),
            Wording(
                "the number of ways in which two edges can be deleted without disconnecting the graph",
                given="A graph has the shape of a figure eight: loops of $[[a]]$ and of $[[b]]$ edges share one "
                "vertex.",
            ),
        ),
        solve=_cycle_trees,
        check=_cycle_trees_check,
    ),
    Family(
        name="path_colourings",
        concepts=("graph coloring", "chromatic polynomial"),
        school_level="college",
        slots={"n": Integer(3, 20), "d": Integer(3, 5)},
        wordings=(
            Wording("the number of proper colourings of a path with $[[d]]$ vertices in at most $[[n]]$ colours"),
            Wording(
                "the number of ways to paint the houses",
                given="In a row of $[[d]]$ houses every house is painted in one of $[[n]]$ colours, and neighbouring "
                "houses must have different colours.",
            ),
            Wording(
                "the number of possible plans",
                given="For each of $[[d]]$ successive days one of $[[n]]$ menus is chosen. No menu is served on two "
                "days running.",
            ),
        ),
        solve=_colour_path,
        check=lambda p: int(
            np.linalg.matrix_power(1 - np.eye(p["n"], dtype=np.int64), p["d"] - 1).astype(np.int64).sum()
        ),
        where=lambda p: p["n"] * (p["n"] - 1) ** (p["d"] - 1) < 500_000,
    ),
    Family(
        name="cycle_colourings",
        concepts=("chromatic polynomial", "graph coloring"),
        school_level="college",
        slots={"n": Integer(3, 20), "d": Integer(3, 6)},
        wordings=(
            Wording(
                "the number of proper vertex colourings of a cycle with $[[d]]$ vertices in at most $[[n]]$ colours"
            ),
            Wording(
                "the number of ways to choose the flowers",
                given="Around a fountain lie $[[d]]$ numbered flower beds in a ring. Each is planted with one of "
                "$[[n]]$ kinds of flowers, and neighbouring beds get different kinds.",
            ),
            Wording("the value at $x = [[n]]$ of the chromatic polynomial of the cycle on $[[d]]$ vertices"),
        ),
        solve=_colour_cycle,
        check=_colour_cycle_check,
        where=lambda p: (p["n"] - 1) ** p["d"] < 500_000,
    ),
    Family(
        name="edges_for_euler_circuit",
        concepts=("eulerian circuit", "vertex degrees"),
        school_level="college",
        slots={"e": Edges(6, 8, (1, 4)), "n": Integer(2, 30)},
        wordings=(
            Wording(
                "the product of $[[n]]$ and the least number of edges, possibly parallel to others, whose addition "
                "gives the graph an Eulerian circuit",
                given="A graph has the edges $[[e]]$.",
            ),
            Wording(
                "the least cost, in thousands of euros, of new roads that make it possible to drive along every road "
                "exactly once and return to the start",
                given="Roads run between the villages of an island: $[[e]]$. A new road can be built between any "
                "two villages, even if there is one already, and costs $[[n]]$ thousand euros.",
            ),
            Wording(
                "the smallest total length, in metres, of the additional bridges",
                given="In a rope park the platforms are joined by the bridges $[[e]]$. Additional bridges, each "
                "$[[n]]$ metres long, are to make a tour possible that uses every bridge exactly once and ends "
                "where it began.",
            ),
        ),
        solve=_missing_for_circuit,
        check=lambda p: p["n"] * sum(degree % 2 for _, degree in _network(p).degree()) / 2,
        where=lambda p: sum(len(near) % 2 for near in _neighbours(p).values()) >= 4,
    ),
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
        check=lambda p: p["n"] * int(nx.dijkstra_path_length(_weighted(p), 1, _vertices(p))),
        where=lambda p: len(_layers(p, 1)[1]) > 1 and _vertices(p) not in _layers(p, 1)[1],
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
        check=lambda p: p["n"] * nx.diameter(_network(p)),
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
        check=lambda p: float(nx.closeness_centrality(_network(p))[1]),
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
        check=lambda p: p["n"] * len(nx.max_weight_matching(_network(p), maxcardinality=True)),
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
    Family(
        name="most_components",
        concepts=("connected components", "complete graph"),
        school_level="competition",
        slots={"n": Integer(6, 40), "d": Integer(2, 60)},
        wordings=(
            Wording(
                "the greatest possible number of connected components of a simple graph with $[[n]]$ vertices "
                "and $[[d]]$ edges"
            ),
            Wording(
                "the largest number of separate groups into which the pupils can fall",
                given="In a year group of $[[n]]$ pupils there are $[[d]]$ pairs of friends. Two pupils belong to "
                "the same group if they are linked by a chain of friendships.",
            ),
            Wording(
                "the greatest number of networks that may remain without a connection between them",
                given="Among $[[n]]$ computers, $[[d]]$ different pairs are linked directly. A computer without any "
                "link counts as a network of its own.",
            ),
        ),
        solve=_most_components,
        check=_most_components_check,
        where=lambda p: p["d"] < math.comb(p["n"] - 1, 2),
    ),
)
