#!/usr/bin/env python3
"""Writes the pages of methods/ and options/, from `reconcile describe` and the comment at the head of a method's source.

    generate.py [--program build/tools/reconcile/reconcile] [--check]     --check compares and fails if a page is stale
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent
ROOT = DOCS.parent
METHODS = DOCS / "methods"
OPTIONS = DOCS / "options"
HEADINGS = re.compile(r"(?:^|(?<=\. ))(?=(?:Reduction|Cost|Fallbacks|Paper|Differs)[^.:]*:)", re.M)
MARK = "<!-- made by docs/generate.py; edit the source -->\n"


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


def method_pages(entries):
    methods = [entry for entry in entries if entry["kind"] in ("scalarizer", "aggregator", "composition")]
    result = {METHODS / f"{entry['kind']}s" / f"{entry['name']}.md": page(entry) for entry in methods}
    introduction = (METHODS / "introduction.md").read_text()
    links = ", ".join(f"[`{e['name']}`](compositions/{e['name']}.md)" for e in methods if e["kind"] == "composition")
    result[METHODS / "README.md"] = "\n".join(
        [MARK + introduction, table(methods, "scalarizer"), table(methods, "aggregator"), f"Published pairs: {links}.\n"])
    return result


def option_pages(entries):
    """A page for each kind of thing that an experiment file names, and one for its sections."""
    result = {}
    rows = ["| page | what it lists |", "|---|---|"]
    for kind in dict.fromkeys(entry["kind"] for entry in entries):
        if kind in ("scalarizer", "aggregator", "composition"):
            continue
        entries_of_kind = [entry for entry in entries if entry["kind"] == kind]
        parts = [f"{MARK}# {kind.capitalize()}s\n"]
        for entry in entries_of_kind:
            source = f" ({entry['reference']})" if entry["reference"] else ""
            parts.append(f"## {entry['name']}\n\n{entry['title'].replace('<', '&lt;')}{source}.\n\n{options(entry['options'])}")
        result[OPTIONS / f"{kind}s.md"] = "\n".join(parts)
        names = [f"`{entry['name']}`" for entry in entries_of_kind]
        rows.append(f"| [{kind}s]({kind}s.md) | {', '.join(names)} |")
    introduction = "# Options\n\nEvery key of an experiment file, and the options of everything that it names. The same from the " \
        "program: `reconcile describe NAME`.\nMethods have [pages of their own](../methods/README.md).\n\n"
    result[OPTIONS / "README.md"] = MARK + introduction + "\n".join(rows) + "\n"
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build/tools/reconcile/reconcile"))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    output = subprocess.run([arguments.program, "describe", "--json"], check=True, capture_output=True, text=True)
    entries = json.loads(output.stdout)
    wanted = method_pages(entries) | option_pages(entries)
    present = {path for folder in (METHODS, OPTIONS) for path in folder.rglob("*.md") if path.name != "introduction.md"}
    stale = [path for path, text in wanted.items() if path not in present or path.read_text() != text]
    stale += sorted(present - set(wanted))
    if arguments.check:
        print("\n".join(f"{path.relative_to(ROOT)}: stale; run docs/generate.py" for path in stale))
        sys.exit(1 if stale else 0)
    for path in present - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    print(f"{len(wanted)} pages, {len(stale)} changed")


if __name__ == "__main__":
    main()
