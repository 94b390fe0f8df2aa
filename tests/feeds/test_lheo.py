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


_INSTANCE = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.mark.parametrize(
    "said",
    [
        'xmlns="http://www.lheo.org/1.3.0"',
        'xmlns="http://lheo.gouv.fr/1.3"',
        'xmlns="http://www.lheo.org/3.0"',
        'xmlns="http://www.lheo.org/2008/LHEO-1.3"',
        'xmlns="urn:lheo:1.3"',
        f'{_INSTANCE} xsi:noNamespaceSchemaLocation="lheo-1.3.0.xsd"',
    ],
)
def test_another_version_is_refused_by_its_name(said: str) -> None:
    with pytest.raises(NotThisFormat, match=r"LHEO [13][.]"):
        read_lheo(source(lheo(namespace=f" {said}")))


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
