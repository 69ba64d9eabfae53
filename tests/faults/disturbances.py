"""What fault_table.py does to a run, and what takes it back: every function takes the run's folder and its process."""
import contextlib
import os
import shutil
import subprocess
import time

from faults import run


def nothing(folder, process):
    """Nothing has to be done."""


def fill_disk(folder, process):
    with contextlib.suppress(OSError), open(folder / "out" / "ballast", "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def free_disk(folder, process):
    (folder / "out" / "ballast").unlink()


def mount(folder, options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder / "out"], check=True)


def small_disk(folder, process):
    mount(folder, "size=4m")


def read_only_disk(folder, process):
    mount(folder, "size=4m,ro")


def writable_disk(folder, process):
    subprocess.run(["mount", "-o", "remount,rw", folder / "out"], check=True)


def forbid_writing(folder, process):
    """A read-only mount over the checkpoints: it works against root too. Those below come back with `allow_writing`."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", folder / "out/run/seed-3/checkpoints"], check=True)


def allow_writing(folder, process):
    subprocess.run(["umount", folder / "out/run/seed-3/checkpoints"], check=True)


def remove(name):
    return lambda folder, process: (folder / name).rename(folder / "gone")


def bring_back(name):
    return lambda folder, process: (folder / "gone").rename(folder / name)


def truncate(name, size):
    def cut(folder, process):
        shutil.copy(folder / name, folder / "gone")
        os.truncate(folder / name, size)
    return cut


def put_back(name):
    return lambda folder, process: shutil.copy(folder / "gone", folder / name)


def tell(*signals):
    def send(folder, process):
        for one in signals:
            process.send_signal(one)
            time.sleep(0.05)
    return send


def second_run(words):
    """Starts a second program in the same folder and keeps what it answers."""
    def begin(folder, process):
        begin.status, _, begin.said = run(begin.program, [*words, "--out", "out/run", "--resume"], folder)
    return begin


def clock_to(offset):
    """Sets the clock of a program that runs under faketime."""
    return lambda folder, process: (folder / "clock").write_text(offset)
