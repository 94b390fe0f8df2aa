import tracemalloc
from datetime import date

import pytest

import feeds.xml_tree
from domain.course import CourseKey, CourseSession
from domain.facts import Funding, Session
from domain.nomenclature import Entry, ListedEntry, NomenclatureName
from domain.people import Address, Organization
from feeds.lheo import read_lheo
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from feeds.sources import CutShort
from tests.feeds.factories import action_xml, formation_xml, lheo, session_xml, source


def read(content: str | bytes) -> list[Outcome[CourseSession]]:
    return list(read_lheo(source(content)))


def only(content: str | bytes) -> Accepted[CourseSession]:
    (outcome,) = read(content)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def reasons(content: str) -> list[tuple[str, str]]:
    (outcome,) = read(content)
    assert isinstance(outcome, Rejected), outcome
    return [(reason.where, reason.value) for reason in outcome.reasons]


@pytest.mark.parametrize("namespace", [' xmlns="http://www.lheo.org/2.2"', ' xmlns="http://lheo.gouv.fr/2.3"', ""])
def test_a_published_session_gives_all_that_the_form_opens_with(namespace: str) -> None:
    outcome = only(lheo(namespace=namespace))

    unknown = "Code inconnu"
    assert outcome.flags == ()
    assert outcome.value == CourseSession(
        key=CourseKey(formation="14_AF_1", action="AC_1", session="SE_1"),
        session=Session(
            id="14_AF_1/AC_1/SE_1",
            carif_number="14_AF_1",
            title="Vente",
            starts_on=date(2026, 9, 4),
            ends_on=date(2026, 11, 19),
            city="Lens",
            funding=Funding(scheme="Conseil régional ; Pôle emploi", employment_service_funded=True),
            duration_hours=258,
            formacode=Entry(code="42854", label=unknown),
            rome=Entry(code="F1605", label=unknown),
            teaching_mode_code="1",
            certifying=True,
            certification=Entry(code="RNCP34054", label=unknown),
            exit_level_code="13",
            objective="Vendre & plaire",
        ),
        organization=Organization(
            siret="73282932000074",
            legal_name="FORMA SARL",
            address=Address(street="1 rue du Port", postal_code="93100", city="Lens"),
            phone="01 02",
        ),
    )


def test_labels_come_from_the_lists() -> None:
    course = only(lheo()).value
    vente = ListedEntry(code="42854", label="Vente")

    labelled = course.labelled({(NomenclatureName.FORMACODE, "42854"): vente}).session

    assert (NomenclatureName.ROME, "F1605") in course.codes()
    assert labelled.formacode == Entry(code="42854", label="Vente")
    assert labelled.rome == Entry(code="F1605", label="Code inconnu")


def test_a_course_has_several_actions_and_sessions_each_under_its_own_numbers() -> None:
    first = action_xml(session_xml("S1"), session_xml("S2"), number="A1")
    feed = lheo(formation_xml(first, action_xml(session_xml("S1"), number="A2")), formation_xml(number="F2"))

    assert [str(outcome.value.key) for outcome in read(feed) if isinstance(outcome, Accepted)] == [
        "14_AF_1/A1/S1",
        "14_AF_1/A1/S2",
        "14_AF_1/A2/S1",
        "F2/AC_1/SE_1",
    ]


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
    ("changed", "where"),
    [
        (session_xml(starts="00000000"), "session[SE_1]/periode/debut"),
        (session_xml(ends="99999999"), "session[SE_1]/periode/fin"),
        (
            action_xml().replace("<modalites-enseignement>1", "<modalites-enseignement>7"),
            "action[AC_1]/modalites-enseignement",
        ),
        (formation_xml(title="x" * 256), "intitule-formation"),
        (formation_xml().replace("42854", "4285"), "code-FORMACODE"),
        (formation_xml().replace("F1605", "x"), "code-ROME"),
        (formation_xml().replace("73282932000074", "011111111111111"), "SIRET"),
        (formation_xml().replace("73282932000074", "00000000000000"), "organisme-formation-responsable"),
        (formation_xml().replace("<code-niveau-sortie>13", "<code-niveau-sortie>99"), "code-niveau-sortie"),
    ],
)
def test_what_is_odd_and_harmless_is_kept_and_flagged(changed: str, where: str) -> None:
    if changed.startswith("<session"):
        changed = action_xml(changed)
    if changed.startswith("<action"):
        changed = formation_xml(changed)

    flags = only(lheo(changed)).flags

    assert [flag.where for flag in flags] == [f"formation[14_AF_1]/{where}"]


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last"),
    [
        ("20260900", "20280200", date(2026, 9, 1), date(2028, 2, 29)),
        ("20260000", "20260000", date(2026, 1, 1), date(2026, 12, 31)),
        ("20261200", "20261200", date(2026, 12, 1), date(2026, 12, 31)),
        ("", "", date(1900, 1, 1), date(2999, 12, 31)),
        ("20260904", "-", date(2026, 9, 4), date(2999, 12, 31)),
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


def test_a_session_without_number_or_title_is_rejected_and_the_others_are_read() -> None:
    feed = lheo(
        formation_xml(action_xml(session_xml(""), session_xml("SE_2"))), formation_xml(title=" "), formation_xml()
    )

    assert [type(outcome).__name__ for outcome in read(feed)] == ["Rejected", "Accepted", "Rejected", "Accepted"]


def test_a_rejection_names_the_line_of_its_session() -> None:
    feed = lheo(formation_xml(action_xml(session_xml(), "\n\n" + session_xml(starts="x"))))
    line = feed[: feed.index("<debut>x")].count("\n") + 1

    assert [outcome.line for outcome in read(feed) if isinstance(outcome, Rejected)] == [line]


def test_xml_that_breaks_off_gives_the_sessions_before_and_says_where() -> None:
    feed = lheo(formation_xml(), formation_xml(title="A <b> c"), formation_xml())

    first, last = read(feed)

    assert isinstance(first, Accepted)
    assert isinstance(last, Rejected)
    assert last.line > 1
    assert "not well-formed" in last.reasons[0].reason


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE lheo [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE lheo [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE lheo [<!ENTITY % remote SYSTEM "http://127.0.0.1:9/x.dtd"> %remote;]>',
    ],
    ids=["bomb", "file", "network"],
)
def test_entities_are_refused_before_anything_is_read(declaration: str) -> None:
    with pytest.raises(NotThisFormat, match="declares entities"):
        read_lheo(source(lheo(before=declaration)))


@pytest.mark.parametrize("content", [b"", b"{}", b"<html/>", b"<lhe", b"a;b", b"<offres/>"])
def test_a_file_of_another_format_is_refused_before_its_first_record(content: bytes) -> None:
    with pytest.raises(NotThisFormat, match="is not LHEO"):
        read_lheo(source(content))


def test_a_course_without_an_organization_or_an_action_without_funder_has_none() -> None:
    bare = formation_xml(action_xml().replace("organisme-financeur", "autre")).replace("responsable", "autre")

    course = only(lheo(bare.replace("code-ROME", "autre"))).value

    assert (course.organization, course.session.funding, course.session.rome) == (None, None, None)


def test_a_course_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds.xml_tree, "MAX_RECORD", 1 << 18)

    with pytest.raises(CutShort, match="line 1 is in an element of more than"):
        read(lheo(formation_xml(more="<extras/>" * 50_000).replace("\n", "")))


def test_no_mail_and_no_name_of_a_person_enters_a_value() -> None:
    dumped = only(lheo()).value.model_dump_json()

    assert "example.org" not in dumped
    assert "Martin" not in dumped


def test_memory_does_not_grow_with_the_file() -> None:
    content = lheo(*[formation_xml(more="<extras>x</extras>" * 200)] * 500).encode()
    feed = source(content)

    tracemalloc.start()
    count = sum(1 for _ in read_lheo(feed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 500
    assert peak < len(content)


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


@pytest.mark.parametrize(
    "namespace", ["http://www.lheo.org/1.3.0", "http://lheo.gouv.fr/1.3", "http://www.lheo.org/3.0"]
)
def test_another_version_is_refused_by_its_name(namespace: str) -> None:
    with pytest.raises(NotThisFormat, match="another version"):
        read_lheo(source(lheo(namespace=f' xmlns="{namespace}"')))


def test_the_catalogue_of_edof_is_read_in_its_own_namespace_and_encoding() -> None:
    xml = lheo(
        formation_xml(title="Métier d’art <![CDATA[– œuvre]]>"),
        namespace=' xmlns="https://www.of.moncompteformation.gouv.fr"',
    )
    xml = xml.replace("UTF-8", "ISO-8859-1").replace("<certifiante>1</certifiante>", "")
    outcome = only(xml.encode("cp1252"))

    assert outcome.value.session.title == "Métier d’art – œuvre"
    assert outcome.value.session.certification == Entry(code="RNCP34054", label="Code inconnu")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_accents_that_are_utf_8_belie_another_encoding_declared(mark: bytes) -> None:
    xml = lheo(formation_xml(title="Métier d’art")).replace("UTF-8", "ISO-8859-1")

    assert only(mark + xml.encode()).value.session.title == "Métier d’art"
