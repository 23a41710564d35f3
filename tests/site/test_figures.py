"""The interactive figures, played with: by mouse, by touch, by keyboard, from a link, and
without a script."""

import html
import itertools
import re
import runpy
from collections import defaultdict

import matplotlib.pyplot as plt
import numpy as np
import pytest

import optbook
from optbook.book import figures
from tests.benchmarks.figures import measure
from tests.site.conftest import ROOT, opened, until, visited

SOURCES = {
    path.with_suffix(".html").name: path.read_text(encoding="utf-8")
    for path in (ROOT / "docs").glob("*.md")
}
PAGES = {
    name: page
    for name in figures.FIGURES
    for page, text in SOURCES.items()
    if f"```{{play}} {name}\n" in text
}
RACERS = figures.racers(figures.FIGURES["play-race"])
STATE = "document.querySelector('.opt-figure').state"
RUNS = """document.querySelector('.opt-figure').scene.runs.map(run => [
  run.title, run.points.slice(0, run.steps + 1), run.heights, run.ended])"""


@pytest.fixture(scope="module")
def windows():
    """Keep the windows that nobody uses any more, by their options: a new one takes longer than
    all else."""
    idle = defaultdict(list)
    yield idle
    for seen in itertools.chain(*idle.values()):
        seen.page.context.close()


def shown(seen, site, name, asked=""):
    """Show a figure in a window, set as a link sets it."""
    visited(seen, f"{(site / PAGES[name]).as_uri()}{asked and f'?figure={name}&{asked}'}")
    assert not seen.complaints
    seen.page.locator(".opt-figure").evaluate(
        "figure => figure.scrollIntoView({ behavior: 'instant' })"
    )
    if seen.scripts:
        until(seen.page, "document.querySelector('.opt-figure').scene")
    return seen.page


@pytest.fixture
def play(windows, chromium, site):
    """Return a function that opens the page of a figure and returns the window; `asked` is what
    a link would set."""
    used = []

    def play(name, asked="", **options):
        idle = windows[str(options)]
        seen = idle.pop() if idle else opened(chromium, "about:blank", **options)
        used.append((idle, seen))
        return shown(seen, site, name, asked)

    yield play
    for idle, seen in used:
        seen.page.goto("about:blank")  # where nothing goes on
        idle.append(seen)


def slide(page, name, value):
    """Move a slider as a reader does."""
    page.locator(f"[name={name}]").evaluate(
        "(slider, v) => { slider.value = v; slider.dispatchEvent(new Event('input', { bubbles: true"
        " })) }",
        str(value),
    )


def open_all(page):
    """Show who else could run, where that is folded."""
    for summary in page.locator(".who summary").all():
        summary.click()


def says(page):
    """Return the sentence under the picture."""
    return page.locator(".says").inner_text()


def state(page):
    """Return what the controls are set to."""
    return page.evaluate(STATE)


# The picture before and after the script


@pytest.mark.parametrize("name", PAGES)
def test_the_first_frame_is_the_picture_on_the_page_letter_for_letter(play, site, name):
    source = (site / PAGES[name]).read_text(encoding="utf-8")
    parts = play(name).evaluate("document.querySelector('.opt-figure').parts")
    assert len(parts) >= 12
    for part, words in parts.items():
        attribute = part.partition("@")[2]
        written = html.escape(words) if part == "python" else str(words)
        assert (f'{attribute}="{written}"' if attribute else f">{written}<") in source, part


@pytest.mark.parametrize("name", PAGES)
def test_without_a_script_the_picture_is_finished(play, name):
    page = play(name, java_script_enabled=False)
    assert page.locator(".opt-figure .chart path").count() >= 5
    assert page.locator("[data-do=play]").is_disabled()
    assert page.locator("figure.play figcaption").inner_text()
    assert len(says(page)) > 40
    page.locator("summary", has_text="The numbers").click()
    assert page.locator(".opt-figure table td").first.is_visible()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_when_the_script_takes_over(play, name, width):
    places = """all => all.map((e) => { const { x, y, width, height } = e.getBoundingClientRect();
        const { x: left, y: top } = e.closest('.opt-figure').getBoundingClientRect();
        return [x - left, y - top, width, height].map((v) => Math.round(16 * v) / 16) })"""
    still, live = (
        play(name, width=width, java_script_enabled=script)
        .locator(".opt-figure *")
        .evaluate_all(places)
        for script in (False, True)
    )
    assert len(still) > 60
    assert live == still


# What a reader can do


@pytest.mark.parametrize("name", PAGES)
def test_the_rate_slider_moves_the_run(play, name):
    page = play(name, "rates=same" if "rates" in figures.FIGURES[name].state else "")
    before = page.evaluate(RUNS)
    slide(page, "lr", -2.7)
    assert state(page)["lr"] == 0.002
    assert page.locator("[data-part=out-lr]").inner_text() == "0.002"
    assert page.evaluate(RUNS) != before


def test_the_first_rate_is_that_of_the_chapter(play):
    assert state(play("play-gd"))["lr"] == 0.05


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.05, "η·L = 0.5: converges, without crossing the valley"),
        (0.13, "η·L = 1.3: converges, alternating"),
        (0.2, "η·L = 2: bounces for ever"),
        (0.205, "η·L = 2.05: diverges"),
    ],
)
def test_the_sentence_says_what_happens(play, rate, words):
    page = play("play-gd", f"lr={rate}&steps=500")
    assert words in says(page)
    heights = page.evaluate(RUNS)[0][2]
    assert (heights[-1] < 1e-9) == ("converges" in words)
    assert (heights[-1] > heights[0]) == ("diverges" in words)


def test_overflow_is_said_in_words_and_drawn_without_a_fault(play):
    page = play("play-gd", "lr=10&steps=500")
    ended = page.evaluate(RUNS)[0][3]
    run = optbook.minimize(optbook.bowl, optbook.gd, lr=10.0, steps=500)
    assert ended == run.diverged_at > 0
    assert f"overflows at step {ended}" in says(page)
    assert "NaN" not in page.locator(".opt-figure").inner_html()


@pytest.mark.parametrize(("condition", "limit"), [(10, 0.2), (4, 0.5), (100, 0.02)])
def test_the_mark_moves_with_the_landscape(play, condition, limit):
    page = play("play-gd", f"condition={condition}")
    assert page.locator("[data-part=marks-lr] text").inner_html() == f"2/L = {limit:g}"
    place = float(page.locator("[data-part=marks-lr] line").get_attribute("x1").rstrip("%"))
    assert place == pytest.approx(100 * (np.log10(limit) + 4) / 5, abs=1e-3)


def test_the_mark_is_modest_where_the_limit_is_local_and_absent_where_there_is_none(play):
    page = play("play-gd", "surface=himmelblau")
    assert "near the minimum" in page.locator("[data-part=marks-lr]").inner_html()
    assert "Near the minimum" in says(page)
    page = play("play-momentum", "surface=himmelblau")
    assert page.locator("[data-part=marks-lr] text").first.inner_html() == "near the minimum "
    page = play("play-race", "rates=same&run=adam,rmsprop")
    assert page.locator("[data-part=marks-lr]").inner_html() == ""


def test_the_limits_of_all_racers_are_said_with_their_own_momentum(play):
    page = play("play-race", "rates=same&lr=0.003")
    steep = optbook.rosenbrock.curvature[-1]
    gd, momentum, nesterov = optbook.gd, optbook.momentum, optbook.nesterov
    assert f"Gradient descent {gd.limit(curvature=steep):.3g} (passed)" in says(page)
    assert f"Momentum {momentum.limit(curvature=steep, beta=0.9):.3g}, " in says(page)
    assert f"Nesterov momentum {nesterov.limit(curvature=steep, beta=0.9):.3g} (passed)" in says(
        page
    )
    assert page.locator("[data-part=marks-lr] line").count() == 3


def test_critical_damping_is_marked(play):
    page = play("play-momentum", "lr=0.04&condition=1")
    place = float(page.locator("[data-part=marks-beta] line").get_attribute("x1").rstrip("%"))
    assert place == pytest.approx(100 * (1 - 0.2) ** 2 / 0.99, abs=1e-3)
    slide(page, "beta", 0.5)
    assert "along the valley the ball creeps" in says(page)
    slide(page, "beta", 0.9)
    assert "along the valley the ball swings" in says(page)


def test_the_landscape_can_be_changed(play):
    page = play("play-race")
    for name, problem in optbook.PROBLEMS.items():
        page.locator("[name=surface]").select_option(name)
        assert (state(page)["x"], state(page)["y"]) == problem.start
        assert page.locator(".map .star").count() == len(problem.minima)
        slider = page.locator("[name=x]")
        assert (
            float(slider.get_attribute("min"))
            <= problem.start[0]
            <= float(slider.get_attribute("max"))
        )
        assert page.locator("[name=condition]").is_enabled() == (name == "bowl")


def test_the_start_is_dragged_clicked_and_moved_by_keys(play):
    page = play("play-gd")
    handle = page.locator(".start").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 20, steps=4)
    page.mouse.up()
    dragged = state(page)
    assert dragged["x"] > -4
    assert dragged["y"] < 2
    page.mouse.click(x + 80, y + 60)
    assert state(page)["x"] > dragged["x"]
    page.locator(".start").focus()
    before = state(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    after = state(page)
    assert after["x"] < before["x"]
    assert after["y"] > before["y"]
    assert page.locator(".start").evaluate("handle => handle === document.activeElement"), (
        "the focus stays"
    )
    page.keyboard.press("Shift+ArrowUp")
    for _ in range(30):
        page.keyboard.press("Shift+ArrowUp")
    assert state(page)["y"] <= float(page.locator("[name=y]").get_attribute("max"))


def test_a_finger_taps_drags_and_scrolls(play):
    page = play("play-gd", has_touch=True, width=360)
    box = page.locator(".map").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    assert state(page)["x"] > 0
    touch = "e => getComputedStyle(e).touchAction"
    assert page.locator(".start").evaluate(touch) == "none"
    everything = page.locator(".opt-figure :not(.start, .start *)")
    assert "none" not in everything.evaluate_all(f"all => all.map({touch})"), (
        "elsewhere a finger scrolls the page"
    )


def test_the_player_plays_pauses_steps_and_scrubs(play):
    page = play("play-gd")
    page.locator("[data-do=reset]").click()
    assert state(page)["t"] == 3
    page.locator("[data-do=step][value='1']").click()
    assert state(page)["t"] == 4
    page.locator("[data-do=step][value='10']").click()
    assert state(page)["t"] == 14
    slide(page, "t", 59)
    page.locator("[data-do=step][value='10']").click()
    assert state(page)["t"] == 60, "it stops at the end"
    page.locator("[data-do=speed]").select_option("5")
    page.locator("[data-do=play]").click()
    assert "Pause" in page.locator("[data-do=play]").inner_text()
    page.locator("[data-do=speed]").select_option("320")
    until(page, f"{STATE}.t === 60")
    until(page, "document.querySelector('[data-do=play]').textContent.includes('Play')")
    page.locator("[data-do=speed]").select_option("5")
    page.locator("[data-do=play]").click()
    until(page, f"{STATE}.t >= 1")
    page.locator("[data-do=play]").click()
    stopped = state(page)["t"]
    page.wait_for_timeout(400)
    assert state(page)["t"] == stopped < 60


def test_one_cursor_links_map_and_chart(play):
    page = play("play-gd")
    for t in (0, 7, 60):
        slide(page, "t", t)
        point = page.evaluate(
            f"document.querySelector('.opt-figure').scene.runs[0].onMap[{t}]"
        ).split()
        drop = page.evaluate(
            f"document.querySelector('.opt-figure').scene.runs[0].onChart[{t}]"
        ).split()
        for view, (x, y) in {".map": point, ".chart": drop}.items():
            spot = page.locator(f"{view} svg circle")
            assert (spot.get_attribute("cx"), spot.get_attribute("cy")) == (x, y)
    box = page.locator(".chart").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 20 < state(page)["t"] < 35


def test_the_arrows_point_where_the_rule_goes(play):
    page = play("play-gd", "t=5&lr=0.01")
    ends = [
        [
            float(v)
            for v in re.findall(r"-?\d+", page.locator(f".map .{kind}").get_attribute("d"))[:4]
        ]
        for kind in ("slope", "step")
    ]
    (a, b, c, d), (e, f, g, h) = ends
    assert (a, b) == (e, f)
    cosine = (
        ((c - a) * (g - e) + (d - b) * (h - f)) / np.hypot(c - a, d - b) / np.hypot(g - e, h - f)
    )
    assert cosine > 0.999, "gradient descent steps straight down"
    page = play("play-momentum", "t=5")
    assert page.locator(".map .step").count() == page.locator(".map .slope").count() == 3
    note = page.locator(".note").inner_text()
    assert "−η v" in note
    assert "Adam −η m̂ / (√(v̂) + ε)" in play("play-race").locator(".who").inner_text()


def test_batches_seeds_and_axes_change_the_noisy_run(play):
    page = play("play-sgd")
    one = page.evaluate(RUNS)
    page.locator("[data-do=seed]").click()
    two = page.evaluate(RUNS)
    assert one[0] == two[0], "the full gradient does not depend on the shuffle"
    assert one[1] != two[1]
    assert [len(run[1]) - 1 for run in two] == [10, 80, 640]
    page.locator("[name=axis]").select_option("steps")
    assert [len(run[1]) - 1 for run in page.evaluate(RUNS)] == [80, 80, 80]
    slide(page, "batch", 5)
    assert state(page)["batch"] == 32


def test_the_reader_chooses_who_runs(play):
    page = play("play-race")
    runs = {title: points for title, points, *_ in page.evaluate(RUNS)}
    assert len(runs) == 6
    assert runs["AdamW"] == runs["Adam"], "no decay moves the goal of a race"
    open_all(page)
    for name in RACERS:
        page.locator(f"[value={name}]").uncheck()
    assert page.evaluate(RUNS) == []
    assert "Choose who runs" in says(page)
    page.locator("[value=adagrad]").check()
    assert page.evaluate(RUNS)[0][0] == "AdaGrad"


def test_tuned_rates_are_those_of_the_sweep_and_the_protocol_is_shown(play):
    page = play("play-race", "surface=canyon")
    shown = page.locator(".key").inner_text()
    for name in ("gd", "adam"):
        rule = optbook.OPTIMIZERS[name]
        assert f"{rule.title}, η = {figures.tuned(optbook.canyon, rule):.3g}" in shown
    assert (
        "best of 51 rates from 0.0001 to 10, by the median loss after 300 steps from 10 starts"
        " about" in says(page)
    )
    assert page.locator("[name=lr]").is_disabled()
    page.locator("[name=rates]").select_option("same")
    assert page.locator("[name=lr]").is_enabled()


@pytest.mark.parametrize("name", [name for name in optbook.SCHEDULES if name != "warmup"])
def test_every_schedule_is_drawn_with_its_corners(play, name):
    page = play("play-schedule", f"schedule={name}&steps=120&warm=12&floor=0.1&mult=3")
    call = page.evaluate("document.querySelector('.opt-figure').scene.plan.call")
    plan = eval(call, vars(optbook))
    page.locator("summary", has_text="The numbers").click()
    rows = [
        row.split("\t")
        for row in page.locator(".opt-figure table").inner_text().strip().splitlines()[1:]
    ]
    assert [int(t) for t, _ in rows] == [0, 1, 11, 12, 13, 119, 120, 121]
    for t, rate in rows:
        assert number(rate) == pytest.approx(plan(int(t)), rel=6e-3, abs=1e-12)


def test_sliders_without_effect_are_off(play):
    for schedule, floor, mult in (
        ("cosine", True, False),
        ("restarts", True, True),
        ("step", False, False),
    ):
        page = play("play-schedule", f"schedule={schedule}")
        assert page.locator("[name=floor]").is_enabled() == floor
        assert page.locator("[name=mult]").is_enabled() == mult
        assert page.locator("[name=warm]").is_enabled()


def number(words):
    """Return the number that a reader reads."""
    plain = words.replace("−", "-").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    factor, _, power = plain.partition("·10")
    return float(f"{factor}e{power}" if power else factor)


def test_the_folded_table_has_the_numbers_of_the_run(play):
    page = play("play-gd")
    page.locator("summary", has_text="The numbers").click()
    rows = [
        row.split("\t")
        for row in page.locator(".opt-figure table").inner_text().strip().splitlines()[1:]
    ]
    run = optbook.minimize(optbook.bowl, optbook.gd, lr=0.05, steps=60)
    assert [int(row[0]) for row in rows] == list(range(0, 61, 6))
    for t, x, y, loss in rows:
        assert [number(x), number(y)] == pytest.approx(run.theta[int(t)].tolist(), rel=6e-3)
        assert number(loss) == pytest.approx(run.loss[int(t)], rel=6e-3)


WILD_PLAY = """async () => {
  const figure = document.querySelector('.opt-figure'), bad = [];
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const controls = [...figure.querySelectorAll('[name]')];
  for (let k = 0; k < 200; k++) {
    const control = controls[Math.floor(random() * controls.length)], share = random();
    const { min, max } = control, within = +min + (max - min) * share;
    if (control.disabled) continue;
    if (control.type === 'range') control.value = share < 0.2 ? min : share > 0.8 ? max : within;
    else if (control.type === 'checkbox') control.checked = !control.checked;
    else control.selectedIndex = Math.floor(share * control.options.length);
    control.dispatchEvent(new Event('input', { bubbles: true }));
    for (const act of ['seed', 'play', 'reset'])
      if (random() < 0.06) figure.querySelector(`[data-do=${act}]`)?.click();
    if (random() < 0.1) await new Promise((done) => setTimeout(done, 20));
    const odd = figure.innerText.match(/NaN|undefined|Infinity|null/)
      || figure.querySelector('.views').innerHTML.match(/NaN|undefined|Infinity|null/);
    if (odd) bad.push([odd[0], JSON.stringify(figure.state)]);
  }
  return bad;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_wild_play_breaks_nothing(visit, site, name):
    seen = visit((site / PAGES[name]).as_uri())
    assert seen.page.evaluate(WILD_PLAY) == []
    assert not seen.complaints


# Taken along


def test_a_copied_link_restores_everything(play, visit):
    page = play("play-race")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[name=surface]").select_option("himmelblau")
    page.locator("[value=adamw]").uncheck()
    page.locator("[name=rates]").select_option("same")
    slide(page, "lr", -1.5)
    slide(page, "x", 1.25)
    slide(page, "t", 33)
    before = page.url
    page.locator("[data-do=link]").click()
    page.get_by_text("Copied").wait_for()
    assert page.url == before, "the address is the reader's own"
    link = page.evaluate("navigator.clipboard.readText()")
    assert state(visit(link).page) == state(page)


@pytest.mark.parametrize(
    ("name", "asked", "kept"),
    [
        ("play-gd", "lr=1e9&steps=-5&x=99&t=1e6", {"lr": 10, "steps": 10, "t": 10}),
        (
            "play-gd",
            "lr=abc&surface=moon&y=NaN&constructor=1&seed=4",
            {"lr": 0.05, "surface": "bowl", "y": 2},
        ),
        ("play-gd", "lr=-1&x=-Infinity&t=-4", {"lr": 0.0001, "x": -4, "t": 0}),
        ("play-momentum", "beta=1.5&condition=0", {"beta": 0.99, "condition": 1}),
        ("play-sgd", "batch=33&seed=1000&axis=both", {"batch": 32, "seed": 7, "axis": "examples"}),
        ("play-race", "run=adam,<b>,gd", {"run": ["gd", "adam"]}),
        ("play-schedule", "steps=1e99&warm=-1&mult=2.4", {"steps": 500, "warm": 0, "mult": 2}),
    ],
)
def test_a_wild_link_is_tamed(play, name, asked, kept):
    now = state(play(name, asked))
    assert {key: now[key] for key in kept} == kept
    assert set(now) == set(figures.FIGURES[name].state)


def test_links_in_the_prose_set_the_figure(play):
    page = play("play-gd")
    page.get_by_text("raise it past 2/L").click()
    assert state(page)["lr"] == 0.205
    assert "diverges" in says(page)
    assert page.locator("#play-gd").evaluate("e => e.getBoundingClientRect().top < innerHeight")


def asked_at_random(name, rng):
    """Return what a link could ask of a figure."""
    known, asked = figures.controls(), {}
    for key in figures.FIGURES[name].state:
        control = known.get(key)
        if isinstance(control, figures.Choice):
            asked[key] = rng.choice(list(control.options))
        elif control and key not in "xy":
            share = rng.uniform()
            low, high = (np.log(v) if control.base else v for v in (control.low, control.high))
            value = low + share * (high - low)
            asked[key] = np.exp(value) if control.base else value
        elif key in "xy":
            asked[key] = rng.uniform(-1.5, 1.5)
    return asked | (
        {"run": ",".join(rng.permutation(RACERS)[:3])}
        if "run" in figures.FIGURES[name].state
        else {}
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_copied_python_makes_what_is_on_the_screen(play, name, tmp_path, monkeypatch):
    monkeypatch.setattr(plt, "show", plt.close)
    page, compared = play(name), []
    rng = np.random.default_rng(7)
    for _ in range(20):
        asked = {key: str(value) for key, value in asked_at_random(name, rng).items()}
        page.evaluate(
            "asked => document.querySelector('.opt-figure').set(new Map(Object.entries(asked)))",
            asked,
        )
        copied = page.locator("[data-part=python]").text_content()
        runs, aside = (
            run_script(text, tmp_path) for text in (copied, START.sub(a_hair_aside, copied))
        )
        for title, points, heights, ended in page.evaluate(RUNS):
            run = runs[title]
            settled = apart(aside[title].theta, run.theta) < 1e-10
            whole = settled.all() and len(settled) == len(run.t)
            assert not whole or ((run.diverged_at > 0) == (ended > 0) and len(run.t) == len(points))
            for seen, computed in ((points, run.theta), (heights, run.loss)):
                assert apart(seen, computed)[: settled.sum()].max() <= 1e-9
            compared.append(settled.sum() / len(run.t))
    assert np.mean(compared) > 0.6, "most of what is drawn is compared"


START = re.compile(r"start=\((.+?), (.+?)\)")


def a_hair_aside(found):
    """Return a start moved by a few roundings."""
    return f"start=({', '.join(repr(float(number) * (1 + 2.0**-50)) for number in found.groups())})"


def run_script(text, folder):
    """Return the runs that a copied script makes."""
    (folder / "copied.py").write_text(text, encoding="utf-8")
    with plt.rc_context():
        return runpy.run_path(str(folder / "copied.py"))["runs"]


def apart(seen, computed):
    """Return how far two runs are apart up to each step that both have, in sizes of the run so
    far."""
    both = min(len(seen), len(computed))
    seen, computed = (np.array(run)[:both].reshape(both, -1) for run in (seen, computed))
    size = np.maximum.accumulate(np.abs(computed).max(axis=1))
    return np.maximum.accumulate(np.abs(seen - computed).max(axis=1) / np.where(size > 0, size, 1))


# Open to all


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_every_control_in_reading_order(play, name):
    page = play(name)
    open_all(page)
    inside = "document.querySelector('.opt-figure')"
    wanted = page.evaluate(
        f"""[...{inside}.querySelectorAll('.start, button, input, select, summary')]
        .filter(e => !e.disabled)
        .map(e => e.name || e.dataset.do || e.dataset.part || e.textContent)"""
    )
    page.evaluate(f"{inside}.querySelector('.start, button').focus()")
    reached = []
    for _ in wanted:
        active = page.evaluate("""(() => { const e = document.activeElement;
            return e.name || e.dataset.do || e.dataset.part || e.textContent })()""")
        reached.append(active)
        page.keyboard.press("Tab")
    assert reached == wanted
    assert page.evaluate(f"!{inside}.contains(document.activeElement)"), "nobody is trapped"


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_label_and_a_target_of_44_pixels(play, name):
    page = play(name, width=320)
    open_all(page)
    for control in page.locator(
        ".opt-figure :is(button, select, input[type=range], summary)"
    ).all():
        assert control.bounding_box()["height"] >= 44, control.evaluate("e => e.outerHTML")
    for box in page.locator(".opt-figure input[type=checkbox]").all():
        assert box.locator("..").bounding_box()["height"] >= 44
    for control in page.locator(".opt-figure :is(select, input)").all():
        assert control.evaluate(
            "e => e.labels.length === 1 && e.labels[0].textContent.trim().length > 2"
        )
    for handle in page.locator(".start").all():
        assert min(handle.bounding_box()["width"], handle.bounding_box()["height"]) >= 44


def test_sliders_say_their_value_and_changes_are_told_once(play):
    page = play("play-gd")
    slide(page, "lr", -1)
    assert page.locator("[name=lr]").evaluate("e => e.ariaValueText") == "0.1"
    told = page.locator("[role=status]")
    page.evaluate("""(() => { window.told = 0; new MutationObserver(() => window.told++)
        .observe(document.querySelector('[role=status]'), { childList: true }) })()""")
    slide(page, "lr", -1.1)
    until(page, "window.told > 0")
    page.wait_for_timeout(1000)
    first = page.evaluate("window.told")
    page.locator("[name=lr]").evaluate("""slider => [-2, -1.9, -1.8, -1.7].forEach((v) => {
        slider.value = v; slider.dispatchEvent(new Event('input', { bubbles: true })) })""")
    until(page, f"window.told > {first}")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.told") == first + 1
    assert told.text_content() == page.locator(".says").text_content()


def test_racers_are_told_apart_by_dash_as_well_as_colour(play):
    page = play("play-race", f"run={','.join(RACERS)}")
    find = "(all, name) => all.map((path) => path.getAttribute(name))"
    inks, dashes = (
        page.locator(".key path").evaluate_all(find, name)
        for name in ("stroke", "stroke-dasharray")
    )
    assert len(set(zip(inks, dashes, strict=True))) == len(RACERS)
    assert len(set(inks[:7])) == len(set(dashes[:7])) == 7, "those of the chapter differ in both"


def test_the_benchmark_measures_what_it_says(play):
    found = measure(play("play-race"))
    assert (found["racers"], found["steps"]) == (6, 300)
    assert found["step"] > found["empty"]


def test_nothing_moves_unasked_and_nothing_works_while_idle(play):
    page = play("play-race")
    page.evaluate("""(() => { window.frames_ = 0; const ask = requestAnimationFrame;
        window.requestAnimationFrame = (f) => {
          window.frames_ += Error().stack.includes('play-race'); return ask(f) }
    })()""")
    until(page, "document.querySelector('[role=status]').textContent")
    before = page.locator(".opt-figure").inner_html()
    page.wait_for_timeout(600)
    assert page.evaluate("window.frames_") == 0
    assert page.locator(".opt-figure").inner_html() == before


def test_those_who_want_little_motion_get_few_frames(play):
    page = play("play-race", reduced_motion="reduce")
    page.locator("[data-do=play]").click()
    page.evaluate("""(() => { window.drawn = 0; new MutationObserver(() => window.drawn++)
        .observe(document.querySelector('[data-part=chart]'), { childList: true }) })()""")
    page.wait_for_timeout(1600)
    assert 1 <= page.evaluate("window.drawn") <= 4
