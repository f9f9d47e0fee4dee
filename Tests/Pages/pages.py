#!/usr/bin/env python3
"""Opens the pages of reports in Chromium and uses them: clicks, keys, light, dark and paper.

    pages.py CALVARIA FOLDER

Makes a case, a case of the β-VAE and a batch of vaults in FOLDER, with names that no page should fall for, and trainings, and
opens their pages from the disk. Writes pictures of them into FOLDER/pictures. Ends with 1 if anything is not as it must be.
"""

import json
import os
import shutil
import subprocess
import sys
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser as chromium
import cases
import training

PROGRAM, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOSTILE = "<img src=x onerror=alert(1)> \"'&\u202egnp.\u05e9\u05dc"
MEGABYTE = 1_000_000


def calvaria(*arguments):
    begin = time.time()
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"pages.py: calvaria {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return time.time() - begin


def common(page, kinds=("light", "dark")):
    """What holds for every page: sound, legible, quiet, and nothing asked of a network."""
    for fault in page.js(chromium.SOUND):
        page.expect(False, fault)
    page.js("for (const d of document.querySelectorAll('details')) d.open = true")
    for kind in kinds:
        page.emulate(kind)
        time.sleep(0.2)
        ratio, text = page.js(chromium.CONTRAST)
        page.expect(ratio >= 4.5, f"{kind}: contrast {ratio:.2f} of “{text}”")
        page.save(kind, whole=True)
    page.emulate("light", "print")
    page.save("print", whole=True)
    page.expect(page.js("return [...document.querySelectorAll('.screen')].every(e => !e.getClientRects().length)"),
                "controls on paper")
    pdf = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    page.expect(len(pdf["data"]) > 10_000, "an empty print")
    page.emulate("light")
    page.driver.set_window_size(1280, 1000)
    page.driver.set_window_size(700, 900)
    page.expect(page.js("return document.documentElement.scrollWidth <= window.innerWidth + 1"), "too wide for 700 pixels")
    page.driver.set_window_size(1280, 1000)


def quiet(page):
    errors, asked = page.logged()
    for error in errors:
        page.expect(False, f"console: {error[:300]}")
    for address in asked:
        page.expect(address.startswith(("file://" + FOLDER, "data:", "blob:")), f"asked for {address[:100]}")
    # Last, as it is an error on purpose: no script but the page's own runs.
    page.js("const s = document.createElement('script'); s.textContent = 'window.foreign = 1'; document.body.append(s)")
    page.expect(page.js("return window.foreign === undefined"), "a foreign script ran")
    page.logged()


def by_keyboard(page, wanted):
    """Goes through the page with the tab key alone and says which elements had the focus."""
    page.js("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached, body = [], page.driver.find_element(By.TAG_NAME, "body")
    for _ in range(60):
        body = page.driver.switch_to.active_element
        body.send_keys(Keys.TAB)
        reached.append(page.js("const e = document.activeElement;"
                               "return e.id || e.dataset.layout || e.dataset.column || e.className || e.tagName"))
    for name in wanted:
        page.expect(name in reached, f"not reached by the keyboard: {name}")


def case_page(page, path, name):
    page.open(path, name)
    page.wait("viewer", "document.documentElement.dataset.viewer")
    page.expect(page.js("return document.documentElement.dataset.viewer") == "ready",
                page.js("return document.getElementById('viewer-status').textContent"))
    page.expect(os.path.getsize(path) <= 8 * MEGABYTE, f"{os.path.getsize(path)} bytes")
    canvas = page.driver.find_element(By.ID, "viewer-canvas")
    page.js("arguments[0].scrollIntoView({block: 'center'})", canvas)
    first = page.picture(canvas)
    page.expect(len(first.getcolors(1 << 24)) > 200, "the canvas is blank")
    yellow = sum(n for n, (r, g, b) in first.getcolors(1 << 24) if r > 120 and g > 90 and b < 60)
    page.expect(yellow > 100, "no implant is seen")

    page.driver.find_element(By.CSS_SELECTOR, "[data-layout=render]").click()
    turned = page.picture(canvas)
    page.expect(turned.tobytes() != first.tobytes(), "the layout does not change")
    page.expect(page.js("return document.querySelector('[aria-pressed=true]').dataset.layout") == "render",
                "the pressed button is not said")
    page.save("render")
    page.driver.find_element(By.ID, "viewer-shape").click()
    bare = page.picture(canvas)
    page.expect(bare.tobytes() != turned.tobytes(), "the implant does not go")
    page.driver.find_element(By.ID, "viewer-part").click()
    page.expect(page.picture(canvas).tobytes() != bare.tobytes(), "the part does not come")
    page.save("part")
    page.driver.find_element(By.ID, "viewer-part").click()
    page.driver.find_element(By.ID, "viewer-shape").click()
    slider = page.driver.find_element(By.ID, "viewer-opacity")
    before = page.picture(canvas)
    slider.send_keys(Keys.HOME)
    page.expect(page.picture(canvas).tobytes() != before.tobytes(), "the opacity does not change")
    slider.send_keys(Keys.END)
    return canvas


def check_case(page):
    case_page(page, f"{FOLDER}/case/report.html", "case")
    page.expect(page.js("return document.querySelector('h1').textContent").startswith("<img src=x onerror=alert(1)> \"'&"),
                "the name is not text")
    page.expect(page.js("return document.querySelectorAll('img[src=x]').length") == 0, "the name became markup")
    ways = page.driver.find_element(By.ID, "viewer-way")
    page.expect(ways.is_displayed(), "no choice of ways")
    before = page.js("return document.documentElement.dataset.shape")
    ways.send_keys(Keys.ARROW_DOWN)
    page.wait("another way", f"document.documentElement.dataset.shape !== {json.dumps(before)}")
    page.expect(page.js("return document.querySelectorAll('.maps img').length") >= 3, "not three maps")
    by_keyboard(page, ["skip", "all", "render", "viewer-skull", "viewer-opacity", "viewer-way", "viewer-canvas"])
    common(page)
    quiet(page)


def check_gamma(page):
    case_page(page, f"{FOLDER}/vae/report.html", "gamma")
    slider = page.driver.find_element(By.ID, "viewer-gamma")
    told = page.js("return document.getElementById('viewer-gamma-value').textContent")
    shape = page.js("return document.documentElement.dataset.shape")
    slider.send_keys(Keys.ARROW_RIGHT)
    page.wait("another γ", f"document.documentElement.dataset.shape !== {json.dumps(shape)}")
    now = page.js("return document.getElementById('viewer-gamma-value').textContent")
    page.expect(float(now) > float(told), f"γ went from {told} to {now}")
    page.expect(page.js("return document.getElementById('viewer-gamma').getAttribute('aria-valuetext')") == f"gamma {now}",
                "γ is not said")
    slider.send_keys(Keys.HOME)
    page.wait("γ of 0", "document.getElementById('viewer-gamma-value').textContent === '0'")
    quiet(page)


def names(page):
    return page.js("return [...document.querySelectorAll('#table tbody tr')].filter(r => !r.hidden)"
                   ".map(r => r.querySelector('bdi').textContent)")


def check_batch(page):
    path = f"{FOLDER}/batch/report.html"
    page.open(path, "batch")
    page.wait("table", "document.documentElement.dataset.table")
    first = names(page)
    page.expect(len(first) == 4, f"{len(first)} cases")
    page.expect("broken" in first[0], f"the failure does not stand first: {first}")
    page.expect(page.js("return document.querySelectorAll('.thumb').length") == 3, "not three thumbnails")
    head = page.driver.find_element(By.CSS_SELECTOR, "th button[data-column='1']")
    head.click()
    up = names(page)
    page.expect(up == sorted(up), f"not sorted: {up}")
    head.send_keys(Keys.ENTER)
    page.expect(names(page) == up[::-1], "not sorted the other way by the keyboard")
    page.expect(page.js("return document.querySelector('th[aria-sort=descending]') !== null"), "the order is not said")
    search = page.driver.find_element(By.ID, "search")
    search.send_keys("left")
    page.expect(len(names(page)) == 2, f"the search finds {names(page)}")
    page.expect(page.js("return document.getElementById('count').textContent") == "2 of 4", "the count is not said")
    search.send_keys(Keys.CONTROL, "a")
    search.send_keys(Keys.DELETE)
    page.driver.find_element(By.CSS_SELECTOR, "#state option[value=failed]").click()
    page.expect(len(names(page)) == 1, f"failures: {names(page)}")
    page.driver.find_element(By.CSS_SELECTOR, "#state option[value='']").click()
    page.driver.find_element(By.CSS_SELECTOR, "#kind option[value=right]").click()
    page.expect(len(names(page)) == 2, f"of the kind right: {names(page)}")
    page.driver.find_element(By.CSS_SELECTOR, "#kind option[value='']").click()
    for link in page.js("return [...document.querySelectorAll('#table a')].map(a => decodeURIComponent(a.pathname))"):
        page.expect(os.path.exists(link), f"a link to nothing: {link}")
    page.expect(page.js("return document.querySelectorAll('img[src=x]').length") == 0, "a name became markup")
    by_keyboard(page, ["skip", "search", "state", "kind", "1", "2"])
    common(page)
    quiet(page)


def check_many(page):
    """200 cases: the size of the page, and the time for it."""
    folder = f"{FOLDER}/many"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(f"{FOLDER}/batch", folder)
    with open(f"{folder}/run.json") as file:
        run = json.load(file)
    done = [case for case in run["cases"] if case["status"] == "completed"]
    run["cases"] = [dict(done[n % len(done)], name=f"kind-{n % 9}/{n:03}") for n in range(200)]
    with open(f"{folder}/run.json", "w") as file:
        json.dump(run, file)
    seconds = calvaria("report", folder)
    size = os.path.getsize(f"{folder}/report.html")
    page.open(f"{folder}/report.html", "many")
    page.wait("table", "document.documentElement.dataset.table")
    page.expect(len(names(page)) == 200, "not 200 cases")
    page.expect(size <= 20 * MEGABYTE, f"{size} bytes")
    page.expect(seconds <= 5, f"{seconds:.1f} s")
    print(f"200 cases: {size / MEGABYTE:.1f} MB in {seconds:.2f} s")


def check_training(page):
    training.finished(page, f"{FOLDER}/training")
    by_keyboard(page, ["skip", "epoch"])
    common(page)
    quiet(page)
    training.running(page, PROGRAM, f"{TOP}/training/smoke.yaml", f"{FOLDER}/running")
    quiet(page)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    pictures = f"{FOLDER}/pictures"
    os.makedirs(pictures)
    case = f"{FOLDER}/in/{HOSTILE}.nrrd"
    cases.vault(case)
    calvaria("implant", case, "-o", f"{FOLDER}/case", "--report", "--alternatives", "1", "-q")
    calvaria("implant", case, "-o", f"{FOLDER}/vae", "--report", "-q", "--pipeline", f"{TOP}/pipelines/implant-vae.yaml")
    for name, hole in {"left/a": (45, -35, 35), f"left/{HOSTILE}": (45, 20, 40), "right/b": (-45, -35, 35)}.items():
        cases.vault(f"{FOLDER}/set/{name}.nrrd", hole)
    with open(f"{FOLDER}/set/right/broken.nrrd", "wb") as file:
        file.write(b"NRRD0004\ntype: int16\n")
    done = subprocess.run(
        [PROGRAM, "batch", f"{FOLDER}/set", "-o", f"{FOLDER}/batch", "--report", "-q", "--pipeline",
         f"{TOP}/pipelines/implant-mirror.yaml"], capture_output=True, text=True, timeout=600)
    if done.returncode != 1:
        sys.exit(f"pages.py: calvaria batch: {done.returncode}\n{done.stderr}")
    calvaria("train", f"{TOP}/training/smoke.yaml", "-o", f"{FOLDER}/training", "-q")
    page = chromium.Browser(pictures)
    try:
        for check in (check_case, check_gamma, check_batch, check_many, check_training):
            check(page)
    finally:
        page.close()
    print(f"{len(page.faults)} faults; pictures in {pictures}")
    sys.exit(1 if page.faults else 0)


main()
