"""Every `reconcile` command in README.md and docs/ must be one that the program takes: a verb it has, options of that verb, keys that
experiments have, experiment files that are there. Every TOML snippet must be TOML.

usage: check_commands.py SOURCE_DIRECTORY PROGRAM
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
PROGRAM_NAME = re.compile(r"(?:^|[|;&(]\s*|\$ )\$?(?:build/tools/reconcile/)?reconcile\s+(.*)")


def commands(text):
    """Argument lists of the commands in a fence; continued lines count as one, comments and pipes end a command."""
    for line in text.replace("\\\n", " ").split("\n"):
        found = PROGRAM_NAME.search(line.strip())
        if found and not found.group(1).startswith("="):
            lexer = shlex.shlex(found.group(1), posix=True, punctuation_chars="|;&<>")
            lexer.whitespace_split = True
            arguments = []
            for word in lexer:
                if set(word) <= set("|;&<>"):
                    break
                arguments.append(word)
            yield line.strip(), arguments


class Program:
    def __init__(self, path):
        self.path = path
        self.helps = {}
        described = json.loads(self.run("describe", "--json"))
        self.sections = {e["name"]: {o["name"] for o in e["options"]} for e in described if e["kind"] == "section"}
        self.verbs = set(re.findall(r"^  ([a-z]+)  ", self.run("--help"), re.M))

    def run(self, *arguments):
        return subprocess.run([self.path, *arguments], capture_output=True, text=True, check=False).stdout

    def help_of(self, verbs):
        if verbs not in self.helps:
            self.helps[verbs] = self.run(*verbs, "--help")
        return self.helps[verbs]

    def knows_key(self, key):
        section, _, rest = key.partition(".")
        if not rest:
            return section in self.sections["experiment"]
        return section in ("data", "backbone", "architecture") or rest in self.sections.get(section, ())


def problems_of(arguments, program, source):
    if not arguments or arguments[0].startswith("-"):
        return
    if arguments[0] not in program.verbs:
        yield f"there is no verb {arguments[0]}"
        return
    verbs = tuple(arguments[:2]) if arguments[0] == "data" and len(arguments) > 1 else (arguments[0],)
    help_text = program.help_of(verbs)
    for before, word in zip(["", *arguments], arguments):
        option = word.split("=")[0]
        if re.fullmatch(r"--?[a-z][a-z-]*", option) and not re.search(rf"(?<![\w-]){option}(?![\w-])", help_text):
            yield f"`{' '.join(verbs)}` has no option {option}"
        if before == "--set" and not program.knows_key(word.split("=")[0]):
            yield f"no experiment has the key {word.split('=')[0]}"
        if word.startswith("experiments/") and not (source / word).exists():
            yield f"there is no {word}"


def problems(source, program):
    for page in [source / "README.md", *sorted(source.glob("docs/**/*.md"))]:
        for language, text in FENCE.findall(page.read_text()):
            if language == "toml":
                try:
                    tomllib.loads(text)
                except tomllib.TOMLDecodeError as error:
                    yield f"{page.relative_to(source)}: not TOML ({error}):\n{text}"
            for line, arguments in commands(text):
                for problem in problems_of(arguments, program, source):
                    yield f"{page.relative_to(source)}: {problem}: {line}"


if __name__ == "__main__":
    FOUND = list(problems(pathlib.Path(sys.argv[1]), Program(sys.argv[2])))
    print("\n".join(FOUND) if FOUND else "every command and every TOML snippet of the documentation is one that the program takes")
    sys.exit(1 if FOUND else 0)
