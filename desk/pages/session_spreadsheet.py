"""A session as a spreadsheet: its template to download, and the filled file to upload, checked line by line."""

from __future__ import annotations

from base64 import b64decode, b64encode
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import orjson

from desk.french import plural
from desk.keeping import LARGEST_KEPT
from desk.stopping import Stopped

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

NO_FILE = "Aucun fichier n’est joint : choisissez le modèle rempli."
_TOLD = frozenset({HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})


async def downloaded(visit: Visit) -> Response:
    """Redirect to the template; its address is valid for some minutes only, so it is made at the click."""
    data = await visit.node("SessionSpreadsheet", visit.part("id"))
    if not data["reportTemplate"]:
        raise Stopped.absent()
    return visit.go(data["reportTemplate"]["url"])


async def shown(visit: Visit) -> Response:
    """Show the link to the template, and the form that takes the filled file."""
    return await _page(visit, {})


async def _page(visit: Visit, told: dict[str, Any], file: bytes = b"") -> Response:
    session = (await visit.node("SessionSpreadsheet", visit.part("id")))["node"]
    errors = told.get("errors", [])
    wrong = {each["line"] for each in errors}
    return visit.page(
        "session_spreadsheet.html",
        title="Saisir toute la session avec un tableur",
        tab=f"Saisir avec un tableur, {session['title']}",
        status=422 if told else 200,
        session=session,
        errors=errors,
        message=told.get("message")
        or (f"{plural(len(wrong), 'ligne est', 'lignes sont')} à revoir" if errors else ""),
        right=max(told.get("rows", 0) - len(wrong), 0),
        kept=visit.seal("spreadsheet", b64encode(file).decode()) if errors and len(file) <= LARGEST_KEPT else "",
    )


async def sent(visit: Visit) -> Response:
    """Check the file, then save its drafts where no line is wrong; « garder » saves the right lines in any case."""
    kept = visit.opened("spreadsheet", visit.form.text("fichier-garde"))
    file = visit.form.file or (b64decode(kept) if isinstance(kept, str) else b"")
    if not file:
        return await _page(visit, {"message": NO_FILE})
    keeping = visit.form.text("faire") == "garder"
    told = await _handed_in(visit, file, "keepRight=true" if keeping else "dryRun=true")
    if "rows" in told and not told["errors"] and not keeping:
        told = await _handed_in(visit, file, "")
    if "rows" not in told or not (keeping or not told["errors"]):
        return await _page(visit, told, file)
    grid = visit.path.removesuffix("/tableur")
    return visit.go(f"{grid}?fait=tableur&n={min(told['saved'] + (0 if keeping else told['unchanged']), 999)}")


async def _handed_in(visit: Visit, file: bytes, query: str) -> dict[str, Any]:
    """Post the file to the sealed link that the schema gives, and return its answer (JSON).

    Raises Stopped: 403 where the schema gives no link, and the status of an answer that the page cannot show itself.
    """
    payload = (await visit.ask("ImportReportTemplate", id=visit.part("id")))["importReportTemplate"]
    if not payload["upload"]:
        raise Stopped(403, " ".join(each["message"] for each in payload["userErrors"]))
    path = unquote(urlsplit(payload["upload"]["url"]).path).removeprefix(visit.desk.prefix)
    asked = visit.request
    status, headers, answer = await visit.desk.door.hand_in(asked.app, asked.scope, asked.receive, path, file, query)
    if status not in _TOLD:
        raise Stopped(status, answer.decode(errors="replace"), seconds=int(headers.get("retry-after", 0)))
    told: dict[str, Any] = orjson.loads(answer)
    return told
