"""The two faces of the document: Source Sans Pro, from its pinned package, never from the system."""

from importlib.resources import files
from pathlib import Path

_PACKAGE = Path(str(files("font_source_sans_pro")))
FACES = tuple(_PACKAGE / "files" / f"SourceSansPro-{face}.ttf" for face in ("Regular", "Semibold"))


def environment() -> dict[str, str]:
    """Return the variables by which fontconfig finds these faces and no other; to be set before it is loaded."""
    configuration = Path(__file__).with_name("fonts.conf")
    return {"FONTCONFIG_FILE": str(configuration), "XDG_DATA_HOME": str(_PACKAGE.parent)}
