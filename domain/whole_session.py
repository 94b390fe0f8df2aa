"""The reports of a whole session written together: what is common once, and for each trainee what differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.errors import Refusal, RefusalCode, Refused
from domain.form import TypedForm
from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ROWS = 100


class SessionRow(Value):
    """One report. `version` is the one that its author has read, None where there was no draft."""

    plan_id: str
    form: TypedForm | None = None
    version: int | None = None

    def over(self, common: TypedForm | None) -> TypedForm | None:
        """Return the answers of the row, and where it says nothing those that are common; None for neither.

        A row that is not certifying, or has no internship, does not take what is common about them.
        """
        if self.form is None or common is None:
            return self.form or common
        own = _said(self.form)
        shared = _said(common)
        if self.form.certifying is False:
            _drop(shared, "certification_code", "diploma_obtained")
        if self.form.has_internship is False:
            _drop(shared, "internship")
        return TypedForm.model_validate({**shared, **own})


def _said(form: TypedForm) -> dict[str, object]:
    return {name: value for name in TypedForm.model_fields if (value := getattr(form, name)) is not None}


def _drop(answers: dict[str, object], *names: str) -> None:
    for name in names:
        answers.pop(name, None)


def require_few(rows: Sequence[SessionRow]) -> None:
    """Raise INVALID for more reports than are written at once."""
    if len(rows) > MOST_ROWS:
        message = f"Enregistrez {MOST_ROWS} bilans au plus à la fois : il y en a {len(rows)}."
        raise Refused([Refusal(code=RefusalCode.INVALID, message=message, path=("reports",))])


def require_once(rows: Sequence[SessionRow], position: int) -> None:
    """Raise INVALID where an earlier row is of the same plan."""
    if any(each.plan_id == rows[position].plan_id for each in rows[:position]):
        message = "Ce plan de formation figure déjà plus haut : gardez une seule ligne."
        raise Refused([Refusal(code=RefusalCode.INVALID, message=message, path=("trainingPlanId",))])


def require_of_session(session_id: str | None, wanted: str | None) -> None:
    """Raise INVALID for a plan of another session than the one that is written."""
    if wanted is not None and session_id != wanted:
        message = "Ce plan de formation n'est pas de la session indiquée."
        raise Refused([Refusal(code=RefusalCode.INVALID, message=message, path=("trainingPlanId",))])


def placed(refusal: Refusal, row: SessionRow, common: TypedForm | None, position: int) -> Refusal:
    """Return the refusal with the path of the answer that is to be mended: the row's own, or the common one."""
    path = refusal.path or ()
    if len(path) > 1 and path[0] == "form" and common is not None:
        name = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), path[1])
        if (row.form is None or getattr(row.form, name, None) is None) and getattr(common, name, None) is not None:
            return refusal.model_copy(update={"path": ("common", *path[1:])})
    return refusal.model_copy(update={"path": ("reports", str(position), *path)})
