#!/usr/bin/env python3
"""A sweep that is killed in the middle, parent and children, and continued ends in the table of one that was not.

    sweep_test.py --program build/tools/reconcile/reconcile
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
EXPERIMENT = """
[data]
train_samples = 64
validation_samples = 16
test_samples = 16
[backbone]
width = 2
features = 4
[train]
epochs = 60
batch_size = 16
"""
NINE = ["--vary", "method=sum,pcgrad,cagrad(c=0.2)", "--seeds", "0..2", "--jobs", "2"]
TWO = ["--vary", "method=sum,pcgrad", "--jobs", "2"]


def children_of(process):
    """Ids of the children, from /proc."""
    return [int(pid) for pid in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def timeless(value):
    """A record without what the clock says, and without the checksum of both."""
    if isinstance(value, dict):
        return {key: timeless(v) for key, v in value.items()
                if "seconds" not in key and key not in ("profile", "command", "crc32")}
    return [timeless(v) for v in value] if isinstance(value, list) else value


class Sweep(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="reconcile-sweep-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "small.toml").write_text(EXPERIMENT)

    def start(self, out, options, *more):
        return subprocess.Popen([PROGRAM, "sweep", "small.toml", "--out", out, *options, *more], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def records(self, out):
        return json.loads((self.folder / out / "sweep.json").read_text())

    def wait_for_the_middle(self, out, process, finished=0):
        """Until so many runs have finished and another one is at its fifth epoch."""
        middle = '"type":"epoch","epoch":5'
        while process.poll() is None:
            done = list(self.folder.glob(f"{out}/*/*/result.json"))
            going = [log for log in self.folder.glob(f"{out}/*/*/run.jsonl")
                     if middle in log.read_text() and not (log.parent / "result.json").exists()]
            if len(done) >= finished and going:
                return
            time.sleep(0.01)
        self.fail("the sweep ended before it could be stopped: " + process.stderr.read())

    def finish(self, out, options):
        process = self.start(out, options, "--resume")
        stdout, stderr = process.communicate()
        self.assertEqual(process.returncode, 0, stderr)
        return stdout, stderr

    def test_killed_and_continued_is_the_sweep_that_was_not(self):
        whole = self.start("whole", NINE)
        table, stderr = whole.communicate()
        self.assertEqual(whole.returncode, 0, stderr)

        killed = self.start("killed", NINE)
        self.wait_for_the_middle("killed", killed, finished=2)
        children = children_of(killed.pid)
        self.assertTrue(children)
        os.kill(killed.pid, signal.SIGKILL)
        for child in children:
            os.kill(child, signal.SIGKILL)
        killed.communicate()
        self.assertGreater(len(self.records("killed")["unfinished"]), 0)

        again, stderr = self.finish("killed", NINE)
        self.assertNotIn(" 0 finished before", stderr)
        self.assertEqual(timeless(self.records("killed")), timeless(self.records("whole")))
        self.assertEqual(len(self.records("killed")["rows"]), 3)
        self.assertEqual([row["metrics"]["T1"]["accuracy"]["n"] for row in self.records("killed")["rows"]], [3, 3, 3])
        self.assertIn("cagrad(c=0.2)", again)
        self.assertEqual(len(again.splitlines()), len(table.splitlines()))

    def test_runs_stop_with_a_checkpoint_when_only_the_parent_is_killed(self):
        sweep = self.start("orphans", TWO)
        self.wait_for_the_middle("orphans", sweep)
        children = children_of(sweep.pid)
        sweep.kill()
        sweep.communicate()
        for child in children:
            while pathlib.Path(f"/proc/{child}").exists():
                time.sleep(0.01)
        logs = [log.read_text() for log in self.folder.glob("orphans/*/*.log")]
        self.assertTrue(any("stopped; a checkpoint was written" in log for log in logs), logs)
        self.finish("orphans", TWO)

    def test_a_stop_is_passed_on_and_leaves_checkpoints_and_a_second_sweep_is_refused(self):
        sweep = self.start("stopped", TWO)
        self.wait_for_the_middle("stopped", sweep)
        second = self.start("stopped", TWO, "--resume")
        _, stderr = second.communicate()
        self.assertEqual(second.returncode, 1)
        self.assertIn("stopped: another run is at work in it", stderr)
        sweep.send_signal(signal.SIGINT)
        _, stderr = sweep.communicate()
        self.assertEqual(sweep.returncode, 130)
        self.assertIn("stopping: the runs finish their step and write a checkpoint", stderr)
        self.assertTrue(list(self.folder.glob("stopped/*/*/checkpoints/step-*")))
        self.assertNotIn("failed", json.dumps(self.records("stopped")))
        _, stderr = self.finish("stopped", TWO)
        logs = "".join(log.read_text() for log in self.folder.glob("stopped/*/*.log"))
        self.assertIn("resuming at epoch", logs)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(sys.argv.index("--program") + 1))
    sys.argv.remove("--program")
    unittest.main()
