#!/usr/bin/env python3
"""Fills the tables and plots of docs/results/performance.md from the records that the suites wrote.

    bench/page.py [RESULTS, default build/bench/results] [PAGE, default docs/results/performance.md]

What stands between `<!-- measured: NAME -->` and `<!-- end -->` is replaced by what the function of that name in
bench/page_parts.py makes of the records; a part without records says which command is missing. What `--small` measured
is left out. Plots are written beside the page.
"""
import pathlib
import re
import sys

import page_parts
import results

ROOT = pathlib.Path(__file__).resolve().parent.parent
PART = re.compile(r"(<!-- measured: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(page, records):
    """The page with all parts made anew, and {file name: drawing}."""
    plots = {}
    by_case = {}
    for record in records:
        by_case.setdefault((record["suite"], record["case"]), []).append(record)

    def replace(match):
        name = match[2]
        if name not in page_parts.PARTS:
            raise SystemExit(f"bench/page.py: no part \"{name}\": {', '.join(page_parts.PARTS)}")
        needs, make = page_parts.PARTS[name]
        missing = [need for need in needs if need not in by_case]
        if missing:
            commands = ", ".join(f"`script/bench {suite} --case {case}`" for suite, case in missing)
            return f"{match[1]}Not measured yet: {commands}.\n{match[3]}"
        made, drawn = make(*(by_case[need] for need in needs))
        plots.update(drawn)
        return f"{match[1]}{made}{match[3]}"

    return PART.sub(replace, page), plots


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/bench/results"
    path = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs/results/performance.md"
    page, plots = fill(path.read_text(), [record for record in results.read(folder) if not record["small"]])
    path.write_text(page)
    for name, drawing in plots.items():
        (path.parent / name).write_text(drawing)
    print(f"{path}: {page.count('Not measured yet')} parts not measured, {len(plots)} plots")


if __name__ == "__main__":
    main()
