"""Texts as training offers have them, and as the form opens with them."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.nomenclature import NomenclatureName
from feeds.lheo import read_lheo
from feeds.markup import on_one_line, readable
from feeds.nomenclatures import read_nomenclature
from feeds.outcome import Accepted
from feeds.plans import read_plans
from feeds.trainees import read_trainees
from tests.feeds.factories import formation_xml, jsonl, lheo, plan_line, session_line, source
from tests.feeds.test_trainees import export

if TYPE_CHECKING:
    from domain.plan import Plan


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>Souder<br />- braser&nbsp;; polir</p>", "Souder\n- braser\xa0; polir"),
        ("<ul><li>Sécurité</li><li>Pratique</li></ul>", "- Sécurité\n- Pratique"),
        ("<ul>\n <li> <p>a</p></li>\n <li></li>\n<li>b<ul><li>c</li></ul></li></ul>\nfin", "- a\n- b\n- c\nfin"),
        ("<h2>But</h2><div>Un\ntexte</div><p>&nbsp;</p><p>Fin</p>", "But\nUn texte\n\nFin"),
        ("<table><tr><th>Jour</th><td><p>Lundi</p></td></tr><tr><td>x</td></tr></table>", "Jour | Lundi\nx"),
        ("Ligne 1\nLigne 2<br>\nLigne 3<br><br>Fin", "Ligne 1\nLigne 2\nLigne 3\n\nFin"),
        ("<B>Gras</B> et <span style='color:red'>rouge</span>", "Gras et rouge"),
        ("&lt;p&gt;Souder &amp;amp; braser&lt;/p&gt;", "Souder & braser"),
        ("&amp;lt;p&amp;gt;&amp;Eacute;l&#232;ve&#x2026;", "Élève…"),
        ("<![CDATA[<p>Souder</p>]]>", "Souder"),
        ("<!--[if gte mso 9]><xml>z</xml><![endif]--><p class=MsoNormal>Le<o:p></o:p> texte</p>", "Le texte"),
        ("<style>p { color: red }</style><script>if (a<b) go()</script>Fin", "Fin"),
        ("Texte <strong>gras</strong> coupé <stro", "Texte gras coupé"),
        ("Texte <b>gras</b> coupé <a href='htt", "Texte gras coupé"),
    ],
)
def test_markup_is_read_as_text(written: str, shown: str) -> None:
    assert readable(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a < b et c > d",
        "si a<b et c>d",
        "niveau <bac+2",
        "<3 ans, <= 5, <moi@example.org>, <https://example.org>",
        "R&D, AT&T, audit&regul, ?a=1&copy=2, &inconnue; & fils",
        "Ligne 1\n\n\n  Ligne 2",
        "",
    ],
)
def test_what_opens_no_tag_and_names_no_sign_stays(text: str) -> None:
    assert readable(text) == text


def test_a_title_stays_on_its_line() -> None:
    assert on_one_line("<p>Soudure<br/>TIG</p>\n<p>N&deg;&nbsp;2</p>") == "Soudure TIG N°\xa02"


@given(st.text(alphabet="<>&;/!-[]#ab pbrli\n\"'=", max_size=200))
def test_no_text_leaves_a_tag_behind(text: str) -> None:
    shown = readable(text)
    assert "<p>" not in shown
    assert "<br/>" not in shown
    assert readable(shown) == shown or "&" in text


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<a b='", '<a b="', "<!--", "&", "&amp;", "&lt;p&gt;", "<div>", "<td> ", "<script>", "<?", "<p>\n"],
)
def test_no_text_takes_longer_than_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        start = process_time()
        readable(piece * (length // len(piece)))
        return process_time() - start

    seconds(1_000)
    assert seconds(400_000) < 30 * max(seconds(40_000), 0.01)


def plan(**changes: object) -> Plan:
    (outcome,) = read_plans(source(jsonl(plan_line(**changes))))
    assert isinstance(outcome, Accepted)
    return outcome.value


def test_the_plans_feed_is_read_so_names_and_titles_too() -> None:
    found = plan(
        session=session_line(title="Vente &amp; conseil", objective="<p>Vendre</p><p>Plaire</p>"),
        jobSeeker={"identifier": "1205012K", "lastName": "N&#39;DIAYE", "firstName": "Zo&eacute;"},
    )
    assert found.session is not None
    assert (found.title, found.session.objective) == ("Vente & conseil", "Vendre\nPlaire")
    assert (found.job_seeker.last_name, found.job_seeker.first_name) == ("N'DIAYE", "Zoé")


def test_a_text_that_is_too_long_with_its_markup_alone_is_accepted() -> None:
    found = plan(session=session_line(content="<p style='margin:0'>x</p>" * 200))
    assert found.session is not None
    assert found.session.content == "\n".join("x" * 200)


@pytest.mark.parametrize(
    "content", ["<![CDATA[<p>Vendre</p><ul><li>plaire</li></ul>]]>", "<p>Vendre</p><ul><li>plaire</li></ul>"]
)
def test_lheo_is_read_so_however_its_pages_are_wrapped(content: str) -> None:
    xml = lheo(formation_xml(title="Vente &amp;amp; conseil")).replace("Vendre &amp; plaire", content)
    (outcome,) = read_lheo(source(xml))
    assert isinstance(outcome, Accepted)
    session = outcome.value.session
    assert (session.title, session.objective) == ("Vente & conseil", "Vendre\n- plaire")


def test_trainees_and_lists_are_read_so() -> None:
    (trainee,) = read_trainees(source(export({"dc_lblformation": "<b>Vente</b> &amp; conseil"})))
    (entry,) = read_nomenclature(source("code\tlabel\nA1101\tConduite d&rsquo;engins"), NomenclatureName.ROME)
    assert isinstance(trainee, Accepted)
    assert isinstance(entry, Accepted)
    assert (trainee.value.title, entry.value.label) == ("Vente & conseil", "Conduite d’engins")
