#!/usr/bin/env python3
"""Opens the reports of small real runs in a headless Chromium and looks at them as a reader would.

    report_test.py --program build/tools/reconcile/reconcile

Exit 77 (ctest says: skipped) where Chromium, its driver or python3-selenium is missing.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
EXPERIMENT = """
name = "small rooms"
seeds = [0, 1]
threads = 1
[data]
name = "rooms"
size = [32, 32]
train_samples = 24
validation_samples = 4
test_samples = 6
[backbone]
name = "segnet"
width = 2
[train]
epochs = 3
batch_size = 8
[optimizer]
name = "adam"
[search]
epochs = 1
[split]
rule = "top_k(k=3)"
[compare]
methods = ["sum", "cagrad"]
"""
SECTIONS = ["Results", "Conflict before and after", "Where the conflict sits", "Training curves", "Gradients and weights",
            "What is mistaken for what", "Samples", "Where the time goes", "Health", "Reproduce"]
# Words of the plots that every such pipeline has, whatever its numbers.
PLOTS = ["cosine", "Who pulls with whom", "Where the tasks fight", "the highest conflict score",
         "Splitting 3 layers takes", "The network that was built", "How the validation miou went", "How the training loss went",
         "The weight of each task's gradient", "finds class", "A few samples of the test split", "A step takes", "The learning rate"]

# What one look at the page needs: run in the page, so that one call answers everything.
LOOK = """
const plots = [...document.querySelectorAll('figure:not(.thumb)')];
const painted = canvas => new Uint32Array(
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer).some(pixel => pixel !== 0);
return {
  sections: [...document.querySelectorAll('h2')].map(h => h.textContent),
  width: document.documentElement.scrollWidth, window: window.innerWidth,
  requests: performance.getEntriesByType('resource').map(r => r.name).filter(name => !name.startsWith('data:')),
  plots: plots.map(p => ({
    words: p.querySelector('figcaption').textContent,
    drawings: p.querySelectorAll('svg[role=img][aria-label], img[alt]').length,
    csv: p.querySelector('a[download$=".csv"]') && decodeURIComponent(p.querySelector('a[download$=".csv"]').href),
  })),
  drawn: [...document.querySelectorAll('.curve')].map(c => ({
    lines: JSON.parse(c.querySelector('script').textContent).lines.length,
    canvas: !!c.querySelector('canvas') && painted(c.querySelector('canvas')),
    fallback: getComputedStyle(c.querySelector('svg')).display })),
  pictures: [...document.images].map(image => [image.complete && image.naturalWidth, image.alt]),
  paper: getComputedStyle(document.body).backgroundColor,
  ink: getComputedStyle(document.body).color,
};
"""


def start_browser():
    """A Chromium that reports every request it makes; None where one of its parts is missing."""
    try:
        from selenium import webdriver
    except ImportError:
        return None
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        return None
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-prefers-reduced-motion"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.chrome.service.Service(driver)
    return webdriver.Chrome(service=service, options=options)


class ReportTest(unittest.TestCase):
    browser = None
    program = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        (cls.root / "small.toml").write_text(EXPERIMENT)
        subprocess.run([cls.program, "recon", "small.toml", "--out", "run"], cwd=cls.root, check=True, capture_output=True)
        subprocess.run([cls.program, "report", "run/recon-cagrad/seed-0"], cwd=cls.root, check=True, capture_output=True)
        cls.pipeline = cls.root / "run" / "report.html"
        cls.single = cls.root / "run" / "recon-cagrad" / "seed-0" / "report.html"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def open(self, page, width=1100, scheme="light", media=""):
        """The page at a window width and in a colour scheme, and what LOOK says of it."""
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        self.browser.get_log("performance")
        self.browser.get_log("browser")
        self.browser.get(page.as_uri())
        return self.browser.execute_script(LOOK)

    def requests(self):
        """What the browser asked for since the last `open`."""
        events = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        urls = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith("data:")]

    def test_every_section_of_a_pipeline_is_there(self):
        self.assertEqual(self.open(self.pipeline)["sections"], SECTIONS)

    def test_every_plot_has_words_a_drawing_and_its_data(self):
        for page in (self.pipeline, self.single):
            seen = self.open(page)
            self.assertGreater(len(seen["plots"]), 8)
            for plot in seen["plots"]:
                self.assertGreater(len(plot["words"]), 20)
                self.assertGreater(plot["drawings"], 0, plot["words"])
                self.assertIsNotNone(plot["csv"], plot["words"])
                self.assertGreater(plot["csv"].count("\n"), 1, plot["words"])

    def test_every_plot_of_a_pipeline_is_there(self):
        words = [plot["words"] for plot in self.open(self.pipeline)["plots"]]
        self.assertEqual([plot for plot in PLOTS if not any(plot in text for text in words)], [])

    def test_curves_are_drawn_by_script_in_place_of_the_static_ones(self):
        for page in (self.pipeline, self.single):
            seen = self.open(page)
            self.assertGreater(len(seen["drawn"]), 4)
            for curve in seen["drawn"]:
                self.assertGreater(curve["lines"], 0)
                self.assertTrue(curve["canvas"])
                self.assertEqual(curve["fallback"], "none")
            self.assertEqual([e["message"] for e in self.browser.get_log("browser")], [])

    def test_print_and_readers_without_scripts_get_the_static_drawings(self):
        seen = self.open(self.pipeline, media="print")
        self.assertEqual({curve["fallback"] for curve in seen["drawn"]}, {"block"})
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.browser.get(self.pipeline.as_uri())
            tree = self.browser.execute_cdp_cmd("DOM.getDocument", {"depth": 1})["root"]["nodeId"]
            count = lambda query: len(self.browser.execute_cdp_cmd(
                "DOM.querySelectorAll", {"nodeId": tree, "selector": query})["nodeIds"])
            self.assertEqual(count(".zoomed"), 0)
            self.assertEqual(count(".curve > svg"), count(".curve"))
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    def test_a_log_axis_can_be_chosen_and_a_part_enlarged(self):
        self.open(self.pipeline)
        button = self.browser.find_element("css selector", ".curve button")
        self.assertEqual(button.text, "log axis")
        button.click()
        self.assertEqual(button.text, "linear axis")
        from selenium.webdriver import ActionChains
        plot = self.browser.find_element("css selector", ".curve .u-over")
        drawing = "return document.querySelector('.curve canvas').toDataURL()"
        before = self.browser.execute_script(drawing)
        ActionChains(self.browser).move_to_element_with_offset(plot, -100, 0).click_and_hold().move_by_offset(120, 0).release().perform()
        self.assertNotEqual(self.browser.execute_script(drawing), before)

    def test_pictures_show_and_stay_few(self):
        pictures = self.open(self.pipeline)["pictures"]
        self.assertTrue(0 < len(pictures) <= 24)
        for width, alt in pictures:
            self.assertGreater(width, 0)
            self.assertTrue(alt)
        self.assertLess(self.pipeline.stat().st_size, 3_000_000)

    def test_nothing_is_requested(self):
        for page in (self.pipeline, self.single):
            self.assertEqual(self.open(page)["requests"], [])
            self.assertEqual(self.requests(), [page.as_uri()])

    def test_a_phone_scrolls_in_one_direction_only(self):
        for page in (self.pipeline, self.single):
            seen = self.open(page, width=360)
            self.assertEqual(seen["window"], 360)
            self.assertLessEqual(seen["width"], 360)

    def test_dark_and_light_are_told_apart(self):
        bright = lambda colour: sum(int(part) for part in colour[4:-1].split(","))
        light, dark = self.open(self.pipeline), self.open(self.pipeline, scheme="dark")
        self.assertGreater(bright(light["paper"]), 600)
        self.assertLess(bright(light["ink"]), 200)
        self.assertLess(bright(dark["paper"]), 200)
        self.assertGreater(bright(dark["ink"]), 600)
        self.assertTrue(all(curve["canvas"] for curve in dark["drawn"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=pathlib.Path)
    arguments, rest = parser.parse_known_args()
    ReportTest.browser = start_browser()
    if ReportTest.browser is None:
        print("skipped: chromium, chromium-driver or python3-selenium is not installed")
        sys.exit(SKIPPED)
    ReportTest.program = str(arguments.program.resolve())
    try:
        unittest.main(argv=[sys.argv[0], *rest])
    finally:
        ReportTest.browser.quit()
