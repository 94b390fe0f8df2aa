"""Fields of LHEO: hours, certifications and days as a session has them."""

from datetime import date

import pytest

from domain.nomenclature import Entry
from tests.feeds.factories import action_xml, formation_xml, lheo, session_xml
from tests.feeds.test_lheo import only, reasons


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("<nombre-heures-total>0</nombre-heures-total>", 0),
        (
            "<nombre-heures-centre>200</nombre-heures-centre><nombre-heures-entreprise>58</nombre-heures-entreprise>",
            258,
        ),
        ("<nombre-heures-centre>200</nombre-heures-centre>", 200),
        ("<nombre-heures-total>258 h</nombre-heures-total>", None),
        ("<nombre-heures-total>²</nombre-heures-total>", None),
        (f"<nombre-heures-total>{'9' * 5000}</nombre-heures-total>", None),
        ("", None),
    ],
)
def test_hours_are_the_total_or_the_sum_of_centre_and_company(hours: str, expected: int | None) -> None:
    assert only(lheo(formation_xml(action_xml(more=hours)))).value.session.duration_hours == expected


@pytest.mark.parametrize(
    ("certification", "code"),
    [
        ("<code-RNCP>RNCP00320</code-RNCP>", "RNCP320"),
        ("<code-RS>5451</code-RS>", "RS5451"),
        ("<code-RNCP>-</code-RNCP><code-CERTIFINFO>80735</code-CERTIFINFO>", "80735"),
        ("<code-RNCP>0</code-RNCP>", None),
        ("", None),
    ],
)
def test_a_certification_is_known_by_its_best_number(certification: str, code: str | None) -> None:
    rncp = "<code-RNCP>34054</code-RNCP><code-CERTIFINFO>80735</code-CERTIFINFO>"
    found = only(lheo(formation_xml().replace(rncp, certification))).value.session.certification

    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last"),
    [
        ("20260900", "20280200", date(2026, 9, 1), date(2028, 2, 29)),
        ("20260000", "20260000", date(2026, 1, 1), date(2026, 12, 31)),
        ("20261200", "20261200", date(2026, 12, 1), date(2026, 12, 31)),
        ("", "", date(1900, 1, 1), date(2999, 12, 31)),
        ("20260904", "-", date(2026, 9, 4), date(2999, 12, 31)),
        ("19000101", "29990000", date(1900, 1, 1), date(2999, 12, 31)),
        ("NULL", "99991231", date(1900, 1, 1), date(2999, 12, 31)),
        ("00000900", "99990000", date(1900, 1, 1), date(2999, 12, 31)),
    ],
)
def test_days_that_name_a_month_a_year_or_nothing_are_kept_with_a_flag(
    starts: str, ends: str, first: date, last: date
) -> None:
    outcome = only(lheo(formation_xml(action_xml(session_xml(starts=starts, ends=ends)))))

    assert (outcome.value.session.starts_on, outcome.value.session.ends_on) == (first, last)
    assert {flag.where.rpartition("/")[2] for flag in outcome.flags} <= {"debut", "fin"}
    assert outcome.flags


def test_a_session_one_enters_at_any_time_has_no_period_and_is_kept() -> None:
    outcome = only(lheo(formation_xml(action_xml('<session numero="SE_1"></session>'))))

    assert (outcome.value.session.starts_on, outcome.value.session.ends_on) == (date(1900, 1, 1), date(2999, 12, 31))
    assert len(outcome.flags) == 2


def test_days_that_are_unknown_or_open_stand_for_the_ends_of_time() -> None:
    session = only(lheo(formation_xml(action_xml(session_xml(starts="00000000", ends="99999999"))))).value.session

    assert (session.starts_on, session.ends_on) == (date(1900, 1, 1), date(2999, 12, 31))


@pytest.mark.parametrize(
    ("starts", "ends", "where"),
    [
        ("20260904", "20260903", "fin"),
        ("20260931", "20261119", "debut"),
        ("2026-09-04", "20261119", "debut"),
        ("2026W01", "20261119", "debut"),
        ("02990101", "20261119", "debut"),
        ("20261300", "20270000", "debut"),
        ("20260015", "20270000", "debut"),
        ("20260904", "30000101", "fin"),
    ],
)
def test_a_session_whose_days_cannot_be_is_rejected_by_its_element(starts: str, ends: str, where: str) -> None:
    found = reasons(lheo(formation_xml(action_xml(session_xml(starts=starts, ends=ends)))))

    assert [path for path, _ in found] == [f"formation[14_AF_1]/session[SE_1]/periode/{where}"]


@pytest.mark.parametrize(
    ("element", "written", "code", "odd"),
    [
        ("code-RNCP", "RS6117", "RS6117", True),
        ("code-RNCP", "rncp34159", "RNCP34159", False),
        ("code-RNCP", "RNCP 034159", "RNCP34159", False),
        ("code-RNCP", "RNCP34159BC01", "RNCP34159BC01", False),
        ("code-RNCP", "34159 bc 2", "RNCP34159BC2", False),
        ("code-RNCP", "34159;35191", "RNCP34159", True),
        ("code-RNCP", "TP Vente", None, True),
        ("code-RNCP", "-1", None, False),
        ("code-RNCP", "RS\u202fn°\u00a06117", "RS6117", True),
        ("code-RNCP", "<b>\uff32\uff33\uff16\uff11\uff11\uff17</b>", "RS6117", True),
        ("code-RNCP", "\u200b34159\u00ad", "RNCP34159", False),
        ("code-RS", "rs6117", "RS6117", False),
        ("code-RS", "6117", "RS6117", False),
        ("code-RS", "RNCP34159", "RNCP34159", True),
        ("code-CERTIFINFO", "80735", "80735", False),
    ],
)
def test_a_certification_is_what_its_code_says_and_nothing_is_dropped_in_silence(
    element: str, written: str, code: str | None, *, odd: bool
) -> None:
    xml = formation_xml().replace(
        "<code-RNCP>34054</code-RNCP><code-CERTIFINFO>80735</code-CERTIFINFO>", f"<{element}>{written}</{element}>"
    )
    outcome = only(lheo(xml))
    found = outcome.value.session.certification

    assert (found.code if found else None) == code
    assert any(flag.where.endswith(element) for flag in outcome.flags) is odd


def test_a_certification_of_rncp_is_found_behind_another_and_several_are_flagged() -> None:
    behind = "</certification><certification><code-RNCP>34054</code-RNCP></certification><certification>"
    rncp = "<code-RNCP>34054</code-RNCP>"
    hidden = only(lheo(formation_xml().replace(rncp, "").replace("</certification>", f"{behind}</certification>")))
    several = only(lheo(formation_xml().replace(rncp, f"{rncp}{behind}<code-RNCP>9</code-RNCP>")))

    assert hidden.value.session.certification == Entry(code="RNCP34054", label="Code inconnu")
    assert hidden.flags == ()
    assert [flag.reason for flag in several.flags] == ["several certifications: the first is kept"]


@pytest.mark.parametrize(
    "hours",
    [
        "<nombre-heures-total>cf. devis</nombre-heures-total><nombre-heures-centre>70</nombre-heures-centre>",
        "<nombre-heures-centre>70</nombre-heures-centre><nombre-heures-entreprise>?</nombre-heures-entreprise>",
    ],
)
def test_hours_of_which_a_part_cannot_be_read_are_not_summed(hours: str) -> None:
    outcome = only(lheo(formation_xml(action_xml(more=hours))))

    assert outcome.value.session.duration_hours is None
    assert "dropped" in outcome.flags[0].reason
