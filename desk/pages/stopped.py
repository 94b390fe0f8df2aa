"""The page that is shown instead of another: sign in first, refused, not found, quota, unavailable, fault."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from desk.forms import KEPT_FIELD
from desk.french import clock
from desk.keeping import sealed, written
from desk.roles import RESERVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from desk.stopping import Stopped
    from desk.visit import Visit

_TITLES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "Demande refusée",
    HTTPStatus.FORBIDDEN: "Demande refusée",
    HTTPStatus.NOT_FOUND: "Page introuvable",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Formulaire trop long",
    HTTPStatus.TOO_MANY_REQUESTS: "Beaucoup de dossiers consultés",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Une erreur est survenue",
    HTTPStatus.SERVICE_UNAVAILABLE: "Service momentanément indisponible",
}
_SENTENCES: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "Cette page n’existe pas, ou vous n’y avez pas accès.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Le service n’a pas pu répondre. Vérifiez si votre saisie est enregistrée.",
}
_SENT_AGAIN = " Rien n’est perdu : vos réponses sont gardées dans cette page."
_TO_COPY = " Rien n’est perdu : ce que vous avez écrit est plus bas."


def stopped_page(visit: Visit, stopped: Stopped, roles: tuple[str, ...]) -> Response:
    """Say why the page is not shown, and keep the form that was sent, to be sent again from there.

    Without a form, a person who is not signed in is redirected to sign in.
    """
    status, sent = stopped.status, bool(visit.form.fields)
    if status == HTTPStatus.UNAUTHORIZED and not sent:
        return visit.go(f"/connexion?retour={quote(_here(visit))}")
    title = "Reconnectez-vous pour enregistrer" if status == HTTPStatus.UNAUTHORIZED else _title(stopped, roles)
    kept = sealed(visit) if sent else ""
    own = written(visit.form) if visit.own_form else []
    return visit.page(
        "stopped.html",
        title=title,
        status=status,
        headers={"Retry-After": str(stopped.seconds)} if stopped.seconds else None,
        sentence=_sentence(visit, stopped, kept=_held(kept, own)),
        reference=stopped.reference,
        sign_in=status == HTTPStatus.UNAUTHORIZED,
        kept=kept,
        written=own,
        kept_field=KEPT_FIELD,
    )


def _title(stopped: Stopped, roles: tuple[str, ...]) -> str:
    if stopped.status == HTTPStatus.FORBIDDEN and not stopped.message and roles:
        return " ou ".join(RESERVED[role] for role in roles)
    return _TITLES.get(stopped.status, _TITLES[HTTPStatus.BAD_REQUEST])


def _held(kept: str, own: Sequence[object]) -> str:
    return _SENT_AGAIN if kept else _TO_COPY if own else ""


def _sentence(visit: Visit, stopped: Stopped, *, kept: str) -> str:
    if stopped.status == HTTPStatus.UNAUTHORIZED:
        return f"Votre session est terminée.{kept} Connectez-vous dans un nouvel onglet, puis renvoyez d’ici."
    if stopped.status == HTTPStatus.TOO_MANY_REQUESTS:
        again = clock((visit.desk.now() + timedelta(seconds=stopped.seconds + 59)).isoformat())
        return f"Vous avez consulté beaucoup de dossiers cette heure. Réessayez à {again}.{kept}"
    if stopped.status == HTTPStatus.SERVICE_UNAVAILABLE:
        if kept:
            return "Momentanément indisponible, rien n’est perdu : renvoyez dans quelques secondes."
        return "Momentanément indisponible : réessayez dans quelques secondes."
    if stopped.status == HTTPStatus.FORBIDDEN and not stopped.message:
        return "Vous êtes connecté avec un compte qui n’ouvre pas cette page."
    told = stopped.message or _SENTENCES.get(stopped.status, "Cette demande ne peut pas être traitée telle quelle.")
    return f"{told}{kept}"


def _here(visit: Visit) -> str:
    query = visit.request.url.query
    return f"{visit.path}?{query}" if query else visit.path
