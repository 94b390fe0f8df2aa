"""What the style promises before any page is shown: words and edges stand out from what they stand on."""

from __future__ import annotations

import re

import pytest

from desk.assets import LOOK, STATIC

TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (LOOK / "tokens.css").read_text()))
WORDS, EDGES = 4.5, 3.0
"""SC 1.4.3 for text, SC 1.4.11 for what is no text."""
TEXT = [
    *((text, ground) for text in ("ink", "quiet", "accent", "link", "bad") for ground in ("paper", "ground", "soft")),
    *((f"{state}", f"{state}-ground") for state in ("good", "warn", "bad")),
    *(("quiet", f"{state}-ground") for state in ("good", "warn", "bad")),
    *(("link", f"{state}-ground") for state in ("good", "warn", "bad")),
    ("faint", "paper"),
    ("paper", "accent"),
    ("paper", "accent-deep"),
    ("accent-deep", "soft"),
]
NO_TEXT = [
    *(("edge", ground) for ground in ("paper", "ground")),
    *(
        ("accent", ground)
        for ground in ("paper", "ground", "soft", "good-ground", "warn-ground", "bad-ground", "halo")
    ),
    *((state, "paper") for state in ("bad", "warn")),
]
"""Edges of fields, and the line of the focus on all that it is drawn on, its halo included."""


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    whole = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("front", "back", "least"), [*((*pair, WORDS) for pair in TEXT), *((*pair, EDGES) for pair in NO_TEXT)]
)
def test_what_is_read_and_what_is_focused_stand_out(front: str, back: str, least: float) -> None:
    assert contrast(front, back) >= least


def test_the_focus_is_a_line_of_the_accent_with_a_halo_on_every_page() -> None:
    rule = re.findall(r":focus-visible \{([^}]+)\}", (LOOK / "tokens.css").read_text())
    assert len(rule) == 1
    assert "outline: 2px solid var(--accent)" in rule[0]
    assert "0 0 0 5px var(--halo)" in rule[0]
    verification = STATIC.parents[1] / "web" / "verification.css"
    others = "".join(path.read_text() for path in (*STATIC.glob("*.css"), verification))
    assert re.findall(r"[^\n]*(?:outline: none|outline: 0)[^\n]*", others) == [
        "main:focus { outline: none; box-shadow: none; }"
    ], "only the target of the skip link goes without"


def test_colours_are_named_once() -> None:
    written = {path.name: re.findall(r"#[0-9a-f]{3,6}\b", path.read_text()) for path in STATIC.glob("*.css")}
    assert {name: [each for each in colours if each != "#fff"] for name, colours in written.items()} == {
        name: [] for name in written
    }
