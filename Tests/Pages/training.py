"""The page of a training, while it trains and after."""

import os
import subprocess
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

READY = "document.documentElement.dataset.training"
EPOCHS = ("return Number([...document.querySelectorAll('.cards div')]"
          ".find(d => d.querySelector('dt').textContent === 'Epochs').querySelector('dd').firstChild.textContent)")
SHOWN = "return document.querySelector('#pictures figure:not([hidden])').dataset.name"


def finished(page, folder):
    """What a training has left: curves, bars, and pictures that are chosen by the keyboard."""
    page.open(f"{folder}/report.html", "training")
    page.wait("the page", READY)
    page.expect(page.js("return document.querySelectorAll('svg polyline').length") >= 8, "curves are missing")
    page.expect(page.js("return document.querySelectorAll('svg rect.bar').length") == 8, "not two bars a dimension")
    page.expect(page.js("return [...document.querySelectorAll('svg')].every(s => s.getBoundingClientRect().height > 50)"),
                "a flat drawing")
    page.expect(not page.driver.find_element(By.ID, "reload").is_displayed(), "a finished training offers to load again")
    slider = page.driver.find_element(By.ID, "epoch")
    page.expect(page.js(SHOWN) == "stage 2, epoch 3", f"shown first: {page.js(SHOWN)}")
    last = page.picture(page.driver.find_element(By.CSS_SELECTOR, "#pictures figure:not([hidden]) img"))
    page.expect(len(last.getcolors(1 << 24)) > 20, "the reconstruction is blank")
    slider.send_keys(Keys.HOME)
    page.expect(page.js(SHOWN) == "stage 1, epoch 0", "HOME does not lead to the first")
    page.expect(slider.get_attribute("aria-valuetext") == "stage 1, epoch 0", "the epoch is not said")
    page.driver.refresh()
    page.wait("the page again", READY)
    page.expect(page.js(SHOWN) == "stage 1, epoch 0", "the choice does not outlive a reload")


def running(page, program, training, folder):
    """A training that goes on: the page grows by itself, and stays where it was left."""
    work = subprocess.Popen([program, "train", training, "-o", folder, "-q", "--threads", "1", "--set", "stage1.epochs=100000"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.time() + 60
        while not os.path.exists(f"{folder}/reconstructions/stage-1-epoch-0002.png") and time.time() < end:
            time.sleep(0.1)
        page.open(f"{folder}/report.html", "running")
        page.wait("the page", READY)
        first = page.js(EPOCHS)
        page.expect(page.driver.find_element(By.ID, "reload").is_displayed(), "no choice of loading again")
        page.driver.find_element(By.ID, "epoch").send_keys(Keys.HOME)
        page.js("window.scrollTo(0, 400)")
        page.js("window.old = true")
        page.wait("loaded again by itself", "window.old === undefined && " + READY, seconds=20)
        page.expect(page.js(EPOCHS) > first, f"no epoch more than {first}")
        page.expect(page.js(SHOWN) == "stage 1, epoch 0", "the choice does not outlive a reload")
        page.expect(abs(page.js("return window.scrollY") - 400) < 3, "it does not stay where it was scrolled to")
        page.driver.find_element(By.ID, "reload").click()
        page.js("window.old = true")
        time.sleep(5)
        page.expect(page.js("return window.old === true"), "it loads again although it must not")
        page.save("light", whole=True)
    finally:
        work.terminate()
        work.wait(timeout=60)
    page.expect("can go on" in open(f"{folder}/report.html", encoding="utf-8").read(), "a stopped training does not say so")
