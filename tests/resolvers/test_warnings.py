"""What paper cannot show is told before a report is transmitted, and stops nothing."""

from datetime import UTC, datetime

from domain.acts import save_draft, transmit
from domain.errors import RefusalCode
from domain.plan import Plan
from pdf.coverage import unprintable
from resolvers.reports import report_warnings
from tests.domain.known import KNOWN
from tests.factories import NOW, TODAY, a_form, a_person, a_plan, an_internship


def drafted(plan: Plan | None = None, **answers: object) -> Plan:
    return save_draft(plan or a_plan(), a_form(**answers).answered(KNOWN), None, now=NOW, today=TODAY)


def test_french_other_scripts_and_emoji_are_told_nothing_of() -> None:
    objective = "Cœur d’élève à 12 € ; القادري, Шевченко, Παπαδόπουλος 👍\u200d 𝐆𝐫𝐚𝐬 for\xadmation"
    plan = a_plan(job_seeker=a_person(last_name="Đặng", first_name="محمد"))
    assert report_warnings(drafted(plan, objective=objective)) == ()


def test_what_paper_cannot_show_is_named_field_by_field() -> None:
    plan = drafted(
        a_plan(job_seeker=a_person(last_name="山田")),
        content="漢字 et encore 漢",
        internship=an_internship(place="北京"),
    )
    warnings = report_warnings(plan)
    assert [(each.code, each.path) for each in warnings] == [
        (RefusalCode.UNPRINTABLE, ("form", "content")),
        (RefusalCode.UNPRINTABLE, ("form", "internship", "place")),
        (RefusalCode.UNPRINTABLE, None),
    ]
    assert warnings[0].message == (
        "Le PDF ne peut pas montrer tous les caractères ; ◊ y prendra la place de : 字, 漢."
    )


def test_a_transmitted_report_has_no_warning() -> None:
    sent = transmit(drafted(content="漢字"), None, None, now=datetime.now(UTC), today=TODAY)
    assert report_warnings(sent) == ()


def test_three_thousand_strange_letters_make_a_short_sentence() -> None:
    strange = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    (warning,) = report_warnings(drafted(content=strange))
    assert len(unprintable(strange)) == 3000
    assert len(warning.message) < 200
