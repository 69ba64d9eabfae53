"""Runs a program on a pseudo-terminal and keeps what its screen shows."""
import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

TOKEN = re.compile(r"\x1b\[(\d*)(;\d*)*([A-Za-z])|\r|\n|[^\x1b\r\n]+")


class Screen:
    """What a terminal shows: lines of text, and whether each character was coloured. A sequence that it does not know
    is a ValueError."""

    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column = columns, [""], 0, 0
        self.colours = 0      # sequences that set one
        self.clears = 0       # sequences that removed something
        self.widest = 0       # columns of the longest line that ever stood there
        self.pending = ""

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        if match := re.search(r"\x1b(\[[\d;]*)?$", text):  # a sequence that was cut in two
            text, self.pending = text[:match.start()], text[match.start():]
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                raise ValueError(f"unknown sequence: {text[position:position + 8]!r}")
            self.apply(match)
            position = match.end()

    def apply(self, match):
        token, number, command = match[0], int(match[1] or 0), match[3]
        if token == "\r":
            self.column = 0
        elif token == "\n":
            self.row += 1
            self.lines += [""] * (self.row + 1 - len(self.lines))
        elif command == "m":
            self.colours += number != 0
        elif command == "A":
            if number > self.row:
                raise ValueError("moves above the first line")
            self.row -= number
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif command == "J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
            self.clears += 1
        elif command:
            raise ValueError(f"unknown sequence: {token!r}")
        else:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + token + line[self.column + len(token):]
            self.column += len(token)
            self.widest = max(self.widest, len(self.lines[self.row]))


def run(command, folder, columns=120, rows=24, environment=None, on_text=None):
    """Runs `command` with stderr on a terminal of that size and stdout in a pipe. Returns its exit status, stdout, the
    screen, and the moments (in seconds) and texts of what came. `on_text(screen, process, terminal)` is called after
    each of them."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    plain = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR")}
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
                               env=plain | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | (environment or {}))
    screen, pieces = Screen(columns), []
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        ended = process.poll() is not None
        while select.select([ours], [], [], 0.02)[0]:
            text = decoder.decode(os.read(ours, 65536))
            pieces.append((time.monotonic(), text))
            screen.feed(text)
            if on_text:
                on_text(screen, process, theirs)
        if ended:
            break
    os.close(theirs)
    os.close(ours)
    with process.stdout:
        return process.returncode, process.stdout.read().decode(), screen, pieces
