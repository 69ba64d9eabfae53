#!/usr/bin/env python3
"""What the program draws on a terminal: run on pseudo-terminals.

    terminal_test.py --program build/tools/reconcile/reconcile
"""
import fcntl
import os
import pathlib
import re
import signal
import struct
import sys
import tempfile
import termios
import unittest

import screen

PROGRAM = ""
EXPERIMENT = """
threads = 1
[data]
train_samples = 800
validation_samples = 16
test_samples = 16
[backbone]
width = 2
features = 4
[train]
epochs = 3
batch_size = 16
"""
EPOCH_LINE = re.compile(r"seed-0 epoch (\d)/3 in [\d.]+ s, [\d.]+ s/step · T1 loss .*")
LIVE_LINE = re.compile(r"seed-0 epoch \d/3 [█▉▊▋▌▍▎▏░]+ +\d+ %")


class Terminal(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="reconcile-terminal-")
        self.addCleanup(self.folder.cleanup)
        (pathlib.Path(self.folder.name) / "small.toml").write_text(EXPERIMENT)

    def train(self, *options, **arguments):
        command = [PROGRAM, "train", "small.toml", "--out", "run", *options]
        return screen.run(command, self.folder.name, **arguments)

    def test_draws_a_line_and_leaves_only_the_epochs(self):
        live = []
        status, stdout, shown, pieces = self.train(on_text=lambda s, *_: live.append(s.lines[-1]))
        self.assertEqual(status, 0)
        self.assertIn("seed 0 T1: accuracy", stdout)
        drawn = [line for line in live if LIVE_LINE.match(line)]
        self.assertGreater(len(drawn), 3)
        for part in ("eta ", "loss T1 ", " T2 ", "conflict "):
            self.assertTrue(any(part in line for line in drawn), part)
        self.assertTrue(any(re.search(r"[▁▂▃▄▅▆▇█]{3} · conflict", line) for line in drawn))
        lines = [line for line in shown.lines if line]
        self.assertIn("computing with", lines[0])
        self.assertEqual([EPOCH_LINE.fullmatch(line)[1] for line in lines[1:]], ["1", "2", "3"])
        self.assertGreater(shown.clears, 3)
        self.assertGreater(shown.colours, 0)
        draws = sum(text.count(" · eta ") for _, text in pieces)
        self.assertLessEqual(draws, 10 * (pieces[-1][0] - pieces[0][0]) + 1)

    def test_fits_every_width(self):
        for columns in (100, 60, 10):
            live = []
            self.train("--resume", columns=columns, on_text=lambda s, *_: live.append(s.lines[-1]))
            drawn = [line for line in live if line.startswith("seed-0 epo"[:columns - 1]) and " in " not in line
                     and "computing" not in line]
            self.assertTrue(drawn, columns)
            self.assertLess(max(map(len, drawn)), columns)
            self.folder.cleanup()
            self.setUp()

    def test_follows_a_width_that_changes(self):
        widths = {120: [], 50: []}

        def narrow(shown, process, terminal):
            line = shown.lines[-1]
            if " %" not in line or " in " in line:
                return
            size = 50 if "epoch 1/" not in line else 120
            widths[size].append(len(line))
            if size == 120:
                fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))

        self.train(on_text=narrow)
        self.assertGreater(widths[120][0], 50)
        self.assertLess(max(widths[50]), 50)

    def test_no_color_has_no_colours_but_still_draws(self):
        live = []
        _, _, shown, _ = self.train(environment={"NO_COLOR": "1"}, on_text=lambda s, *_: live.append(s.lines[-1]))
        self.assertTrue(any(LIVE_LINE.match(line) for line in live))
        self.assertEqual(shown.colours, 0)

    def test_quiet_in_ci_and_on_dumb_terminals(self):
        for variable, value in (("CI", "true"), ("TERM", "dumb")):
            _, _, shown, pieces = self.train("--resume", environment={variable: value})
            self.assertNotIn("\x1b", "".join(text for _, text in pieces))
            self.assertEqual(sum(bool(EPOCH_LINE.fullmatch(line)) for line in shown.lines), 3)
            self.folder.cleanup()
            self.setUp()

    def test_a_stop_is_said_on_a_line_of_its_own(self):
        def stop(shown, process, terminal):
            if " %" in shown.lines[-1] and not hasattr(process, "stopped"):
                process.stopped = True
                process.send_signal(signal.SIGINT)

        status, _, shown, _ = self.train("--set", "train.epochs=300", on_text=stop)
        self.assertEqual(status, 130)
        self.assertEqual([line for line in shown.lines if line][-1],
                         "stopped; a checkpoint was written. Go on with the same command and --resume.")

    def test_a_sweep_draws_a_line_for_each_run(self):
        live = []
        command = [PROGRAM, "sweep", "small.toml", "--out", "all", "--vary", "method=sum,pcgrad", "--jobs", "2",
                   "--set", "train.epochs=12"]
        status, stdout, shown, _ = screen.run(command, self.folder.name, columns=100,
                                              on_text=lambda s, *_: live.append(list(s.lines)))
        self.assertEqual(status, 0)
        both = [lines for lines in live if len(lines) >= 4 and lines[-3].startswith("sweep 0 of 2 runs")]
        self.assertTrue(both)
        self.assertTrue(any(re.match(r"  method=sum/seed-0 epoch \d+/12 .*loss", lines[-2]) for lines in both))
        self.assertTrue(any(re.match(r"  method=pcgrad/seed-0 epoch \d+/12 .*loss", lines[-1]) for lines in both))
        self.assertLess(max(len(line) for lines in both for line in lines[-3:]), 100)
        lines = [line for line in shown.lines if line]
        self.assertEqual(len(lines), 3, lines)
        self.assertTrue(all("done in" in line for line in lines[1:]))


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(sys.argv.index("--program") + 1))
    sys.argv.remove("--program")
    unittest.main()
