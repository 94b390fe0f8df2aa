"""What the schema tells twice, in its own words and in the domain's, is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain import access, errors, facts, filters, listed, nomenclature, report, statistics, webhook
from schema import enums, webhooks

if TYPE_CHECKING:
    from enum import Enum

TWINS: list[tuple[type[Enum], type[Enum]]] = [
    (access.Role, enums.Role),
    (facts.PlanExitKind, enums.PlanExitKind),
    (report.ReportStatus, enums.ReportStatus),
    (nomenclature.NomenclatureName, enums.NomenclatureName),
    (errors.RefusalCode, enums.UserErrorCode),
    (filters.SessionOrder, enums.TrainingSessionOrderField),
    (filters.PlanOrder, enums.TrainingPlanOrderField),
    (listed.TableFormat, enums.ExportFormat),
    (statistics.Span, enums.StatisticsPeriod),
    (webhook.WebhookState, webhooks.WebhookState),
    (webhook.WebhookFailure, webhooks.WebhookFailure),
]
ITS_OWN = {"FundingScheme", "OrderDirection"}
"""Enumerations of the schema that the domain does not have."""


@pytest.mark.parametrize(("rule", "shown"), TWINS, ids=lambda kind: kind.__name__)
def test_an_enumeration_of_the_schema_has_the_members_of_the_domains_own(rule: type[Enum], shown: type[Enum]) -> None:
    assert [each.name for each in shown] == [each.name for each in rule]
    assert {each.name for each in rule} == {str(each.value).upper() for each in rule}


def test_every_enumeration_of_the_schema_has_its_twin() -> None:
    declared = {
        name for name, kind in vars(enums).items() if isinstance(kind, type) and kind.__module__ == "schema.enums"
    }
    twins = {shown.__name__ for _, shown in TWINS if shown.__module__ == "schema.enums"}
    assert declared == twins | ITS_OWN


def test_a_scheme_that_is_shown_is_one_of_the_schema() -> None:
    shown = {
        facts.Funding(scheme=scheme, employment_service_funded=True).shown_scheme
        for scheme in (*facts.COMPULSORY, "CR")
    }
    assert shown == {each.value if isinstance(each.value, str) else each.name for each in enums.FundingScheme}
