"""How long a figure's script works for one step of a slider, beside a handler that does nothing:
`make bench`.

The race with its six racers and 300 steps, in the machine's Chromium, medians of 200 steps. It
needs the built site.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests import browser

PAGE = Path(__file__).parents[2] / "build" / "html" / "adam.html"
MEASURE = """() => {
  const figure = document.querySelector(".opt-figure"), slider = figure.querySelector("[name=x]");
  figure.wake();
  const idle = document.createElement("input");
  idle.addEventListener("input", () => {});
  const times = (target) => {
    const found = [];
    for (let k = 0; k < 250; k++) {
      target.value = -1.2 + (k % 50) / 100;
      const before = performance.now();
      target.dispatchEvent(new Event("input", { bubbles: true }));
      found.push(performance.now() - before);
    }
    return found.slice(50).sort((a, b) => a - b)[100];
  };
  const { runs, last } = figure.scene;
  return { racers: runs.length, steps: last, step: times(slider), empty: times(idle) };
}"""


def measure(page):
    """Return the number of racers and steps, and the medians in milliseconds."""
    return page.evaluate(MEASURE)


def main():
    """Open the page of the race, measure, and print."""
    with sync_playwright() as playwright:
        options = dict(
            executable_path=browser.chromium(), args=browser.FLAGS, env=browser.plain_fonts()
        )
        started = playwright.chromium.launch(**options)
        page = started.new_page()
        page.goto(PAGE.as_uri())
        says = (
            "{racers} racers x {steps} steps, one slider step: {step:.2f} ms; an empty handler:"
            " {empty:.3f} ms"
        )
        print(says.format(**measure(page)))
        started.close()


if __name__ == "__main__":
    main()
