"""Which codes a report may give: those that are offered, and those to which its plan gives a right.

A certification may be retired while people are in training for it. They are awarded it all the same (Code du travail,
article L6113-9). So a code is accepted where its list offers it, where it offered it on the first day of the plan,
where the plan's own session names it, or where the report that is corrected gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.nomenclature import NomenclatureName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.nomenclature import Code, Known
    from domain.plan import Plan


class Taken:
    """The codes that a plan's report may give. `known` holds the entries found for the codes in question."""

    def __init__(self, plan: Plan, known: Known) -> None:
        self.known = known
        self._starts_on = plan.starts_on
        self._own = frozenset(_own(plan))

    def __call__(self, code: Code) -> bool:
        """Whether the report may give the code."""
        found = self.known.get(code)
        if code in self._own or (found is not None and not found.retired):
            return True
        certification = code[0] is NomenclatureName.CERTIFICATION
        return certification and found is not None and found.offered_on(self._starts_on)


def _own(plan: Plan) -> Iterator[Code]:
    """Give what the plan itself names: what opens its form, and what its transmitted report says."""
    yield from plan.prefilled_codes()
    if plan.certification:
        yield NomenclatureName.CERTIFICATION, plan.certification.code
    if plan.report and plan.report.transmitted_at:
        yield from plan.report.form.codes()
