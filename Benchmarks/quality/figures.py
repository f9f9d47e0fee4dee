"""Intervals, ranks and agreement of scores, without anything but the standard library."""

import random

draws = 1000


def mean(values):
    return sum(values) / len(values)


def interval(groups, of=mean):
    """The 95 % bootstrap interval of a figure of all values: groups (the cases of one skull) are drawn anew, or, where
    there are fewer than four, the values themselves."""
    values = [value for group in groups for value in group]
    if len(values) < 4:
        return None
    units = groups if len(groups) >= 4 else [[value] for value in values]
    source = random.Random(1)
    found = sorted(of([value for _ in units for value in units[source.randrange(len(units))]]) for _ in range(draws))
    return found[round(0.025 * (draws - 1))], found[round(0.975 * (draws - 1))]


def ranks(values):
    """1 for the least; equal ones share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found, i = [0.0] * len(values), 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            found[order[k]] = (i + j) / 2 + 1
        i = j + 1
    return found


def spearman(pairs):
    """The rank correlation; None where one side does not vary."""
    if len(pairs) < 3:
        return None
    a, b = (ranks(side) for side in zip(*pairs))
    centre = (len(pairs) + 1) / 2
    spread = [sum((x - centre) ** 2 for x in side) for side in (a, b)]
    if not all(spread):
        return None
    return sum((x - centre) * (y - centre) for x, y in zip(a, b)) / (spread[0] * spread[1]) ** 0.5


def areaUnderCurve(pairs):
    """How often a bad case has less confidence than a good one, of (confidence, is bad); None without both."""
    bad = sum(isBad for _, isBad in pairs)
    if not 0 < bad < len(pairs):
        return None
    order = ranks([-confidence for confidence, _ in pairs])
    total = sum(rank for rank, (_, isBad) in zip(order, pairs) if isBad)
    return (total - bad * (bad + 1) / 2) / (bad * (len(pairs) - bad))
