"""Explorer of unit 01: choose the order, drop parents, watch the graph, the table sizes and the KL divergence."""

from itertools import combinations, permutations

import matplotlib.pyplot as plt
from ipywidgets import Checkbox, Dropdown, Layout

from gmlib import _arguments, plotting
from gmlib.autoregressive import bayes_net
from gmlib.explore import explorer


def graph_parents(ordering, dropped=()):
    """The parents of each variable: all that come before it in `ordering`, without the pairs in `dropped`.

    dropped: pairs (a, b) of variables, in either direction, whose arrow is gone.
    """
    gone = {frozenset(pair) for pair in dropped}
    full = bayes_net.parents(ordering)
    return [[j for j in listed if frozenset((i, j)) not in gone] for i, listed in enumerate(full)]


def draw_chain_rule(joint, ordering, dropped=(), names=None):
    """The graph, the size of each table, and what each variable's dropped parents cost in nats. Returns a Figure.

    joint:    a joint table of 2 to 5 binary variables.
    ordering: from left to right. dropped: pairs of variables without an arrow. names: of the variables.
    """
    n = _arguments.count("joint.dim()", joint.dim(), low=2, high=5)
    ordering = _arguments.ordering("ordering", ordering, n)
    names = names or [f"$x_{{{i + 1}}}$" for i in range(n)]
    kept, full = graph_parents(ordering, dropped), bayes_net.parents(ordering)
    sizes = [2 ** len(kept[i]) for i in ordering]
    lost = [_lost(joint, i, full[i], kept[i]) for i in ordering]
    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(10, 2.6), layout="constrained", width_ratios=(1.5, 1, 1.2)
    )
    plotting.graph(kept, ordering, ax=left, title=f"{sum(map(len, kept))} of {n * (n - 1) // 2} arrows")
    labels = [names[i] for i in ordering]
    for k, label in enumerate(labels):
        left.text(k, 0.24, label, ha="center", va="bottom")
    middle.barh(labels, sizes, color="tab:blue")
    for k, size in enumerate(sizes):
        middle.text(size, k, f" {size}", va="center")
    middle.set(xlim=(0, 1.2 * 2 ** (n - 1)), xlabel="numbers in its table", title=f"stored: {sum(sizes)} of {2**n - 1}")
    right.barh(labels, lost, color="tab:orange")
    for k, nats in enumerate(lost):
        right.text(nats, k, f" {nats:.3f}", va="center")
    right.set(
        xlim=(0, 1.3 * _most(joint)), xlabel="cost of its dropped parents (nats)", title=f"KL = {sum(lost):.3f} nats"
    )
    for ax in (middle, right):
        ax.invert_yaxis()
        ax.spines[["top", "right"]].set_visible(False)
        ax.title.set_fontsize(10)
    return figure


def _lost(joint, i, full, kept):
    gone = [j for j in full if j not in kept]
    return bayes_net.conditional_information(joint, i, gone, kept).item() if gone else 0.0


def _most(joint):
    """The most that one variable can lose, in any order: all its parents, all other variables."""
    n = joint.dim()
    return max(_lost(joint, i, [j for j in range(n) if j != i], []) for i in range(n)) or 1.0


def explore(joint, names=None, dropped=()):
    """Show the explorer for a joint table of 2 to 4 binary variables: a menu of orders, a switch for each arrow.

    names: of the variables. dropped: the pairs that are switched off at the start.
    """
    n = _arguments.count("joint.dim()", joint.dim(), low=2, high=4)
    names = names or [f"x{i + 1}" for i in range(n)]
    pairs = list(combinations(range(n), 2))
    gone = {frozenset(pair) for pair in dropped}
    orders = {", ".join(names[i] for i in order): order for order in permutations(range(n))}
    wide = {"style": {"description_width": "initial"}, "layout": Layout(width="24em")}
    switches = {
        f"arrow_{a}_{b}": Checkbox(frozenset((a, b)) not in gone, description=f"arrow {names[a]} - {names[b]}", **wide)
        for a, b in pairs
    }

    def draw(order, **arrows):
        return draw_chain_rule(joint, list(order), [(a, b) for a, b in pairs if not arrows[f"arrow_{a}_{b}"]], names)

    explorer(draw, order=Dropdown(options=orders, description="order", **wide), **switches)
