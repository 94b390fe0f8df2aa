"""Pages of text: help, accessibility, personal data. Open to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def help_page(visit: Visit) -> Response:
    """Show how the desk is used."""
    return visit.page("help.html", title="Aide")


async def accessibility(visit: Visit) -> Response:
    """Show what is done for everybody to use the desk, and whom to tell."""
    return visit.page("accessibility.html", title="Accessibilité")


async def personal_data(visit: Visit) -> Response:
    """Show what is kept of people, for how long, and who sees it."""
    return visit.page("personal_data.html", title="Données personnelles")
