"""The tables of QUALITY.md, each a list of lines of Markdown, from the rows of `run`."""

import csv
import json

import cases
import pictures
from figures import areaUnderCurve, interval, mean, ranks, spearman

default = cases.methods[0]
numbers = ["seconds", "peak_mb", "dsc", "bdsc", "hd95", "surface_outside", "surface_inside", "rim_outside",
           "rim_inside", "implant_mm3", "truth_mm3", "confidence", "self_dsc", "self_outside", "self_inside"]
titles = {"population": "population, unseen", "randomized": "randomized, unseen", "analytic": "analytic skulls",
          "ct": "sample CT, carved", "skullbreak": "SkullBreak 001, carved",
          "skullbreak-turned": "SkullBreak 001, carved, cut, turned, 2.4 mm slices"}
cranial = [kind for kind in cases.kinds if kind not in ("facial", "frontoorbital")]


def read(path):
    with open(path, newline="") as file:
        about = json.loads(file.readline()[2:])
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update({name: float(row[name]) if row[name] else None for name in numbers})
    return about, rows


def chosen(rows, **wanted):
    return [row for row in rows if all(row[name] in (value if isinstance(value, list) else [value])
                                       for name, value in wanted.items())]


def groups(rows, column):
    """The values of a column by skull."""
    found = {}
    for row in rows:
        if row[column] is not None:
            found.setdefault((row["set"], row["skull"]), []).append(row[column])
    return list(found.values())


def text(value, digits):
    # .87 for what lies from 0 to 1, as in RESULTS.md.
    said = f"{value:.{digits}f}"
    return said.removeprefix("0") if digits > 2 else said


def cell(rows, column, digits=3, isWithInterval=True):
    """Mean and interval of what has a value."""
    parts = groups(rows, column)
    values = [value for part in parts for value in part]
    if not values:
        return "–"
    bounds = interval(parts) if isWithInterval else None
    said = text(mean(values), digits)
    return said + (f" ({text(bounds[0], digits)} to {text(bounds[1], digits)})" if bounds else "")


def least(rows):
    return text(min(row["dsc"] for row in rows), 3)


def distance(rows, isWithInterval=True):
    missing = sum(row["hd95"] is None for row in rows)
    return cell(rows, "hd95", 2, isWithInterval) + (f", {missing} without" if missing else "")


def pair(rows, column):
    return " / ".join(cell(rows, f"{column}_{side}", 2, False) for side in ("outside", "inside"))


def median(values):
    return sorted(values)[(len(values) - 1) // 2]


def table(header, lines):
    return ["| " + " | ".join(header) + " |", "|" + "---|" * len(header),
            *("| " + " | ".join(map(str, line)) + " |" for line in lines), ""]


def costs(rows):
    seconds = [row["seconds"] for row in rows]
    return [f"{median(seconds):.1f} ({max(seconds):.1f})", f"{max(row['peak_mb'] for row in rows):.0f}"]


def isReached(value, bound, isLeast=True):
    return "–" if value is None else "yes" if (value >= bound if isLeast else value <= bound) else "**no**"


def asked(scored):
    """What was asked, and what the default reached."""
    lines = []

    def line(what, bound, rows, column, isLeast=True, digits=3, of=mean, said="mean"):
        values = [row[column] for row in rows if row[column] is not None]
        if values:
            value = of(values)
            # A distance of nothing is none: no mean of the others makes up for that.
            missing = len(rows) - len(values) if column == "hd95" else 0
            lines.append([what, f"{'≥' if isLeast else '≤'} {bound:g}".replace(" 0.", " ."),
                          text(value, digits) + (f", {missing} without" if missing else ""),
                          "**no**" if missing else isReached(value, bound, isLeast)])
    own = chosen(scored, method=default)
    people = chosen(own, set="population")
    vault = chosen(people, kind=cranial)
    line("population, cranial kinds, mean DSC", 0.90, vault, "dsc")
    line("population, cranial kinds, mean bDSC", 0.92, vault, "bdsc")
    line("population, cranial kinds, mean HD95, mm", 1.8, vault, "hd95", False, 2)
    line("population, frontoorbital, mean DSC", 0.85, chosen(people, kind="frontoorbital"), "dsc")
    line("population, facial, mean DSC", 0.80, chosen(people, kind="facial"), "dsc")
    for name in ("randomized", "analytic"):
        for kinds, what, bound in [(cranial, "cranial kinds", 0.90), (["frontoorbital"], "frontoorbital", 0.85),
                                   (["facial"], "facial", 0.80)]:
            line(f"{name}, {what}, mean DSC (.04 less)", bound - 0.04, chosen(own, set=name, kind=kinds), "dsc")
    for name in cases.carved:
        rows = chosen(own, set=name)
        line(f"{titles[name]}: mean DSC", 0.88, rows, "dsc")
        line(f"{titles[name]}: least DSC", 0.75, rows, "dsc", of=min)
        line(f"{titles[name]}: mean HD95, mm", 2.5, rows, "hd95", False, 2)
    for side in ("outside", "inside"):
        line(f"rim step {side}, all cases, median, mm (true pieces read 0.2 to 0.4)", 0.3, own, f"rim_{side}", False, 2,
             median)
    for what, rows in [("below .6 that are warned of", [row for row in own if row["dsc"] < 0.6]),
                       ("above .85 that are not", [row for row in own if row["dsc"] > 0.85])]:
        right = sum((row["warned"] == "yes") == (row["dsc"] < 0.6) for row in rows)
        if rows:
            lines.append([f"cases {what}", "all", f"{right} of {len(rows)}", "yes" if right == len(rows) else "**no**"])
    stated = [(row["confidence"], row["dsc"]) for row in scored if row["confidence"] is not None]
    for what, bound, value in [("confidence and DSC, rank correlation, all methods", 0.7, spearman(stated)),
                               ("DSC < .75 told by confidence, area under the curve", 0.9,
                                areaUnderCurve([(a, b < 0.75) for a, b in stated]))]:
        if value is not None:
            lines.append([what, f"≥ {bound:g}".replace(" 0.", " ."), text(value, 3), isReached(value, bound)])
    return table(["asked, of the default", "asked", "reached", ""], lines)


def ranking(scored, methods, sets):
    """Ranks as the challenge gives them: of the mean of each metric, and of each case; less is better."""
    lines = []
    metrics = [("dsc", -1), ("bdsc", -1), ("hd95", 1)]
    for name in sets:
        rows = chosen(scored, set=name)
        by = {(row["method"], row["skull"], row["kind"]): row for row in rows}
        keys = sorted({(row["skull"], row["kind"]) for row in rows})
        keys = [key for key in keys if all((method, *key) in by for method in methods)]
        if not keys:
            continue

        def worth(method, key, metric, sign):
            value = by[(method, *key)][metric]
            return 1e6 if value is None else sign * value  # nothing found is the worst
        each, means = {method: [] for method in methods}, {method: [] for method in methods}
        for metric, sign in metrics:
            for key in keys:
                for method, rank in zip(methods, ranks([worth(m, key, metric, sign) for m in methods])):
                    each[method].append(rank)
            # Where nothing is found, the distance counts as a metre.
            whole = [mean([min(worth(m, key, metric, sign), 1e3) for key in keys]) for m in methods]
            for method, rank in zip(methods, ranks(whole)):
                means[method].append(rank)
        lines.append([titles[name], len(keys), *(f"{mean(means[m]):.2f}, {mean(each[m]):.2f}" for m in methods)])
    return table(["set", "cases", *methods], lines)


def confidences(scored, methods):
    lines = []
    for method in [*methods, None]:
        rows = [row for row in scored if row["confidence"] is not None and method in (None, row["method"])]
        pairs = [(row["confidence"], row["dsc"]) for row in rows]
        bad = [row for row in rows if row["dsc"] < 0.75]
        area = areaUnderCurve([(a, b < 0.75) for a, b in pairs])
        rho = spearman(pairs)
        lines.append([method or "**all**", len(rows), "–" if rho is None else text(rho, 3), len(bad),
                      "–" if area is None else text(area, 3), sum(row["warned"] == "yes" for row in bad),
                      sum(row["warned"] == "yes" for row in rows) - sum(row["warned"] == "yes" for row in bad)])
    out = table(["method", "cases", "rank correlation", "DSC < .75", "area under the curve", "of them warned of",
                 "others warned of"], lines)
    own = [row for row in chosen(scored, method=default) if row["confidence"] is not None]
    lines = []
    for low, high in [(0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)]:
        rows = [row for row in own if low <= row["confidence"] < high]
        if rows:
            lines.append([f"{low:g} to {min(high, 1):g}", len(rows), cell(rows, "confidence", 3, False),
                          cell(rows, "dsc"), least(rows)])
    return out + ["The default, by what it states:", "", *table(["confidence", "cases", "mean confidence", "mean DSC",
                                                                 "least"], lines)]


def selfTests(scored, rows, folder, beside):
    """What --self-test states against the truth."""
    true = {(row["set"], row["skull"], row["kind"]): row for row in chosen(scored, method=default)}
    tested = [(row, true[key]) for row in chosen(rows, method="self-test")
              if (key := (row["set"], row["skull"], row["kind"])) in true and row["self_dsc"] is not None]
    if not tested:
        return ["Not measured in this run.", ""]
    lines, out = [], []
    for what, own, column, limit, digits in [
            ("1 − DSC", "self_dsc", "dsc", 0.5, 3), ("outside, mm", "self_outside", "surface_outside", 5, 2),
            ("inside, mm", "self_inside", "surface_inside", 5, 2)]:
        def error(row, name):
            return 1 - row[name] if "dsc" in name else row[name]
        both = [(error(a, own), error(b, column), a["set"]) for a, b in tested
                if a[own] is not None and b[column] is not None]
        if not both:
            continue
        rho = spearman([pair[:2] for pair in both])
        lines.append([what, len(both), text(median([a for a, _, _ in both]), digits),
                      text(median([b for _, b, _ in both]), digits),
                      text(median([abs(a - b) for a, b, _ in both]), digits), "–" if rho is None else text(rho, 3)])
        file = f"self-test-{own.removeprefix('self_')}.svg"
        sets = {}
        for a, b, name in both:
            sets.setdefault(name, []).append((a, b))
        pictures.scatter(f"{folder}/{file}", sets, f"stated by --self-test: {what}", f"true: {what}", limit)
        out += [f"![Error stated by the self-test and true error: {what}]({beside}/{file})", ""]
    missing = len(chosen(rows, method="self-test")) - len(tested)
    header = ["error", "cases", "stated, median", "true, median", "difference, median", "rank correlation"]
    said = [f"In {missing} cases there was no place for a hole to try.", ""] if missing else []
    return table(header, lines) + said + out


def methodScores(scored, name, methods):
    lines = []
    for method in methods:
        rows = chosen(scored, set=name, method=method)
        if rows:
            lines.append([method, cell(rows, "dsc"), least(rows), cell(rows, "bdsc"), distance(rows),
                          pair(rows, "surface"), pair(rows, "rim"), *costs(rows)])
    return table(["method", "DSC", "least", "bDSC", "HD95, mm", "surface", "rim", "s", "MB"], lines)


def kindScores(scored, name, methods):
    lines = []
    for kind in sorted({row["kind"] for row in chosen(scored, set=name)}):
        rows = chosen(scored, set=name, kind=kind)
        own = chosen(rows, method=default)
        if own:
            others = [cell(chosen(rows, method=method), "dsc", 3, False) for method in methods[1:]]
            lines.append([kind, len(own), cell(own, "dsc"), least(own), cell(own, "bdsc"), distance(own), *others])
    return table(["kind", "cases", f"{default}: DSC", "least", "bDSC", "HD95, mm", *methods[1:]], lines)


def uncarved(rows, sets, methods):
    """What each method adds to the carved skulls as they are, in cm³; empty where none was carved."""
    lines = []
    for name in sets:
        own = {row["method"]: row["implant_mm3"] / 1000 for row in chosen(rows, set=name, kind="uncarved")}
        if own:
            lines.append([titles[name], *(f"{own[method]:.1f}" if method in own else "–" for method in methods)])
    return table(["set", *methods], lines) if lines else []


def failures(rows):
    return [f"- {row['method']}, {row['set']}, {row['kind']}, skull {row['skull']}: exit code {row['exit']}"
            for row in rows if row["exit"] != "0"] or ["None."]
