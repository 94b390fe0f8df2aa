"""The two faces of the document: Source Sans Pro, from its pinned package, never from the system."""

from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

CONFIGURATION = Path(__file__).with_name("fonts.conf")
_PACKAGE = Path(str(files("font_source_sans_pro")))
_FACES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf")


def environment() -> dict[str, str]:
    """Return the variables by which fontconfig finds these faces and no other; to be set before it is loaded."""
    return {"FONTCONFIG_FILE": str(CONFIGURATION), "XDG_DATA_HOME": str(_PACKAGE.parent)}


def covered() -> frozenset[str]:
    """Return the characters that both faces have."""
    faces = [frozenset(TTFont(_PACKAGE / "files" / face, lazy=True).getBestCmap()) for face in _FACES]
    return frozenset(chr(point) for point in frozenset.intersection(*faces))
