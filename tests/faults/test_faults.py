"""What is done to a small book comes to nothing. `make faults` does more, and sees harm come
where a gate is off."""

import time

import pytest

from tests.faults.experiments import EXPERIMENTS
from tests.faults.lab import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Make a small book, and build it once."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


@pytest.mark.parametrize("name", [name for name, it in EXPERIMENTS.items() if it.often])
def test_it_survives(lab, name):
    lab.carry_out(name)


def test_there_are_enough():
    assert len(EXPERIMENTS) >= 25


def test_a_second_build_has_nothing_to_do(lab):
    assert "Building" not in lab.whole().builds()


def test_serving_builds_what_is_edited(lab):
    book = lab.whole()
    book.edit("docs/other.md", "Another", "Quite another")
    with book.at_work("build/stage/trusted", act="serve"):
        page = book.root / "build" / "stage" / "html" / "other.html"
        for _ in range(400):
            if "Quite another" in page.read_text(encoding="utf-8"):
                return
            time.sleep(0.1)
    raise AssertionError("the edit is not shown")


def test_a_page_that_is_edited_is_built_without_running_the_scripts(lab):
    book = lab.whole()
    book.edit("docs/other.md", "Another", "Quite another")
    assert "successfully executed 0 out of 0" in book.builds().replace("\x1b[0m", "")
    assert "Quite another page" in book.text("index.html"), "pages that name it change with it"
