"""Chromium without a window, and what it says of a page."""

import base64
import io
import json
import time

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SWITCHES = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader", "--window-size=1280,1000"]


class Browser:
    """A browser whose findings are gathered: `faults` holds a line for each thing that is not as it must be."""

    def __init__(self, pictures):
        options = Options()
        for switch in SWITCHES:
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.pictures, self.faults, self.page = pictures, [], ""

    def expect(self, holds, what):
        if not holds:
            self.faults.append(f"{self.page}: {what}")
            print("FAIL", self.faults[-1], flush=True)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, what, script, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            if self.js("return " + script):
                return
            time.sleep(0.1)
        self.expect(False, f"not within {seconds} s: {what}")

    def open(self, path, name):
        self.page = name
        self.emulate("light")
        self.driver.set_window_size(1280, 1000)
        self.driver.get("file://" + path)

    def emulate(self, scheme, media=""):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def save(self, name, whole=False):
        """Writes a picture of what is seen, or of the whole page; one without anything on it is a fault."""
        wanted = {"format": "png"}
        if whole:
            width, height = self.js("const e = document.documentElement; return [e.clientWidth, e.scrollHeight]")
            wanted |= {"captureBeyondViewport": True,
                       "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 16000), "scale": 1}}
        png = base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", wanted)["data"])
        with open(f"{self.pictures}/{self.page}-{name}.png", "wb") as file:
            file.write(png)
        colours = Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24)
        self.expect(len(colours) > 50, f"nothing is seen on the picture {name}")

    def picture(self, element):
        """An element as it is seen."""
        time.sleep(0.5)
        return Image.open(io.BytesIO(element.screenshot_as_png)).convert("RGB")

    def logged(self):
        """What the page wrote to the console as an error, and the addresses that it asked for."""
        errors = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        return errors, asked

    def close(self):
        self.driver.quit()


# What every page must hold, whatever it is about: returns lines of what is wrong.
SOUND = r"""
const wrong = [];
if (!document.documentElement.lang) wrong.push('no language');
if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
for (const image of document.images) {
  if (!image.alt) wrong.push('a picture without a text');
  if (image.complete && !image.naturalWidth) wrong.push('a picture that is none: ' + image.alt);
}
for (const control of document.querySelectorAll('input:not([hidden]),select')) {
  if (!control.labels.length && !control.getAttribute('aria-label')) wrong.push('no label: ' + control.id);
}
for (const table of document.querySelectorAll('table')) if (!table.caption) wrong.push('a table without a caption');
for (const part of document.querySelectorAll('section')) {
  const title = document.getElementById(part.getAttribute('aria-labelledby'));
  if (!title || !title.textContent) wrong.push('a section without a title');
}
if (document.documentElement.scrollWidth > window.innerWidth) wrong.push('wider than the window');
return wrong;
"""

# The least contrast of text with what lies behind it, and the text.
CONTRAST = r"""
const parts = colour => colour.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
let worst = [21, ''];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.getClientRects().length || element.closest('svg,script,style,option,.viewer')) continue;
  let behind = element, back = [0, 0, 0, 0];
  while (behind && (back.length > 3 && back[3] === 0)) {
    back = parts(getComputedStyle(behind).backgroundColor);
    behind = behind.parentElement;
  }
  const pair = [light(parts(getComputedStyle(element).color)), light(back)].sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < worst[0]) worst = [ratio, element.textContent.trim().slice(0, 40)];
}
return worst;
"""
