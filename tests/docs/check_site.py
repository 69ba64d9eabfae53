"""Builds the documentation and follows every link: to a file that is there, to a heading that is on its page. Nothing that a page
loads may come from the network. Links of README.md and CONTRIBUTING.md count as well.

usage: check_site.py SOURCE_DIRECTORY
"""

import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(html.parser.HTMLParser):
    """The names that can be linked to, the links, and what is loaded."""

    def __init__(self, text):
        super().__init__()
        self.names, self.links, self.loaded = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.names |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in LOADING and given.get(LOADING[tag]):
            self.loaded.append(given[LOADING[tag]])


def site_problems(site):
    pages = {path: Page(path.read_text()) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    for path, page in pages.items():
        where = path.relative_to(site)
        for link in page.links + page.loaded:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loaded and parts.scheme != "data":
                    yield f"{where}: loads {link} from the network"
                continue
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{where}: dead link {link}"
            elif parts.fragment and target in pages and urllib.parse.unquote(parts.fragment) not in pages[target].names:
                yield f"{where}: {link} names a heading that is not there"


def file_problems(source):
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for link in re.findall(r"\]\(([^)\s]+)\)", (source / name).read_text()):
            if "://" not in link and not (source / link.split("#")[0]).exists():
                yield f"{name}: dead link {link}"


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    problems = list(file_problems(source))
    if shutil.which("mkdocs") is None:
        print("skipped: mkdocs is not installed (script/bootstrap installs it)")
        sys.exit(1 if problems else 77)
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder).resolve() / "site"
        subprocess.run([source / "script/docs", site], check=True)
        problems += site_problems(site)
        print("\n".join(problems) or f"{len(list(site.rglob('*.html')))} pages, every link leads somewhere")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
