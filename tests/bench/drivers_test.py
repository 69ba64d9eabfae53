"""What the benchmark drivers compute, on made-up answers, and that the programs answer. Nothing here looks at a time.

usage: drivers_test.py SOURCE_DIRECTORY BUILD_DIRECTORY
"""
import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / "bench"))

import compare
import end_to_end_suite
import micro_suite
import page
import page_parts
import plot
import results
import run
import worker


def answers(*times, **more):
    return [{"ms": ms, **more} for ms in times]


class Results(unittest.TestCase):
    def test_variants_take_turns_and_the_first_answer_does_not_count(self):
        order = []

        def measure(name):
            return lambda: order.append(name) or {"ms": len(order)}

        found = results.take_turns({"a": measure("a"), "b": measure("b")}, 2)
        self.assertEqual("".join(order), "ab" "ba" "ab")
        self.assertEqual(found, {"a": answers(4, 5), "b": answers(3, 6)})

    def test_a_record_has_medians_ratios_and_the_share_of_the_peak(self):
        given = {
            "peak sgemm": answers(2, flop=200),
            "sum": answers(10, 30, 20, flop=500),
            "mgda": answers(30, 50, 40, flop=800),
        }
        found = results.make_records(given, lambda name: {"joint": "sum", "PyTorch": "not measured"})
        mgda = found[2]
        self.assertEqual(
            (mgda["variant"], mgda["ms"], mgda["ms_min"], mgda["ms_max"], mgda["rounds"]), ("mgda", 40, 30, 50, 3)
        )
        self.assertEqual(mgda["ratios"], {"joint": 2.0})
        self.assertAlmostEqual(mgda["peak_fraction"], 0.2)
        self.assertNotIn("peak_fraction", results.make_records({"a": answers(1)}, lambda name: {})[0])

    def test_records_are_read_as_they_were_written(self):
        records = results.make_records({"sum": answers(2)}, lambda name: {"joint": "sum"})
        with tempfile.TemporaryDirectory() as folder:
            results.write(pathlib.Path(folder), "step", "resnet18", records, results.context(run.parse(["step"]), {"torch": "1.13"}))
            found = results.read(pathlib.Path(folder))
        self.assertEqual(
            [(r["suite"], r["case"], r["variant"], r["ratios"], r["threads"]) for r in found],
            [("step", "resnet18", "sum", {"joint": 1.0}, 2)],
        )
        self.assertEqual(found[0]["versions"]["torch"], "1.13")
        self.assertIn("sum", results.table("title", found))

    def test_a_step_is_compared_with_the_joint_one_pytorch_and_the_loop(self):
        self.assertEqual(results.step_baselines("mgda, bfloat16"), {"joint": "sum", "PyTorch": "PyTorch: mgda"})
        self.assertEqual(
            results.step_baselines("cagrad + recorder"),
            {
                "joint": "sum",
                "PyTorch": "PyTorch: cagrad + recorder",
                "unrecorded": "cagrad",
                "per-layer loop": "per-layer loop",
            },
        )
        self.assertEqual(
            results.with_flop({"sum": answers(1, flop=7), "PyTorch: sum": answers(2)})["PyTorch: sum"],
            answers(2, flop=7),
        )


class Compare(unittest.TestCase):
    def test_ratios_are_taken_round_by_round(self):
        self.assertEqual(compare.spread([(1, 2), (10, 10), (2, 3)]), (1.5, 1.25, 1.75))
        self.assertEqual(compare.spread([(2, 1)]), (0.5, 0.5, 0.5))

    def test_a_variant_that_one_build_lacks_is_left_out(self):
        records = compare.pair_records(
            {"sum": answers(10, 20), "mgda": answers(1)}, {"sum": answers(5, 20), "new": answers(1)}
        )
        self.assertEqual(
            [(r["variant"], r["ms"], r["ms_a"], r["ratios"]) for r in records], [("sum", 12.5, 15, {"A": 0.75})]
        )


class Micro(unittest.TestCase):
    def test_rates_of_google_benchmark_become_counts(self):
        row = {
            "name": "peak_sgemm/real_time",
            "real_time": 50.0,
            "time_unit": "us",
            "flop": 2e9,
            "bytes_per_second": 1e6,
        }
        self.assertEqual(micro_suite.piece_answer(row), {"ms": 0.05, "bytes": 50.0, "flop": 1e5})
        self.assertEqual(micro_suite.piece_name(row["name"]), "peak_sgemm")
        self.assertEqual(micro_suite.piece_baseline("fused_combine/3"), {"naive": "matrix_vector_combine/3"})
        self.assertEqual(
            micro_suite.piece_baseline("convolution/layer1/bfloat16"), {"LibTorch": "convolution/layer1/LibTorch"}
        )
        self.assertEqual(micro_suite.piece_baseline("solve/mgda/3"), {})

    def test_a_piece_with_a_wrong_answer_stops_the_suite(self):
        with self.assertRaisesRegex(ValueError, "fused_combine/2: wrong"):
            micro_suite.piece_answer({"name": "fused_combine/2", "error_occurred": True, "error_message": "wrong"})


class EndToEnd(unittest.TestCase):
    EPOCHS = [(1.0, {"T1": 0.9, "T2": 0.4}), (2.0, {"T1": 0.8, "T2": 0.7}), (3.0, {"T1": 0.9, "T2": 0.9})]

    def test_both_tasks_must_pass(self):
        found = end_to_end_suite.summary(self.EPOCHS, 0.7)
        self.assertEqual(
            (found["ms"], found["reached"], found["epochs"], found["least_accuracy"]), (2000, True, 2, 0.7)
        )

    def test_an_accuracy_that_is_not_reached_is_said(self):
        found = end_to_end_suite.summary(self.EPOCHS, 0.95)
        self.assertEqual((found["ms"], found["reached"], found["epochs"]), (3000, False, 3))

    def test_epochs_are_read_from_a_log_that_is_being_written(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "seed-0/run.jsonl"
            log.parent.mkdir()
            log.write_text(
                '{"type":"run"}\n{"type":"epoch","validation":{"T1":{"accuracy":0.5,"loss":1}}}\n{"type":"epoch","valid'
            )
            self.assertEqual(end_to_end_suite.read_epochs(pathlib.Path(folder)), [{"T1": 0.5}])

    def test_data_that_are_missing_are_named(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(worker.Missing, "no data to train on"):
            end_to_end_suite.pack(BUILD, 10, pathlib.Path(folder) / "no/such/folder/data.pack")


class Page(unittest.TestCase):
    PAGE = "a\n<!-- measured: split -->\nold\n<!-- end -->\nb\n"

    def test_a_part_without_records_says_what_to_run(self):
        text, plots = page.fill(self.PAGE, [])
        self.assertEqual(
            text, "a\n<!-- measured: split -->\nNot measured yet: `script/bench step --case split`.\n<!-- end -->\nb\n"
        )
        self.assertEqual(plots, {})

    def test_records_become_tables_and_filling_twice_changes_nothing(self):
        records = [
            {"suite": "step", "case": "split", "variant": "sum", "ms": 100.0, "ratios": {}, "arithmetic": 1.0},
            {
                "suite": "step",
                "case": "split",
                "variant": "sum @ first(k=25)",
                "ms": 210.0,
                "ratios": {"shared": 2.1},
                "arithmetic": 2.0,
            },
        ]
        text, _ = page.fill(self.PAGE, records)
        self.assertIn("| `sum @ first(k=25)` | 210 | 2.10x | 2.00x | 1.05x |\n", text)
        self.assertNotIn("old", text)
        self.assertEqual(page.fill(text, records)[0], text)

    def test_an_unknown_part_is_an_error(self):
        with self.assertRaisesRegex(SystemExit, 'no part "nothing"'):
            page.fill("<!-- measured: nothing -->\n<!-- end -->", [])

    def test_the_page_holds_every_part(self):
        text = (SOURCE / "docs/results/performance.md").read_text()
        self.assertEqual(sorted(match[2] for match in page.PART.finditer(text)), sorted(page_parts.PARTS))

    def test_every_part_asks_for_cases_that_exist(self):
        options = run.parse(["all"])
        known = {(suite, case) for suite, make in run.SUITES.items() for case in make(options).cases()}
        for name, (needs, _) in page_parts.PARTS.items():
            self.assertLessEqual(set(needs), known, name)

    def test_numbers_have_three_figures(self):
        self.assertEqual(
            [page_parts.number(v) for v in (0.01234, 0.9999, 1.234, 99.96, 123.4, 12345.6, None)],
            ["0.0123", "1.00", "1.23", "100", "123", "12346", ""],
        )

    def test_a_plot_has_a_line_for_each_series(self):
        drawing = xml.etree.ElementTree.fromstring(
            plot.chart("a < b", "T", "ms", {"a": [(2, 10), (40, 300)], "b": [(2, 12)]})
        )
        lines = [e for e in drawing if e.tag.endswith("polyline")]
        self.assertEqual(len(lines), 2)
        self.assertEqual(len(lines[0].get("points").split()), 2)


class Arguments(unittest.TestCase):
    def test_folders_are_for_compare_only(self):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit):
            run.parse(["step", "build"])
        self.assertIn("step takes no folders", said.getvalue())

    def test_an_unknown_case_is_named(self):
        with self.assertRaisesRegex(SystemExit, "no case resnet19: resnet18"):
            results.chosen({"resnet18": None}, ["resnet19"])
        self.assertEqual(results.chosen({"resnet18": 1, "segnet": 2}, ["segnet", "loader"], ["loader"]), {"segnet": 2})


class Programs(unittest.TestCase):
    def test_steps_answer_and_the_loop_finds_the_recorders_cosines(self):
        with worker.step_worker(BUILD, "resnet18", 2, 2, 1) as program:
            joint, split = program.ask("sum"), program.ask("sum @ first(k=25)")
            recorded, loop = program.ask("sum + recorder"), program.ask("per-layer loop")
            with self.assertRaisesRegex(worker.Refused, 'no method "nothing"'):
                program.ask("nothing")
            program.ask("rows")
            program.ask("aggregate mgda")
            held = program.ask("memory mgda")
        self.assertEqual(joint["parameters"], 11223560)
        self.assertAlmostEqual(split["flop"] / joint["flop"], 2, delta=0.01)
        self.assertAlmostEqual(recorded["flop"] / joint["flop"], 5 / 3, delta=0.01)
        self.assertAlmostEqual(recorded["cosine"], loop["cosine"], delta=1e-4)
        self.assertEqual(held["rows"], 2 * 4 * (11223560 - 2 * 1010))  # two heads of 100 x 10 and 10 are not shared
        self.assertGreater(held["peak"], held["program"] + held["parameters"] + held["rows"])

    def test_a_case_that_does_not_exist_is_refused(self):
        with worker.step_worker(BUILD, "resnet19", 2, 2, 1) as program, self.assertRaisesRegex(
            worker.Refused, 'no answer to "sum"'
        ):
            program.ask("sum")

    def test_rows_alone_answer(self):
        with worker.aggregate_worker(BUILD, 1000, 3, 1) as program:
            self.assertEqual(program.ask("gramian")["bytes"], 12000)
            self.assertIn("mgda", program.ask("aggregators"))
            program.ask("aggregate mgda")
            with self.assertRaisesRegex(worker.Refused, "no request"):
                program.ask("nothing")


@unittest.skipUnless(worker.peer_is_there(), "PyTorch from Python is not installed")
class Peer(unittest.TestCase):
    def test_it_trains_the_same_network(self):
        with worker.peer_worker("resnet18", 2, 2, 1) as peer:
            self.assertEqual(peer.ask("sum")["parameters"], 11223560)
            peer.ask("mgda")
            peer.ask("per-layer loop")
            with self.assertRaisesRegex(worker.Refused, "nothing"):
                peer.ask("nothing")

    def test_its_methods_solve_their_problems(self):
        code = (
            "import numpy as np, peer_methods as m; j = np.random.default_rng(0).normal(size=(3, 20)); g = j @ j.T\n"
            "w = m.mgda(g) / 3\n"
            "assert abs(w.sum() - 1) < 1e-9 and (g @ w).min() > (1 - 1e-2) * (w @ g @ w), w\n"
            "w = m.fairgrad(g); assert np.allclose(g @ w, w ** -0.5, rtol=1e-3), w\n"
            "assert np.allclose(m.pcgrad(np.eye(3)), 1) and np.allclose(m.cagrad(np.eye(3)), 1.5, atol=1e-3)\n"
        )
        done = subprocess.run([worker.PYTHON, "-B", "-c", code], cwd=SOURCE / "bench", capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
