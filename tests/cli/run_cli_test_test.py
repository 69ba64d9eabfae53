#!/usr/bin/env python3
"""The runner of CLI tests must accept what fits and refuse what does not."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import run_cli_test


def passes(text):
    """(whether a test file with this text passes, what the runner printed)"""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "some.test"
        file.write_text(text)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            return run_cli_test.run_file(file, "/bin/true", "/the/source"), printed.getvalue()


class RunCliTest(unittest.TestCase):
    def accepts(self, text):
        good, printed = passes(text)
        self.assertTrue(good, printed)

    def refuses(self, text, *parts):
        good, printed = passes(text)
        self.assertFalse(good)
        for part in parts:
            self.assertIn(part, printed)

    def test_compares_lines(self):
        self.accepts("$ printf 'a\\nb\\n'\na\nb\n")
        self.refuses("$ printf 'a\\nb\\n'\na\n", "more than expected")
        self.refuses("# head\n$ printf 'a\\n'\na\nb\n", "some.test:2:", "nothing fits: b")

    def test_no_lines_mean_no_output(self):
        self.accepts("$ true\n\n")
        self.refuses("$ echo a\n", "more than expected")

    def test_fills_holes(self):
        self.accepts("$ echo 'loss -1.5e-3 after 11,223,560 in /tmp/x y z'\n"
                     "loss {float} after {int} in {path} {any}\n")
        self.refuses("$ echo loss x\nloss {float}\n", "nothing fits")
        self.accepts("$ echo 'f(a) {b} [c] 1.5'\nf(a) {b} [c] 1.5\n")

    def test_dots_stand_for_any_lines(self):
        self.accepts("$ printf '1\\n2\\n3\\n'\n...\n3\n")
        self.accepts("$ printf '1\\n2\\n3\\n'\n1\n...\n")
        self.accepts("$ true\n...\n")
        self.refuses("$ printf '1\\n2\\n'\n...\n3\n", "nothing fits: 3")

    def test_blanks_match_blanks(self):
        self.accepts("$ echo 'a    b'\na b\n")
        self.refuses("$ echo ab\na b\n")

    def test_checks_stderr_and_exit(self):
        self.accepts("$ echo bad >&2; exit 2\n[stderr]\nbad\n[exit 2]\n")
        self.accepts("$ echo ignored >&2\n")
        self.refuses("$ echo bad >&2\n[stderr]\ngood\n", "stderr: nothing fits: good")
        self.refuses("$ exit 1\n[exit 2]\n", "exit 1, expected 2")
        self.refuses("$ exit 1\n", "exit 1, expected 0")

    def test_commands_continue_and_share_a_folder(self):
        self.accepts("$ cat > f <<'END'\n> [a]\n>\n> b = 1\n> END\n$ cat f\n[a]\n\nb = 1\n")

    def test_knows_the_source(self):
        self.accepts("$ echo $SRC/x\n$SRC/x\n")

    def test_refuses_lines_of_no_command(self):
        with self.assertRaisesRegex(ValueError, "line 1"):
            run_cli_test.parse("hello\n$ true\n")


if __name__ == "__main__":
    unittest.main()
