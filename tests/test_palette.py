"""The colours: seen against the page, and told apart, by everyone, in light and in dark."""

import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

STYLE = mpl.rc_params_from_file(
    Path(__file__).parents[1] / "optbook/textbook.mplstyle",
    fail_on_error=True,
    use_default_template=False,
)
COLOURS = np.array([to_rgb(entry["color"]) for entry in STYLE["axes.prop_cycle"]])
# the pages of Furo's two themes
LIGHT, DARK = (
    np.array(to_rgb("#ffffff")),
    np.array(to_rgb("#131416")),
)
INKS = ["text.color", "axes.labelcolor", "axes.titlecolor", "xtick.labelcolor", "ytick.labelcolor"]

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(rgb):
    """Return sRGB values as light intensities."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def encoded(light):
    """Return light intensities as sRGB values."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def contrast(rgb, ground):
    """Return the contrast ratio of WCAG 2 between two colours, 1 to 21."""
    a, b = (linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (rgb, ground))
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


def turned_over(rgb):
    """Return what CSS ``invert(1) hue-rotate(180deg)`` makes of a colour."""
    grey = np.array([0.213, 0.715, 0.072])
    return np.clip((1 - rgb) @ (2 * np.outer(np.ones(3), grey) - np.eye(3)).T, 0, 1)


def seen(rgb, vision):
    """Return what an eye of this kind sees of a colour."""
    return encoded(linear(rgb) @ VISION[vision].T)


def lab(rgb):
    """Return CIELAB coordinates under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    x, y, z = np.moveaxis(linear(rgb) @ to_xyz.T / [0.95047, 1, 1.08883], -1, 0)
    fx, fy, fz = (
        np.where(a > 216 / 24389, np.cbrt(a), (24389 / 27 * a + 16) / 116) for a in (x, y, z)
    )
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=-1)


def ciede2000(lab1, lab2):
    """Return the colour difference of Sharma, Wu and Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = lab1, lab2
    chroma7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(chroma7 / (chroma7 + 25.0**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    hue, chroma, light = h1 + turn / 2, (c1 + c2) / 2, (l1 + l2) / 2 - 50
    waves = zip((0.17, -0.24, -0.32, 0.20), (1, 2, 3, 4), (30, 0, -6, 63), strict=True)
    t = 1 - sum(size * np.cos(np.radians(n * hue - phase)) for size, n, phase in waves)
    dl = (l2 - l1) / (1 + 0.015 * light**2 / np.sqrt(20 + light**2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    blue = np.radians(60 * np.exp(-(((hue % 360 - 275) / 25) ** 2)))
    mixed = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(blue)
    return np.sqrt(dl**2 + dc**2 + dh**2 + mixed * dc * dh)


@pytest.mark.parametrize(
    ("first", "second", "expected"),  # from the table of Sharma, Wu and Dalal
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (61, -5, 29), 22.8977),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
        ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
    ],
)
def test_the_colour_difference_is_the_published_one(first, second, expected):
    assert ciede2000(first, second) == pytest.approx(expected, abs=5e-5)
    assert ciede2000(second, first) == pytest.approx(expected, abs=5e-5)


def test_the_measures_know_black_white_red_and_grey():
    assert contrast(np.zeros(3), LIGHT) == pytest.approx(21)
    assert contrast(np.array(to_rgb("#767676")), LIGHT) == pytest.approx(4.54, abs=0.005)
    np.testing.assert_allclose(lab(np.array([1.0, 0, 0])), [53.24, 80.09, 67.20], atol=0.02)
    np.testing.assert_allclose(turned_over(np.full(3, 0.2)), 0.8, atol=1e-12)
    np.testing.assert_allclose(turned_over(LIGHT), 0, atol=1e-12)
    for vision in VISION:
        np.testing.assert_allclose(seen(np.full(3, 0.5), vision), 0.5, atol=1e-3)


@pytest.mark.parametrize("i", range(len(COLOURS)))
def test_every_colour_stands_out_on_both_pages(i):
    least = min(contrast(COLOURS[i], LIGHT), contrast(turned_over(COLOURS[i]), DARK))
    assert least >= 3


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("page", ["light", "dark"])
def test_every_two_colours_can_be_told_apart(vision, page):
    shown = COLOURS if page == "light" else turned_over(COLOURS)
    points = lab(seen(shown, vision))
    nearest = min(
        ciede2000(*points[[i, j]]) for i, j in itertools.combinations(range(len(points)), 2)
    )
    assert nearest >= 12


@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read_on_both_pages(ink):
    colour = np.array(to_rgb(STYLE[ink]))
    least = min(contrast(colour, LIGHT), contrast(turned_over(colour), DARK))
    assert least >= 4.5


def test_there_are_seven_colours_each_with_its_own_dash():
    assert len(COLOURS) >= 7
    assert len({repr(entry["linestyle"]) for entry in STYLE["axes.prop_cycle"]}) == len(COLOURS)
