"""Two builds beside each other: their programs take turns, and the ratio B / A is taken round by round."""
import pathlib
import statistics
import sys

import end_to_end_suite
import results
from micro_suite import run_pieces
from step_suite import STEPS, small
from worker import Refused, asking, close_after, step_worker


def spread(pairs):
    """Median and quartiles of b / a over the rounds."""
    ratios = sorted(b / a for a, b in pairs)
    if len(ratios) == 1:
        return ratios[0], ratios[0], ratios[0]
    quartiles = statistics.quantiles(ratios, n=4, method="inclusive")
    return statistics.median(ratios), quartiles[0], quartiles[2]


def pair_records(answers_a, answers_b):
    """One record a variant that both builds have: B's ms, ratios {"A": median of B / A}, and its quartiles."""
    records = []
    for name, of_a in answers_a.items():
        if name not in answers_b or name.startswith("peak"):
            continue
        times = [answer["ms"] for answer in answers_b[name]]
        ratio, low, high = spread([(a["ms"], b["ms"]) for a, b in zip(of_a, answers_b[name])])
        records.append(
            {
                "variant": name,
                "ms": statistics.median(times),
                "ms_min": min(times),
                "ms_max": max(times),
                "rounds": len(times),
                "ratios": {"A": ratio},
                "ratio_low": low,
                "ratio_high": high,
                "ms_a": results.median_ms(of_a),
            }
        )
    return records


def compare_steps(case, builds, options):
    case = small(case) if options.small else case
    workers = [step_worker(build, case.network, case.batch, case.tasks, options.threads) for build in builds]
    with close_after(workers):
        measures = {(side, name): asking(worker, name) for name in case.ours for side, worker in enumerate(workers)}
        answers = results.take_turns(measures, options.rounds or (1 if options.small else 7))
    return [{name: given for (s, name), given in answers.items() if s == side} for side in (0, 1)]


def compare_pieces(builds, options):
    answers = [{}, {}]
    for _ in range(options.rounds or (1 if options.small else 5)):
        for side, build in enumerate(builds):
            for name, answer in run_pieces(build, 0.001 if options.small else 0.05).items():
                answers[side].setdefault(name, []).append(answer)
    return answers


def cases_of(suite, builds, options):
    if suite == "step":
        return {name: (lambda case=case: compare_steps(case, builds, options)) for name, case in STEPS.items()}
    if suite == "micro":
        return {"pieces": lambda: compare_pieces(builds, options)}
    if suite == "end-to-end":
        return {"training": lambda: end_to_end_suite.compare_training(builds, options)}
    sys.exit(f"script/bench compare: no suite {suite}: micro, step or end-to-end")


def run(options):
    if len(options.builds) not in (2, 3):
        sys.exit("script/bench compare BUILD_A BUILD_B [micro | step | end-to-end]")
    builds = [pathlib.Path(folder) for folder in options.builds[:2]]
    suite = options.builds[2] if len(options.builds) == 3 else "step"
    for case, measure in results.chosen(cases_of(suite, builds, options), options.case).items():
        try:
            records = pair_records(*measure())
        except Refused as refusal:
            sys.exit(f"script/bench compare: {suite}, {case}: {refusal}")
        about = results.context(options, {"a": str(builds[0]), "b": str(builds[1])})
        results.write(options.results, f"compare-{suite}", case, records, about)
        print(
            results.table(
                f"{suite}, {case}: B = {builds[1]} over A = {builds[0]}; quartiles of the ratio",
                records,
                ("ratio_low", "ratio_high"),
            ),
            flush=True,
        )
    return 0
