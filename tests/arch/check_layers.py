#!/usr/bin/env python3
"""Checks who includes whom, and the other house rules that a compiler does not see.

    check_layers.py ROOT      prints `file:line: rule` for every breach; exit 1 if there is one
"""
import pathlib
import re
import sys

# A folder of src/reconcile (or `tools`) may include itself, and the folders or single headers that stand here.
BASE = ["base"]
CORE = BASE + ["core"]
MAY_INCLUDE = {
    "base": [],
    "core": BASE,
    "linalg": CORE,
    "aggregators": CORE + ["linalg"],
    "scalarizers": CORE + ["linalg"],
    "kernels": CORE,
    "nn": CORE + ["kernels"],
    "backbones": CORE + ["nn"],
    "heads": CORE + ["nn"],
    "models": CORE + ["nn", "backbones", "heads"],
    "files": CORE,
    "draw": CORE,
    "data": CORE + ["files", "draw"],
    "metrics": CORE,
    "conflict": CORE,
    "convert": CORE + ["conflict", "nn", "models/model.h"],
    "export": CORE + ["nn", "models/model.h"],
    "train": CORE + ["linalg", "aggregators/aggregator.h", "scalarizers/scalarizer.h", "models/model.h", "models/branching.h", "data/dataset.h", "data/loader.h", "metrics", "conflict", "convert"],
    "report": BASE,
}
TOP = ["catalog", "tools"]  # may include everything below

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
PRINTS = re.compile(r"\bstd::(cout|cerr|clog)\b|\b(printf|fprintf|puts|fputs|putchar)\s*\(|\bfmt::print(ln)?\b")
STARTS = re.compile(r"(?<![\w.>])(?:system|popen|wordexp|posix_spawnp?|fexecve|exec[lv]p?e?|execvpe)\s*\(")
ITSELF = 'execv("/proc/self/exe"'
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def catalogued(source):
    """Folder and name of all methods, models and data sets."""
    lines = [(file.parent.name, line) for file in source.glob("*/catalog.inc") for line in file.read_text().splitlines()]
    return {(folder, match[1]) for folder, line in lines if (match := re.match(r"X\((\w+)\)", line))}


def include_breach(folder, file, names, bracket, target):
    """The rule that `#include target` in `file` breaks, or None."""
    if re.match(r"torch/(torch|nn|optim|types)\.h$|torch/(nn|optim)/", target):
        return f"nobody includes {target}; LibTorch's own modules and optimisers are not used"
    if file.suffix == ".h" and re.match(r"(ATen|torch)/", target) and target != "ATen/core/Tensor.h":
        return f"a header includes at most ATen/core/Tensor.h, not {target}"
    if bracket == '"' and not target.startswith("reconcile/"):
        inside_tools = folder == "tools" and "/" not in target
        return None if inside_tools else f'write #include "reconcile/<folder>/{target}"'
    if not target.startswith("reconcile/"):
        return None
    path = pathlib.PurePosixPath(target).relative_to("reconcile")
    if path.suffix == ".cc" or (path.parts[0], path.stem) in names:
        return f"{target} belongs to one catalogue entry or source; nobody includes it"
    if folder in TOP or path.parts[0] == folder or {path.parts[0], str(path)} & set(MAY_INCLUDE[folder]):
        return None
    return f"{folder} may not include {target}; it may include {', '.join(MAY_INCLUDE[folder]) or 'nothing of ours'}"


def line_breaches(folder, file, names, line):
    """Rules that one line of code breaks."""
    if match := INCLUDE.match(line):
        breach = include_breach(folder, file, names, *match.groups())
        return [breach] if breach else []
    code = re.sub(r"//.*", "", line)
    breaches = []
    if folder != "tools" and (match := PRINTS.search(TEXT.sub('""', code))):
        breaches.append(f"nothing below tools prints ({match[0].strip(' (')}); return a record or throw")
    if match := STARTS.search(TEXT.sub('""', code.replace(ITSELF, ""))):
        breaches.append(f"no shell and no other program is started ({match[0].strip(' (')}): what a file says could reach it")
    for name in {name for _, name in names} if folder not in TOP else []:
        if re.search(rf'[=!]=\s*"{name}"|"{name}"\s*[=!]=|compare\(\s*"{name}"', code):
            breaches.append(f'nothing below catalog compares a name ("{name}"); put it into the entry')
    return breaches


def check(root):
    """All breaches below `root`, as `file:line: rule`."""
    source = root / "src" / "reconcile"
    names = catalogued(source)
    found = []
    for top in (source, root / "tools"):
        for file in sorted(top.rglob("*")):
            if file.suffix not in (".h", ".cc"):
                continue
            folder = file.relative_to(source).parts[0] if top == source else "tools"
            here = file.relative_to(root)
            if folder not in TOP and folder not in MAY_INCLUDE:
                found.append(f"{here}:1: folder {folder} has no row in tests/arch/check_layers.py")
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                found += [f"{here}:{number}: {rule}" for rule in line_breaches(folder, file, names, line)]
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems = check(pathlib.Path(sys.argv[1]))
    print("\n".join(problems) or "All includes go down.")
    sys.exit(1 if problems else 0)
