#!/usr/bin/env python3
"""Kills runs with SIGKILL at random moments, continues them with --resume, and compares with runs that nobody disturbed.

    tests/faults/kill_table.py [--cases N] [--seed S] [--only TEXT] [--program build/tools/reconcile/reconcile]

Run it after a build; it needs Python's standard library only. Every case runs twice: undisturbed, and killed one to three
times (also while it continues). Then every file of the two folders must be equal bit for bit: weights, best weights,
records, results, rankings, plans, tables, pictures; only seconds and profiles are left out. Prints a Markdown table;
exits with 1 if any case differs.
"""
import collections
import itertools
import pathlib
import re
import shutil
import time

from faults import (SMALL, TINY_NETWORK, arguments, conclude, contents, differences, for_all, kill_group, possible_here, random_of,
                    run, scratch, settings, start, table, wait_for)

# verb: words of the command; when: what must be there before the kill, "" any moment; kills: how many in one run.
Case = collections.namedtuple("Case", "name verb sets when kills")
HALF_WRITTEN = "seed-*/checkpoints/*.partial"
DENSE = ["data.name=fields", 'data.tasks=["semantic: segmentation(4)", "depth: depth", "normals: normals"]',
         "data.shape=[3, 16, 16]", "data.train_samples=48", "train.epochs=8", "backbone.width=2", "backbone.features=0"]
METHODS = ["nashmtl", "pcgrad", "moco", "famo", "graddrop", "cagrad(c=0.4)", "gradnorm", "gemtl", "uw", "dwa", "mgda",
           "sum", "modo", "sdmgrad", "random", "rlw", "gradvac", "db_mtl", "auto_lambda", "amtl", "go4align", "moml",
           "forum", "cr_mogm", "excess_mtl", "lsb", "imtl", "fairgrad", "upgrad", "gls + cagrad(c=0.4)", "famo + pcgrad"]
ADAM = ["optimizer.name=adam", "optimizer.lr=0.01"]
REPRESENTATION = ["step.gradient=representation", "conflict.record=false"]
SETTINGS = possible_here({
    "Adam, cosine": [*TINY_NETWORK, *ADAM, "schedule.name=cosine"],
    "SGD, milestones": [*TINY_NETWORK, "schedule.name=multi_step", "schedule.milestones=[5, 20]"],
    "bfloat16": [*TINY_NETWORK, "train.precision=bfloat16", "method=cagrad"],
    "bfloat16x3, Adam": [*TINY_NETWORK, *ADAM, "train.precision=bfloat16x3"],
    "3 workers, pcgrad": [*TINY_NETWORK, "train.workers=3", "method=pcgrad"],
    "0 workers, 2 threads": [*TINY_NETWORK, "train.workers=0", "threads=2", "method=cagrad"],
    "parts of a batch": [*TINY_NETWORK, "step.accumulate=4", "method=graddrop"],
    "weights kept for 3 steps": [*TINY_NETWORK, "step.update_every=3", "method=nashmtl"],
    "gradients of the representation": [*TINY_NETWORK, *REPRESENTATION, "method=imtl_g"],
    "each layer alone": [*TINY_NETWORK, "step.scope=layer", "method=pcgrad"],
    "LibTorch's layout, recomputed": [*TINY_NETWORK, "train.layout=nchw", "step.recompute=true"],
    "checkpoint every 3 epochs": [*TINY_NETWORK, "train.checkpoint_every=3", "method=moco"],
    "dense tasks, zoom and flip": [*DENSE, "transform.zoom=[1, 1.2, 1.5]", "transform.flip=true", "method=gradvac"],
    "dense tasks, rotations": [*DENSE, *REPRESENTATION, "heads.rotation=4", "method=rotograd_scale"],
    "vit": ["backbone.name=vit", "backbone.width=8", "backbone.depth=2", "backbone.mlp=8"],
    "mobilenet, dropout": [*DENSE[:4], "backbone.name=mobilenet_v2", "backbone.raspp=true", "train.epochs=3"],
    "MTAN": [*DENSE[:2], "data.shape=[3, 32, 32]", "data.train_samples=32", "train.epochs=4", "backbone.name=segnet",
             "backbone.width=2", "architecture.name=mtan"],
    "LTB": [*TINY_NETWORK, "architecture.name=ltb"],
    "MMoE": [*TINY_NETWORK, "architecture.name=mmoe", "method=pcgrad"],
    "cross-stitch, Adam": [*TINY_NETWORK, *ADAM, "architecture.name=cross_stitch"],
    "DSelect-k": [*TINY_NETWORK, "architecture.name=dselect_k"],
})
PIPELINE = [*TINY_NETWORK, "method=pcgrad", 'compare.methods=["pcgrad"]', "train.epochs=8", "search.epochs=6",
            "search.threshold=0.0"]
STAGES = ["single-T1/seed-3/run.jsonl", "single-T2/seed-3/checkpoints", "search/seed-3/run.jsonl",
          "search/seed-3/result.json", "ranking.json", "plan.json", "base-pcgrad/seed-3/run.jsonl",
          "base-pcgrad/seed-3/result.json", "recon-pcgrad/seed-3/plan.json", "recon-pcgrad/seed-3/checkpoints",
          "recon-pcgrad/seed-3/model.safetensors", "summary.json"]
OTHERS = [
    Case("recon, any moment", ["recon"], PIPELINE, "", 3),
    Case("sweep, 4 runs", ["sweep", "--vary", "method=sum,moco", "--seeds", "0..1", "--jobs", "2"],
         [*TINY_NETWORK, "train.epochs=20"], "", 2),
    Case("branch", ["branch"], [*DENSE, *ADAM, "branching.epochs=8", "branching.logit_share=0.4", "branching.resource=0",
                                "data.train_samples=80"], "", 2),
    Case("recon, checkpoints", ["recon"], PIPELINE, "*/" + HALF_WRITTEN, 3),
]


def all_cases():
    """Endless: methods, stages of the pipeline, settings, sweeps and searches in turns; every round other moments."""
    for turn in itertools.count():
        def train(name, sets, i):
            return Case(f"train, {name}", ["train"], ["train.epochs=30", *sets], ["", HALF_WRITTEN][(i + turn) % 2],
                        1 + (i + turn) % 3)
        columns = [[train(method, [*TINY_NETWORK, f"method={method}"], i + 1) for i, method in enumerate(METHODS)],
                   [Case(f"recon, behind {stage}", ["recon"], PIPELINE, stage, 1 + turn % 2) for stage in STAGES],
                   [train(name, sets, i) for i, (name, sets) in enumerate(SETTINGS.items())],
                   OTHERS]
        for row in itertools.zip_longest(*columns):
            yield from (case for case in row if case)


def words_of(case, out):
    return [case.verb[0], "small.toml", "--out", out, *case.verb[1:], *settings(case.sets)]


def wait_and_kill(process, case, rng, folder, seconds):
    """Kills at the case's moment: behind a stage, or at random (`seconds` is how long the run takes) and there in a
    checkpoint write if the case is about them. What it met, or "" if the program had ended, and what the program said."""
    by_stage = case.when and ".partial" not in case.when
    wait_for(process, lambda: any(folder.glob(case.when if by_stage else "**/*.jsonl")))
    begin = time.monotonic()
    pause = rng.choice([0, rng.uniform(0, 0.3)]) if by_stage else rng.uniform(0, 0.8) * max(0.1, seconds - 0.5)
    wait_for(process, lambda: time.monotonic() - begin >= pause)
    if case.when and not by_stage:
        wait_for(process, lambda: any(folder.glob(case.when)))
    messages = kill_group(process)
    if process.returncode != -9:
        return "", messages
    return "half written" if any(folder.glob("**/*.partial")) else "elsewhere", messages


def killed_run(program, case, rng, folder, seconds):
    """Kills and continues; (what the kills met, where the run went on, exit status, messages of the last start)."""
    met, said = [], ""
    for attempt in range(case.kills + 3):
        if len(met) == case.kills:
            break
        process = start(program, words_of(case, "killed") + (["--resume"] if met else []), folder)
        what, messages = wait_and_kill(process, case, rng, folder / "killed", seconds / (attempt + 1))
        said += messages
        if what:
            met.append(what)
        elif met:
            break
        else:  # it was faster than the kill: from the beginning
            shutil.rmtree(folder / "killed")
    status, _, messages = run(program, words_of(case, "killed") + ["--resume"], folder)
    resumed = re.findall(r"resuming (?:at|the search behind|the search at) ([^\n]*)", said + messages)
    return met, resumed, status, messages


def check(program, seed, number, case):
    """One row of the table, and what was wrong."""
    rng = random_of(seed, f"{number} {case.name}")
    with scratch() as name:
        folder = pathlib.Path(name)
        (folder / "small.toml").write_text(SMALL)
        begin = time.monotonic()
        status, _, messages = run(program, words_of(case, "whole"), folder)
        if status != 0:
            return None, [f"{case.name}: the undisturbed run ended with {status}: {messages[-300:]}"]
        met, resumed, status, messages = killed_run(program, case, rng, folder, time.monotonic() - begin)
        expected = contents(folder / "whole")
        different = differences(expected, contents(folder / "killed"))
    problems = []
    if status != 0:
        problems.append(f"{case.name}: continuing ended with {status}: {messages[-300:]}")
    elif different:
        problems.append(f"{case.name}: different: {', '.join(different)}")
    elif not met:
        problems.append(f"{case.name}: ended before every kill")
    row = [case.name, len(met), met.count("half written"), "; ".join(resumed) or "the beginning", len(expected),
           "all equal" if not problems else problems[0]]
    return row, problems


def main():
    options = arguments(__doc__, 80)
    cases = [case for case in itertools.islice(all_cases(), 400) if options.only in case.name][:options.cases]
    results = for_all(lambda item: check(options.program, options.seed, *item), list(enumerate(cases)), options.jobs)
    rows = [row for row, _ in results if row]
    header = ["run", "kills", "of them in a checkpoint write", "went on at", "files", "against the undisturbed run"]
    print(table(header, rows))
    print(f"\n{len(cases)} runs, {sum(row[1] for row in rows)} kills, {sum(row[2] for row in rows)} of them in a checkpoint "
          f"write; {sum(row[5] == 'all equal' for row in rows)} runs ended equal, bit for bit, in all "
          f"{sum(row[4] for row in rows)} files.")
    conclude([problem for _, problems in results for problem in problems])


if __name__ == "__main__":
    main()
