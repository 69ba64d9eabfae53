#!/usr/bin/env python3
"""The benchmark suites; `script/bench` calls this.

    script/bench micro | step | end-to-end | all          [options]
    script/bench compare BUILD_A BUILD_B [suite, default step]   [options]

Every case writes its records to RESULTS/SUITE-CASE.jsonl (bench/results.py says what stands in them) and prints a table
of ratios against named baselines of the same run. bench/page.py turns the records into docs/results/performance.md.
"""
import argparse
import pathlib
import sys

import compare
import results
from end_to_end_suite import EndToEndSuite
from micro_suite import MicroSuite
from step_suite import StepSuite
from worker import Missing, Refused, aggregate_worker, peer_is_there, peer_worker

SUITES = {"micro": MicroSuite, "step": StepSuite, "end-to-end": EndToEndSuite}


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="script/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=[*SUITES, "all", "compare"])
    parser.add_argument("builds", nargs="*", help="compare: two build folders, then the suite")
    parser.add_argument("--case", action="append", help="only this case (may be repeated)")
    parser.add_argument("--rounds", type=int, help="rounds that count, instead of every case's own number")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="one round of small batches: shows that everything works")
    parser.add_argument("--no-peers", action="store_true", help="without PyTorch from Python")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--results", type=pathlib.Path, help="default BUILD/bench/results")
    options = parser.parse_args(arguments)
    options.results = options.results or options.build / "bench/results"
    if options.what != "compare" and options.builds:
        parser.error(f"{options.what} takes no folders, only compare does; --build names another build")
    return options


def find_peers(options):
    """Whether PyTorch's rows are measured; says so where they cannot be."""
    if options.no_peers:
        return False
    if peer_is_there():
        return True
    print("python3-torch, python3-torchvision and python3-scipy are not all there: PyTorch's rows are skipped")
    return False


def versions(options):
    with aggregate_worker(options.build, 1000, 2, 1) as ours:
        found = ours.ask("version")
    if options.peers:
        with peer_worker("resnet18", 1, 1, 1) as peer:
            found.update(peer.ask("version"))
    return found


def run_suites(names, options):
    options.peers = find_peers(options)
    found = versions(options)
    suites = {name: SUITES[name](options).cases() for name in names}
    failed = False
    for suite, cases in suites.items():
        others = [case for name in suites if name != suite for case in suites[name]]
        for case, measure in results.chosen(cases, options.case, others).items():
            about = results.context(options, found)
            try:
                records, title, extra = measure()
            except Refused as refusal:
                print(f"== {suite}, {case}: left out: {refusal}\n")
                failed = failed or not isinstance(refusal, Missing)
                continue
            if records:
                results.write(options.results, suite, case, records, about)
                print(results.table(f"{suite}, {case}: {title}; {options.threads} threads", records, extra), flush=True)
    return 1 if failed else 0


def main():
    options = parse(sys.argv[1:])
    if options.what == "compare":
        return compare.run(options)
    return run_suites(list(SUITES) if options.what == "all" else [options.what], options)


if __name__ == "__main__":
    sys.exit(main())
