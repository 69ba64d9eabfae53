#!/usr/bin/env python3
"""Runs all tables of this folder whole and puts them into docs/results/faults.md and docs/guide/determinism.md.

    tests/faults/page.py [NAME ...]      only these: kill, damage, fault, soak, threads

Run it after a build; script/faults builds first. A table stands on the page between `<!-- NAME -->` and `<!-- end of NAME -->`, with
the command, the day and the machine. Exits with 1 if any script found something wrong; the page is written nevertheless.
"""
import datetime
import pathlib
import platform
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
DOCS = FOLDER.parents[1] / "docs"
COMMANDS = {"kill": ["kill_table.py", "--cases", "80"], "damage": ["damage_table.py", "--cases", "570"],
            "fault": ["fault_table.py"], "soak": ["soak.py", "--steps", "10000"], "threads": ["threads_table.py"]}


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())


def commit():
    done = subprocess.run(["git", "-C", FOLDER, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, text=True)
    return done.stdout.strip() or "unknown"


def main():
    failed = []
    for name in sys.argv[1:] or COMMANDS:
        words = COMMANDS[name]
        print(" ".join(words), file=sys.stderr)
        done = subprocess.run([sys.executable, "-B", FOLDER / words[0], *words[1:]], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            failed.append(name)
        cores = len(list(pathlib.Path("/sys/devices/system/cpu").glob("cpu[0-9]*")))
        text = (f"`tests/faults/{' '.join(words)}`, {datetime.date.today()}, {processor()}, {cores} cores, "
                f"Linux {platform.release().split('-')[0]}, commit {commit()}; exit {done.returncode}.\n\n{done.stdout.strip()}")
        place = DOCS / ("guide/determinism.md" if name == "threads" else "results/faults.md")
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        place.write_text(re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", place.read_text(), flags=re.S))
    sys.exit(f"something was wrong: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
