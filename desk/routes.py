"""The table of all pages: for each path, the functions for GET and for POST, and the roles that may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.pages import (
    awaited,
    dashboard,
    drafts,
    late,
    my_trainings,
    notifications,
    ongoing,
    organization,
    people,
    reading,
    received,
    report_check,
    report_conflict,
    report_correction,
    report_discard,
    report_form,
    report_sent,
    session_grid,
    session_people,
    session_spreadsheet,
    session_transmission,
    sessions,
    signing_in,
    statistics,
    texts,
    transmitted,
    unreferenced,
)
from desk.roles import ADVISER, JOB_SEEKER, ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from desk.visit import Visit

    Shown = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Row:
    """One path. A row without `roles` is open to everybody; `menu` is the path of the menu entry that is marked."""

    path: str
    shown: Shown | None
    roles: tuple[str, ...] = ()
    menu: str = ""
    sent: Shown | None = None
    takes_file: bool = False


_BOARD = "/tableau-de-bord"
STAFF = (ORGANIZATION,)
SEEKER = (JOB_SEEKER,)
FOLLOWING = (ADVISER,)

ROWS = (
    Row("/", signing_in.home),
    Row("/connexion", signing_in.shown, sent=signing_in.chosen),
    Row("/connexion/{provider}", signing_in.sent_to_provider),
    Row("/connexion/{provider}/retour", signing_in.back_from_provider),
    Row("/deconnexion", signing_in.signed_out, sent=signing_in.signing_out),
    Row("/organisme", organization.shown, STAFF, sent=organization.chosen),
    Row("/tableau-de-bord", dashboard.shown, STAFF, _BOARD),
    Row("/sessions", sessions.shown, STAFF, _BOARD),
    Row("/sessions/{id}", session_people.shown, STAFF, _BOARD, sent=session_people.searched),
    Row("/sessions/{id}/saisie", session_grid.shown, STAFF, _BOARD, sent=session_grid.sent),
    Row("/sessions/{id}/saisie/verifier", session_transmission.shown, STAFF, _BOARD, sent=session_transmission.sent),
    Row(
        "/sessions/{id}/saisie/tableur",
        session_spreadsheet.shown,
        STAFF,
        _BOARD,
        sent=session_spreadsheet.sent,
        takes_file=True,
    ),
    Row("/sessions/{id}/saisie/modele", session_spreadsheet.downloaded, STAFF),
    Row("/sans-referencement", unreferenced.shown, STAFF, _BOARD, sent=unreferenced.searched),
    Row("/en-retard", late.shown, STAFF, _BOARD, sent=late.searched),
    Row("/brouillons", drafts.shown, STAFF, _BOARD, sent=drafts.searched),
    Row("/mes-formations", my_trainings.shown, SEEKER),
    Row("/mes-formations/{report}", reading.own, SEEKER),
    Row("/mes-formations/{report}/pdf", reading.downloaded, SEEKER),
    Row("/recus", received.shown, FOLLOWING, "/recus", sent=received.searched),
    Row("/recus/direct", received.followed, FOLLOWING),
    Row("/recus/{report}", reading.followed, FOLLOWING, "/recus"),
    Row("/recus/{report}/pdf", reading.downloaded, FOLLOWING),
    Row("/attendus", awaited.shown, FOLLOWING, "/attendus", sent=awaited.searched),
    Row("/demandeurs", people.shown, (*STAFF, *FOLLOWING), "/demandeurs", sent=people.searched),
    Row("/demandeurs/{id}", people.one, (*STAFF, *FOLLOWING), "/demandeurs"),
    Row("/en-cours", ongoing.shown, STAFF, "/en-cours", sent=ongoing.searched),
    Row("/en-cours/{plan}", ongoing.one, STAFF, "/en-cours", sent=ongoing.entered),
    Row("/transmis", transmitted.shown, STAFF, "/transmis", sent=transmitted.searched),
    Row("/notifications", notifications.shown, STAFF, "/transmis", sent=notifications.sent),
    Row("/statistiques", statistics.shown, STAFF, "/statistiques"),
    Row("/aide", texts.help_page),
    Row("/accessibilite", texts.accessibility),
    Row("/donnees-personnelles", texts.personal_data),
    Row("/certifications", report_form.matches, STAFF),
    Row("/bilans/{plan}", report_form.shown, STAFF, _BOARD, sent=report_form.sent),
    Row("/bilans/{plan}/comparer", None, STAFF, _BOARD, sent=report_conflict.chosen),
    Row("/bilans/{plan}/supprimer", report_discard.shown, STAFF, _BOARD, sent=report_discard.sent),
    Row("/bilans/{plan}/verifier", report_check.shown, STAFF, _BOARD, sent=report_check.sent),
    Row("/bilans/{plan}/transmis", report_sent.shown, STAFF, _BOARD),
    Row("/bilans/{plan}/pdf", report_sent.document, STAFF),
    Row("/bilans/{plan}/corriger", report_correction.shown, STAFF, _BOARD, sent=report_correction.sent),
)
