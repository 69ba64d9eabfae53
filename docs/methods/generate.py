#!/usr/bin/env python3
"""Writes the page of every method in this folder, from the comment at the head of its source and `reconcile describe`.

    generate.py [--program build/tools/reconcile/reconcile] [--check]     --check compares and fails if a page is stale
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
HEADINGS = re.compile(r"(?:^|(?<=\. ))(?=(?:Reduction|Cost|Fallbacks|Paper|Differs)[^.:]*:)", re.M)
MARK = "<!-- made by docs/methods/generate.py; edit the source -->\n"


def head_comment(kind, name):
    """The lines of the `///` comment that begins a method's source."""
    lines = []
    for line in (ROOT / "src" / "reconcile" / f"{kind}s" / f"{name}.cc").read_text().splitlines():
        if not line.startswith("///"):
            return lines
        lines.append(line[4:])


def blocks(lines):
    """Runs of text and of indented formulas, as (is_formula, lines)."""
    result = []
    for line in lines:
        formula = line.startswith("  ")
        if not result or result[-1][0] != formula:
            result.append((formula, []))
        result[-1][1].append(line)
    return result


def body(lines):
    """The comment as Markdown: formulas as code, each heading of the house style as a paragraph of its own."""
    parts = []
    for formula, run in blocks(lines):
        if formula:
            parts.append("```\n" + "\n".join(line[2:] for line in run) + "\n```")
            continue
        for paragraph in HEADINGS.split("\n".join(run)):
            text = re.sub(r"^(Reduction|Cost|Fallbacks|Paper|Differs)([^.:]*):", r"**\1\2:**", paragraph.strip())
            if text:
                parts.append(text.replace("<", "&lt;"))
    return "\n\n".join(parts) + "\n"


def options(rows):
    if not rows:
        return "No options.\n"
    lines = ["| option | default | rule | what it does |", "|---|---|---|---|"]
    for row in rows:
        cells = [f"`{row['name']}`", f"`{json.dumps(row['default'])}`", row["rule"], row["help"]]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def page(entry):
    text = f"{MARK}# {entry['name']}\n\n{entry['title']}. {entry['kind'].capitalize()}; {entry['reference']}.\n\n"
    if entry["kind"] == "composition":
        parts = [f"[`{entry[half]}`](../{half}s/{entry[half]}.md)" for half in ("scalarizer", "aggregator")]
        return text + " + ".join(parts) + ". Options are the aggregator's.\n\n" + options(entry["options"])
    laws = ", ".join(entry["laws"]) or "none of those that are tested"
    text += body(head_comment(entry["kind"], entry["name"]))
    return text + f"\n**Laws:** {laws}.{' Draws random numbers.' if entry['random'] else ''}\n\n" + options(entry["options"])


def table(entries, kind):
    entries = [entry for entry in entries if entry["kind"] == kind]
    laws = sorted({law for entry in entries for law in entry["laws"]})
    lines = [f"| {kind} | | reduction | {' | '.join(laws)} | random |", "|---|---|---|" + ":-:|" * (len(laws) + 1)]
    for entry in entries:
        cells = [f"[`{entry['name']}`]({kind}s/{entry['name']}.md)", entry["title"], entry["reduction"]]
        cells += ["yes" if law in entry["laws"] else "" for law in laws] + ["yes" if entry["random"] else ""]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def pages(entries):
    """{path: text} of everything in this folder."""
    methods = [entry for entry in entries if entry["kind"] in ("scalarizer", "aggregator", "composition")]
    result = {HERE / f"{entry['kind']}s" / f"{entry['name']}.md": page(entry) for entry in methods}
    introduction = (HERE / "introduction.md").read_text()
    links = ", ".join(f"[`{e['name']}`](compositions/{e['name']}.md)" for e in methods if e["kind"] == "composition")
    result[HERE / "README.md"] = "\n".join(
        [MARK + introduction, table(methods, "scalarizer"), table(methods, "aggregator"), f"Published pairs: {links}.\n"])
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build/tools/reconcile/reconcile"))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    output = subprocess.run([arguments.program, "describe", "--json"], check=True, capture_output=True, text=True)
    wanted = pages(json.loads(output.stdout))
    present = {path for path in HERE.rglob("*.md") if path.name != "introduction.md"}
    stale = [path for path, text in wanted.items() if path not in present or path.read_text() != text]
    stale += sorted(present - set(wanted))
    if arguments.check:
        print("\n".join(f"{path.relative_to(ROOT)}: stale; run docs/methods/generate.py" for path in stale))
        sys.exit(1 if stale else 0)
    for path in present - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    print(f"{len(wanted)} pages, {len(stale)} changed")


if __name__ == "__main__":
    main()
