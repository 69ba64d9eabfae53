"""Every ```cpp fence of README.md and docs/ must stand, line by line, in a program of examples/ that the tests build and run, or in a
method of the library.

usage: check_snippets.py SOURCE_DIRECTORY
"""

import pathlib
import re
import sys


def problems(source):
    programs = "\n".join(path.read_text() for path in [*source.glob("examples/**/*.cc"), *source.glob("src/reconcile/*/*.cc")])
    text = "\n".join(line.strip() for line in programs.split("\n"))
    for page in [source / "README.md", *sorted(source.glob("docs/**/*.md"))]:
        for fence in re.findall(r"^```cpp\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
            snippet = "\n".join(line.strip() for line in fence.strip().split("\n"))
            if snippet not in text:
                yield f"{page.relative_to(source)}: this snippet is in no source of examples/ or src/:\n{fence}"


if __name__ == "__main__":
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "all snippets are cut from examples/")
    sys.exit(1 if found else 0)
