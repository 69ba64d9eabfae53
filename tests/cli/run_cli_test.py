#!/usr/bin/env python3
"""Runs one text file of commands with their expected output; docs of the format: tests/cli/README.md.

    run_cli_test.py --program build/tools/reconcile/reconcile --source . tests/cli/list.test
"""
import argparse
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HOLES = {
    "{float}": r"(?:[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|nan|[-+]?inf)",
    "{int}": r"[-+]?\d[\d,]*",
    "{path}": r"[^\s\"'`]+",
    "{any}": r".*",
}
TIMEOUT_SECONDS = 300


@dataclasses.dataclass
class Block:
    """One command and what it must give; stderr None means that it is not looked at."""
    line: int
    command: str
    stdout: list = dataclasses.field(default_factory=list)
    stderr: list | None = None
    exit: int = 0


def parse(text):
    """The blocks of a test file. ValueError names the line that is no part of one."""
    blocks, place = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            blocks.append(Block(number, line[2:]))
            place = "command"
        elif (line == ">" or line.startswith("> ")) and place == "command":
            blocks[-1].command += "\n" + line[2:]
        elif line.startswith("#") and place in (None, "end"):
            continue
        elif line == "[stderr]" and place in ("command", "stdout"):
            blocks[-1].stderr = []
            place = "stderr"
        elif (match := re.fullmatch(r"\[exit (\d+)\]", line)) and place in ("command", "stdout", "stderr"):
            blocks[-1].exit = int(match[1])
            place = "end"
        elif place in ("command", "stdout"):
            blocks[-1].stdout.append(line)
            place = "stdout"
        elif place == "stderr":
            blocks[-1].stderr.append(line)
        elif line:
            raise ValueError(f"line {number}: belongs to no command: {line}")
    for block in blocks:
        for lines in (block.stdout, block.stderr or []):
            while lines and not lines[-1]:
                lines.pop()
    return blocks


def pattern(line):
    """Regular expression of one expected line, its newline included."""
    if line == "...":
        return r"(?:.*\n)*"
    pieces = re.split(r"(\{(?:float|int|path|any)\}|[ \t]+)", line.rstrip())
    return "".join(HOLES.get(p) or (r"[ \t]+" if p.isspace() else re.escape(p)) for p in pieces) + r"[ \t]*\n"


def mismatch(expected, actual):
    """None if `actual` fits, else the first expected line (or None) that it does not fit, in words."""
    if actual and not actual.endswith("\n"):
        actual += "\n"
    patterns = [pattern(line) for line in expected]
    if re.fullmatch("".join(patterns), actual):
        return None
    for count in range(1, len(patterns) + 1):
        if not re.match("".join(patterns[:count]), actual):
            return f"nothing fits: {expected[count - 1]}"
    return "there is more than expected"


def run(block, source, environment, folder):
    """Text of what went wrong with one command, or ""."""
    done = subprocess.run(["bash", "-c", block.command], cwd=folder, env=environment, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS, check=False)
    problems = []
    if done.returncode != block.exit:
        problems.append(f"exit {done.returncode}, expected {block.exit}")
    for name, expected, actual in (("stdout", block.stdout, done.stdout), ("stderr", block.stderr, done.stderr)):
        if expected is None:
            continue
        problem = mismatch([line.replace("$SRC", source) for line in expected], actual)
        if problem:
            problems.append(f"{name}: {problem}")
    if not problems:
        return ""
    return f"$ {block.command}\n" + "\n".join(problems) + f"\n--- stdout\n{done.stdout}--- stderr\n{done.stderr}"


def run_file(file, program, source):
    """Runs all blocks of `file` in a fresh folder, up to the first that fails. True if none does."""
    environment = os.environ | {
        "PATH": f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}", "SRC": source, "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory(prefix="reconcile-cli-") as folder:
        for block in parse(file.read_text()):
            problem = run(block, source, environment | {"HOME": folder}, folder)
            if problem:
                print(f"{file}:{block.line}: {problem}")
                return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    given = parser.parse_args()
    source = str(pathlib.Path(given.source).resolve())
    results = [run_file(file, given.program, source) for file in given.files]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
