#!/usr/bin/env python3
"""The include check must pass a good tree and name file, line and rule of every kind of breach."""
import pathlib
import tempfile
import unittest

import check_layers

GOOD = {
    "src/reconcile/aggregators/catalog.inc": "X(cagrad)\nX(sum)\n",
    "src/reconcile/aggregators/cagrad.cc":
        '#include "reconcile/aggregators/aggregator.h"\n#include "reconcile/linalg/min_norm.h"\n#include <ATen/ATen.h>\n',
    "src/reconcile/base/sum.h": "#pragma once\n",
    "src/reconcile/base/sum.cc": '#include "reconcile/base/sum.h"\n',
    "src/reconcile/core/streams.h": "#pragma once\n#include <ATen/core/Tensor.h>\n// never std::cout here\n",
    "src/reconcile/train/step.cc":
        '#include "reconcile/aggregators/aggregator.h"\nconst char* help = "std::cout";\nsnprintf(text, 3, "x");\n',
    "src/reconcile/catalog/catalog.cc": '#include "reconcile/report/table.h"\nbool is = name == "cagrad";\n',
    "tools/reconcile/again.cc": 'execv("/proc/self/exe", arguments);\nsync_file_system(folder);\nloader.system(1);\n',
    "tools/reconcile/main.cc": '#include "verbs.h"\n#include "reconcile/catalog/catalog.h"\nstd::cout << 1;\n',
}


def breaches(**changed):
    """Breaches of the good tree with one file more; the keyword `path` and `text` give it."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in (GOOD | ({changed["path"]: changed["text"]} if changed else {})).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return check_layers.check(root)


class CheckLayers(unittest.TestCase):
    def test_passes_a_good_tree(self):
        self.assertEqual(breaches(), [])

    def refuses(self, path, text, *parts):
        found = breaches(path=path, text=text)
        self.assertEqual(len(found), 1, found)
        for part in (path, *parts):
            self.assertIn(part, found[0])

    def test_refuses_an_include_that_goes_up(self):
        self.refuses("src/reconcile/core/a.cc", '\n#include "reconcile/nn/layer.h"\n', ":2:", "core may not include")
        self.refuses("src/reconcile/report/a.cc", '#include "reconcile/core/task.h"\n', "report may not include")

    def test_refuses_train_seeing_more_than_interfaces(self):
        self.refuses("src/reconcile/train/a.cc", '#include "reconcile/files/idx.h"\n', "train may not include")
        self.refuses("src/reconcile/train/a.cc", '#include "reconcile/catalog/catalog.h"\n', "train may not include")

    def test_refuses_a_method_that_is_included(self):
        self.refuses("src/reconcile/catalog/a.cc", '#include "reconcile/aggregators/cagrad.h"\n', "nobody includes it")
        self.refuses("src/reconcile/catalog/a.cc", '#include "reconcile/train/step.cc"\n', "nobody includes it")

    def test_refuses_torch_modules(self):
        self.refuses("src/reconcile/nn/a.cc", "#include <torch/torch.h>\n", "torch/torch.h")
        self.refuses("tools/reconcile/a.cc", "#include <torch/nn.h>\n", "torch/nn.h")
        self.refuses("src/reconcile/nn/a.cc", "#include <torch/nn/module.h>\n", "torch/nn/module.h")

    def test_refuses_heavy_headers(self):
        self.refuses("src/reconcile/nn/a.h", "#pragma once\n#include <ATen/ATen.h>\n", ":2:", "ATen/core/Tensor.h")

    def test_refuses_includes_without_folder(self):
        self.refuses("src/reconcile/nn/a.cc", '#include "layer.h"\n', "reconcile/<folder>/layer.h")

    def test_refuses_printing_below_tools(self):
        for print_ in ('std::cout << 1;', 'std::cerr << 1;', 'printf("x");', 'fmt::print("x");'):
            self.refuses("src/reconcile/train/a.cc", print_ + "\n", "prints")

    def test_refuses_shells_and_other_programs(self):
        for call in ('std::system(line.c_str());', 'system("ls");', '::popen(line, "r");', 'execlp("sh", "-c", line);',
                     'execv(path, arguments);', 'posix_spawn(&child, path, 0, 0, arguments, 0);', 'wordexp(line, &words, 0);'):
            for path in ("src/reconcile/data/a.cc", "tools/reconcile/a.cc"):
                self.refuses(path, call + "\n", "no shell and no other program")

    def test_refuses_a_compared_name(self):
        self.refuses("src/reconcile/train/a.cc", 'if (method == "cagrad") return;\n', '"cagrad"')
        self.refuses("src/reconcile/train/a.cc", 'if ("sum" != method) return;\n', '"sum"')

    def test_refuses_a_folder_without_a_row(self):
        self.refuses("src/reconcile/misc/a.cc", "int x;\n", "no row")


if __name__ == "__main__":
    unittest.main()
