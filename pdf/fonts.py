"""The faces of the document, from their pinned packages, never from the system."""

from importlib.resources import files
from pathlib import Path

FAMILY = "Source Sans Pro"
OTHER_FAMILIES = (
    "Noto Sans",
    *(f"Noto Sans {script}" for script in ("Arabic", "Hebrew", "Armenian", "Georgian", "Ethiopic", "Devanagari")),
    *(f"Noto Sans {script}" for script in ("Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Oriya")),
    *(f"Noto Sans {script}" for script in ("Sinhala", "Tamil", "Telugu", "Khmer", "Lao", "Myanmar", "Thai")),
    *("Noto Sans Symbols", "Noto Emoji"),
)
_PACKAGE = Path(str(files("font_source_sans_pro")))
_NOTO = Path(str(files("manimgx_fonts")))
FACES = tuple(_PACKAGE / "files" / f"SourceSansPro-{face}.ttf" for face in ("Regular", "Semibold"))
"""Source Sans Pro, in which everything is set: Latin, Greek, Cyrillic."""

OTHER_FACES = tuple(sorted(path for path in _NOTO.glob("Noto*.ttf") if "Italic" not in path.name))
"""Noto Sans for other scripts, signs and emoji: for the documents that have any."""


def environment() -> dict[str, str]:
    """Return the variables by which fontconfig finds these faces and no other; to be set before it is loaded."""
    configuration = Path(__file__).with_name("fonts.conf")
    return {"FONTCONFIG_FILE": str(configuration), "XDG_DATA_HOME": str(_PACKAGE.parent)}
