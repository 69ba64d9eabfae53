#!/usr/bin/env python3
"""Writes the pages of docs/methods from what the sources and the program say of every method.

    generate.py PROGRAM [--check] [--root ROOT]

PROGRAM is the `reconcile` program. A page is the `///` comment at the head of the method's source, its options, and its row of
`reconcile describe --json`. With --check nothing is written: exit 1 and the name of every page that is not up to date.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

KINDS = {"scalarizer": "scalarizers", "aggregator": "aggregators"}
LABEL = re.compile(r"(Reduction|Cost|Fallbacks|Paper|Differs)\b")


def head_comment(source):
    """Lines of the comment that begins the file, without the slashes."""
    lines = []
    for line in source.read_text().splitlines():
        if not line.startswith("///"):
            break
        lines.append(line[3:].removeprefix(" "))
    return lines


def escaped(text):
    """Text whose special characters outside of `code` Markdown leaves alone."""
    return re.sub(r"(`[^`]*`)|([*_|<>\[\]])", lambda match: match[1] or "\\" + match[2], text)


def blocks(lines):
    """(kind, lines) of a comment: kind is text, formula or label."""
    found = []
    for line in lines:
        kind = "formula" if line.startswith("  ") else "label" if LABEL.match(line) else "text"
        goes_on = found and (kind == found[-1][0] != "label" or kind == "text" and found[-1][0] == "label")
        if goes_on:
            found[-1][1].append(line)
        else:
            found.append((kind, [line]))
    return found


def markdown(lines):
    """The comment as Markdown: sentences, formulas as code, labels as a list."""
    parts = []
    for kind, block in blocks(lines):
        if kind == "formula":
            parts.append("```\n" + "\n".join(line[2:] for line in block) + "\n```")
        elif kind == "label":
            text = escaped(" ".join(block))
            parts.append("- " + LABEL.sub(r"**\1**", text, count=1))
        else:
            parts.append(escaped(" ".join(block)))
    return re.sub(r"(\n- [^\n]*)\n(?=\n- )", r"\1", "\n" + "\n\n".join(parts)).strip()


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def options_table(entry):
    rows = [[f"`{option['name']}`", f"`{json.dumps(option['default'])}`", escaped(option["rule"]), escaped(option["help"])]
            for option in entry["options"]]
    return table(["option", "default", "rule", "what it does"], rows) if rows else "No options."


def page(entry, root):
    source = root / "src/reconcile" / KINDS[entry["kind"]] / f"{entry['name']}.cc"
    lines = head_comment(source)
    if not lines:
        sys.exit(f"{source}: does not begin with a /// comment. Describe the method there, as its neighbours do.")
    return (f"# {entry['name']}: {escaped(entry['title'])}\n\n{markdown(lines)}\n\n## Options\n\n{options_table(entry)}\n\n"
            f"Source: [{source.relative_to(root)}](../../../{source.relative_to(root)}). "
            "This page is written by `docs/methods/generate.py`.\n")


def overview(entries):
    text = "# Methods\n\nThis page is written by `docs/methods/generate.py`.\n"
    for kind, folder in KINDS.items():
        rows = [[f"[{entry['name']}]({folder}/{entry['name']}.md)", escaped(entry["title"]), entry.get("reduction", ""),
                 ", ".join(entry.get("laws", [])), "yes" if entry.get("random") else "", str(entry.get("weights", ""))]
                for entry in entries if entry["kind"] == kind]
        text += f"\n## {folder.capitalize()}\n\n"
        text += table(["method", "what it is", "reduction", "laws", "random", "weights"], rows)
        text += "\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the reconcile program")
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    given = parser.parse_args()
    described = json.loads(subprocess.run([given.program, "describe", "--json"], check=True, capture_output=True).stdout)
    entries = [entry for entry in described if entry["kind"] in KINDS]
    home = given.root / "docs/methods"
    pages = {home / "README.md": overview(entries)}
    pages |= {home / KINDS[entry["kind"]] / f"{entry['name']}.md": page(entry, given.root) for entry in entries}
    orphans = {file for folder in KINDS.values() for file in (home / folder).glob("*.md")} - set(pages)
    stale = sorted(orphans | {file for file, text in pages.items() if not file.exists() or file.read_text() != text})
    if given.check:
        for file in stale:
            print(f"{file.relative_to(given.root)}: not up to date. Run docs/methods/generate.py {given.program}", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for file in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink() if file in orphans else file.write_text(pages[file])
    print(f"{len(pages)} pages, {len(stale)} changed")


if __name__ == "__main__":
    main()
