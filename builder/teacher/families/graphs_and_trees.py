"""Graphs: degrees, trees, planarity, coloring and spanning trees."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np

from ..family import Family, Params, Solution, Topic, Wording
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
)


def network(params: Params) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from((edge[0], edge[1]) for edge in params["e"])
    return graph


def last_vertex(params: Params) -> int:
    return int(max(edge[1] for edge in params["e"]))


def neighbours_of(params: Params) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {v: [] for v in range(1, last_vertex(params) + 1)}
    for u, v, *_ in params["e"]:
        found[u].append(v)
        found[v].append(u)
    return found


def joined(values: list[int]) -> str:
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
    n, degrees = params["n"], {v: len(near) for v, near in neighbours_of(params).items()}
    odd = [v for v, degree in degrees.items() if degree % 2]
    half = len(odd) // 2
    return Solution(
        (
            "A connected graph has an Eulerian circuit exactly if all degrees are even.",
            f"The degrees of the vertices $1$ to ${len(degrees)}$ are ${joined(list(degrees.values()))}$.",
            f"The vertices of odd degree are ${joined(odd)}$, and every added edge can repair two of them, "
            f"so ${len(odd)} / 2 = {half}$ edges have to be added.",
            rf"With ${n}$ for each of them the answer is ${n} \cdot {half} = {n * half}$.",
        ),
        n * half,
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
        check=lambda p: p["n"] * sum(degree % 2 for _, degree in network(p).degree()) / 2,
        where=lambda p: sum(len(near) % 2 for near in neighbours_of(p).values()) >= 4,
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
