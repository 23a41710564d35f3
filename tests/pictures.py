"""What a reader would find wrong with a Matplotlib figure: each check yields sentences, none if
all is well."""

import re
import unicodedata
from itertools import combinations

import numpy as np
from matplotlib.axis import Axis
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.spines import Spine
from matplotlib.text import Text

SHARP, COARSE = 160, 80  # dots per inch: as published, for texts; and for counting pixels
FAINT = 16  # of 255: what changes a pixel by less cannot be seen
INK = 10  # pixels that an artist must change at least
LONGEST = 200  # characters of a description
SMALL_WORDS = {
    "the",
    "and",
    "for",
    "per",
    "its",
    "with",
    "from",
    "that",
    "after",
    "over",
    "are",
    "was",
}


def complaints(figure, says=None):
    """Return what is wrong with a figure, whose description is `says` or, if not given, its own
    label."""
    texts = drawn_texts(figure)
    found = [
        *texts_free(figure, texts),
        *axes_named(figure, texts),
        *described(figure, says or figure.get_label()),
    ]
    figure.set_layout_engine("none")  # what is hidden for a moment must not move the rest
    figure.set_dpi(COARSE)
    for ax in figure.axes:
        found += invisible(ax)
    return [*found, *legends(figure)]


# Ink: what is drawn can be seen, by pixels


def pixels(figure, artists):
    """Return artists as they stand on a white page, each over those before it."""
    renderer = figure.canvas.get_renderer()
    renderer.clear()
    for artist in sorted(artists, key=lambda artist: artist.get_zorder()):
        artist.draw(renderer)
    picture = np.asarray(renderer.buffer_rgba()).astype(float)
    opaque = picture[..., 3:] / 255
    return picture[..., :3] * opaque + 255 * (1 - opaque)


def differ(one, other):
    """Return how many pixels of two pictures differ so that it can be seen."""
    return int((abs(one - other).max(axis=-1) > FAINT).sum())


def drawn(ax):
    """Return what is drawn on axes; an artist without data draws nothing, and may stand in for
    others in a legend."""
    for artist in [*ax.lines, *ax.collections, *ax.patches, *ax.images]:
        points = (
            artist.get_xdata()
            if isinstance(artist, Line2D)
            else getattr(artist, "get_paths", lambda: [1])()
        )
        flat = isinstance(artist, Rectangle) and artist.get_width() * artist.get_height() == 0
        if artist.get_visible() and len(points) and not flat:
            yield artist


def invisible(ax):
    """Say what is drawn on axes and cannot be seen: transparent, off the axes, of the ground's
    colour, or covered."""
    everything = [artist for artist in ax.get_children() if not isinstance(artist, (Axis, Spine))]
    artists = [*drawn(ax)]
    empty = pixels(ax.figure, [ax.patch])
    whole = pixels(ax.figure, everything)
    for artist in artists:
        kin = [other for other in artists if alike(artist, other)]
        if narrow(artist, artists) or off_the_map(artist):
            continue
        if differ(pixels(ax.figure, [ax.patch, artist]), empty) < INK:
            yield (
                f"{name(artist)} cannot be seen: it is transparent, off its axes, or has the colour"
                " of the ground"
            )
        elif (
            differ(pixels(ax.figure, [other for other in everything if other not in kin]), whole)
            < INK
        ):
            yield f"{name(artist)} cannot be seen: it is covered by others"


def alike(one, other):
    """Return whether a reader would take two artists for one: by all of the look of what has a
    name, else by colour."""
    if named(one):
        return look(one) == look(other)
    return colours(one) == colours(other)


def narrow(artist, artists):
    """Return whether an artist is the band about a line, which may be narrower than the line, or
    of no width."""
    band = (
        hasattr(artist, "get_facecolor")
        and 0.1 <= np.max(np.append(artist.get_facecolor(), 0)[3::4], initial=0) < 1
    )
    return band and any(
        isinstance(line, Line2D) and colours(line) == colours(artist) for line in artists
    )


def off_the_map(artist):
    """Return whether an artist is no more than the circle at a start, which may lie outside the
    window of a map."""
    return (
        isinstance(artist, Line2D)
        and len(artist.get_xdata()) == 1
        and artist.get_markerfacecolor() == "none"
    )


def named(artist):
    """Return whether an artist has a name for the legend."""
    return not str(artist.get_label()).startswith("_")


def name(artist):
    """Return words for an artist: what it is, its label, its colour."""
    return f"{type(artist).__name__} {artist.get_label()!r} {' '.join(sorted(colours(artist)))}"


def colours(artist):
    """Return the colours of an artist: of what fills it, or else of its lines."""
    if isinstance(artist, Line2D):
        joins = artist.get_linestyle() != "None"
        filled = (
            artist.get_markeredgecolor()
            if artist.get_markerfacecolor() == "none"
            else artist.get_markerfacecolor()
        )
        return {to_hex(artist.get_color() if joins else filled)}
    for kind in ("get_facecolor", "get_edgecolor"):
        rows = np.reshape(getattr(artist, kind, list)(), (-1, 4))
        if (rows[:, 3:] > 0).any():
            return {to_hex(row) for row in rows}
    return set()


def dashes(artist):
    """Return the dashes of a line that joins its points, or none."""
    joins = isinstance(artist, Line2D) and artist.get_linestyle() != "None"
    # get_linestyle says "--" of every pattern
    return artist._unscaled_dash_pattern if joins else None


def look(artist):
    """Return all by which a reader tells an artist from others."""
    marker = (artist.get_marker(), artist.get_markersize()) if isinstance(artist, Line2D) else None
    return (
        type(artist),
        colours(artist),
        dashes(artist),
        marker,
        np.max(artist.get_linewidth(), initial=0),
    )


# Legends, axes, texts


def legends(figure):
    """Say which entry of a legend has no partner on the axes with its colour and its dashes."""
    for legend in [*figure.legends, *filter(None, (ax.get_legend() for ax in figure.axes))]:
        there = [artist for ax in figure.axes if legend.axes in (None, ax) for artist in drawn(ax)]
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            partners = [
                artist for artist in there if artist.get_label() == text.get_text()
            ] or there
            if not any(
                colours(handle) == colours(it) and dashes(handle) in (None, dashes(it))
                for it in partners
            ):
                yield f"the legend's {text.get_text()!r} does not look like what it names"


def axes_named(figure, texts):
    """Say which axis has no label, or not two numbers, of its own or of one that shares it in
    its row or column."""
    for ax in figure.axes:
        for which in "xy":
            if not ax.axison or not len(getattr(ax, f"get_{which}ticks")()):
                continue
            family = getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)
            family = [other for other in family if other.axison and in_line(ax, other, which)]
            labels = [getattr(other, f"get_{which}label")() for other in family]
            if not any([*labels, getattr(figure, f"get_sup{which}label")()]):
                yield f"the {which} axis of {title(ax)} has no label"
            if not any(
                sum(tick in texts for tick in numbers(other, which)) > 1 for other in family
            ):
                yield f"the {which} axis of {title(ax)} has fewer than two numbers"


def numbers(ax, which):
    """Return the texts of the ticks of an axis."""
    return getattr(ax, f"{which}axis").get_ticklabels(which="both")


def in_line(ax, other, which):
    """Return whether other axes stand in the same column, for an x axis, or in the same row."""
    here, there = ax.get_position(), other.get_position()
    return np.allclose(*(getattr(box, f"interval{which}") for box in (here, there)), atol=0.02)


def title(ax):
    """Return words for axes."""
    return repr(ax.get_title(loc="left") or ax.get_title() or f"axes {ax.figure.axes.index(ax)}")


def drawn_texts(figure):
    """Draw a figure as it is published, and return each text that is drawn."""
    found, draw = [], Text.draw

    def note(text, renderer, *args, **kwargs):
        if text.get_visible() and text.get_text().strip():
            found.append(text)
        return draw(text, renderer, *args, **kwargs)

    figure.set_dpi(SHARP)
    figure.canvas.draw()
    try:
        Text.draw = note
        figure.canvas.draw()
    finally:
        Text.draw = draw
    return list(dict.fromkeys(found))


def texts_free(figure, texts):
    """Say which text is cut off by the edge of the picture, and which two, or text and legend,
    lie over each other."""
    keys = [*figure.legends, *filter(None, (ax.get_legend() for ax in figure.axes))]
    inside = {text: key for key in keys for text in [*key.get_texts(), key.get_title()]}
    boxes = [
        (repr(text.get_text()), inside.get(text, text), text.get_window_extent()) for text in texts
    ]
    for said, _, box in boxes:
        if min(box.x0, box.y0, figure.bbox.x1 - box.x1, figure.bbox.y1 - box.y1) < 0:
            yield f"the text {said} is cut off by the edge of the picture"
    boxes += [("legend", key, key.get_window_extent()) for key in keys]
    for (one, owner, here), (other, owner_too, there) in combinations(boxes, 2):
        wide = min(here.x1, there.x1) - max(here.x0, there.x0)
        high = min(here.y1, there.y1) - max(here.y0, there.y0)
        both_texts = "legend" not in (one, other)
        if min(wide, high) > 2 and (both_texts or owner is not owner_too):
            yield f"{one} and {other} lie over each other"


# The description


def plain(text):
    """Return a text with its TeX as letters, and every letter in its simplest form: $\\theta_1$
    and θ₁ are both θ1."""

    def letter(match):
        size = "CAPITAL" if match[1][0].isupper() else "SMALL"
        try:
            return unicodedata.lookup(f"GREEK {size} LETTER {match[1].upper()}")
        except KeyError:
            return " "

    text = re.sub(r"\\([a-zA-Z]+)", letter, re.sub(r"\\math\w+", "", text))
    return unicodedata.normalize("NFKC", re.sub(r"[${}\\_^]", "", text)).lower()


def names(says, label):
    """Return whether a description names an axis: half the words of its label, or else its
    symbols."""
    label = re.sub(r"\(.*?\)", "", label)
    words = set(re.findall(r"[^\W\d_]{3,}", plain(re.sub(r"\$.*?\$", " ", label)))) - SMALL_WORDS
    if not words:
        return "".join(plain(label).split()) in "".join(plain(says).split())
    return 2 * sum(word.removesuffix("s") in plain(says) for word in words) >= len(words)


def described(figure, says):
    """Say what the description of a figure lacks."""
    if not says:
        yield "it has no description: what is on both axes, which series, what one sees"
        return
    if len(says) > LONGEST or re.search(r"[$\\\n]", says):
        yield f"its description has more than {LONGEST} characters, or TeX: {says!r}"
    labels = [getattr(ax, f"get_{which}label")() for ax in figure.axes for which in "xy"]
    for label in dict.fromkeys(
        filter(None, [*labels, figure.get_supxlabel(), figure.get_supylabel()])
    ):
        if not names(says, label):
            yield f"its description does not name the axis {label!r}: {says!r}"
