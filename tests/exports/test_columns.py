"""What a line of a table says of its report."""

from __future__ import annotations

from datetime import date, timedelta

from domain.acts import transmit
from domain.form import Form
from domain.listed import ListedPlan, ListName
from domain.nomenclature import Entry
from domain.report import Correction
from tables.columns import columns_of
from tests.factories import NOW, TODAY, a_plan


def test_a_corrected_report_says_which_it_replaces() -> None:
    first = transmit(a_plan(), Form(content="Brasage."), None, now=NOW, today=TODAY)
    assert first.report
    reason = Entry(code="ERREUR_SAISIE", label="Erreur de saisie")
    correction = Correction(reason=reason, replaces=1, replaces_transmitted_at=NOW - timedelta(days=30))
    second = first.with_report(first.report.model_copy(update={"correction": correction}))
    (column,) = [each for each in columns_of(ListName.TRANSMITTED) if each.heading == "Remplace le bilan du"]

    cells = [column.cell(ListedPlan(plan, 1).reported(), TODAY) for plan in (first, second)]

    assert cells == [None, (NOW - timedelta(days=30)).date()]
    assert isinstance(cells[1], date)
