"""How fast feeds are read, in CPU seconds of one core: `python -m bench.feeds [--megabytes N]`.

Reading is everything from bytes to checked values of the domain; writing to the database is measured elsewhere.
Each figure is the best of three rounds, as other work on the machine only ever makes one slower. Exit status 1
when a figure is under its goal.
"""

from __future__ import annotations

import argparse
import io
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

import orjson

from feeds.lheo import read_lheo
from feeds.outcome import Accepted
from feeds.plans import read_plans
from feeds.sources import Source
from feeds.trainees import COLUMNS, read_trainees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 3
TEXT = "Acquérir les gestes du métier, préparer la certification et réussir son entrée dans l'emploi. "


def plan_line(number: int) -> bytes:
    """Return a line with every field of the contract, about 2.5 kB: texts of 470 and 940 characters."""
    funding = {"reference": f"41C{number:09}", "scheme": "AFC", "employmentServiceFunded": True}
    days = {"startsOn": "2026-09-04", "endsOn": "2026-11-19"}
    session = {
        **days,
        "id": f"S-{number // 12}",
        "carifNumber": f"{number // 12:08}",
        "agreementNumber": "41C25",
        "title": f"Vendeur conseil en magasin {number // 12}",
        "city": "Saint-Étienne",
        "funding": {**funding, "reference": "41C25"},
        "durationHours": 258,
        "formacode": {"code": "42854", "label": "Vente"},
        "rome": {"code": "F1605", "label": "Montage"},
        "teachingModeCode": "0",
        "certifying": True,
        "certification": {"code": "RNCP34054", "label": "Titre professionnel"},
        "exitLevelCode": "13",
        "objective": TEXT * 5,
        "content": TEXT * 10,
    }
    address = {"street": "1 rue du Port", "postalCode": "42000", "city": "Saint-Étienne"}
    plan = {
        **days,
        "id": f"P-{number}",
        "funding": funding,
        "jobSeeker": {"identifier": f"{number:07}K", "lastName": f"NOM{number}", "firstName": "Zoé"},
        "adviser": {"id": f"A-{number % 900}", "name": "Lou Blanc", "agency": "62001"},
        "organization": {"siret": "73282932000074", "legalName": "FORMA", "address": address, "phone": "0102030405"},
        "session": session,
        "exit": None,
    }
    return orjson.dumps(plan) + b"\n"


def formation(number: int) -> bytes:
    """Return a course of three sessions, with as much beside what is read as Intercarif has: about 9 kB."""
    noise = "".join(f'<extra info="branche">{code:05}</extra>\n' for code in range(60))
    place = "<adresse><ligne>1 rue du Port</ligne><codepostal>42000</codepostal><ville>Lens</ville></adresse>"
    sessions = "".join(
        f'<session numero="SE_{number}_{each}"><periode><debut>20260904</debut><fin>20261119</fin></periode>\n'
        f"<adresse-inscription>{place}</adresse-inscription><extras>{noise}</extras></session>\n"
        for each in range(3)
    )
    return f"""<formation numero="AF_{number}"><domaine-formation><code-FORMACODE>42854</code-FORMACODE>
<code-ROME>F1605</code-ROME></domaine-formation><intitule-formation>Vente {number}</intitule-formation>
<objectif-formation>{TEXT * 3}</objectif-formation><contenu-formation>{TEXT * 5}</contenu-formation>
<certifiante>1</certifiante><certification><code-RNCP>34054</code-RNCP></certification>
<action numero="AC_{number}"><modalites-enseignement>0</modalites-enseignement>
<lieu-de-formation><coordonnees>{place}</coordonnees></lieu-de-formation>{sessions}
<nombre-heures-total>258</nombre-heures-total></action><organisme-formation-responsable>
<SIRET-organisme-formation><SIRET>73282932000074</SIRET></SIRET-organisme-formation>
<raison-sociale>FORMA</raison-sociale><coordonnees-organisme><coordonnees>{place}</coordonnees>
</coordonnees-organisme></organisme-formation-responsable></formation>
""".encode()


def trainee_row(number: int) -> bytes:
    """Return a row with the columns that are read."""
    cells = {
        "c_individulocal": f"{number:07}Z",
        "dd_datedebutplanformation": "2026-09-04 00:00:00.0",
        "dd_datefinplanformation": "2026-11-19 00:00:00.0",
        "dc_siret": "73282932000074",
        "liste_financeur": "4;7",
        "c_dispositifformation": "AIF",
    }
    return "|".join(cells.get(name, "VALEUR") for name in COLUMNS).encode() + b"\n"


def filled(size: int, make: Callable[[int], bytes], before: bytes = b"", after: bytes = b"") -> bytes:
    """Return a feed of about so many bytes."""
    one = len(make(1000))
    return before + b"".join(map(make, range(size // one))) + after


def best(read: Callable[[Source], Iterator[Any]], content: bytes) -> tuple[float, int]:
    """Return the CPU seconds of the quickest round, and how many records were accepted."""
    times, accepted = [], 0
    for _ in range(ROUNDS):
        stream = io.BytesIO(content)
        start = process_time()
        accepted = sum(
            isinstance(outcome, Accepted) for outcome in read(Source("bench", stream, position=stream.tell))
        )
        times.append(process_time() - start)
    return min(times), accepted


def main() -> int:
    """Print a line for each feed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megabytes", type=int, default=20, help="size of each feed [%(default)s]")
    size = parser.parse_args().megabytes * 1_000_000
    header = "|".join(COLUMNS).encode() + b"\n"
    lheo = b'<?xml version="1.0" encoding="UTF-8"?><lheo xmlns="http://www.lheo.org/2.2"><offres>\n'
    plans = filled(size, plan_line)
    escaped = plans.decode().translate({ord(letter): f"\\u{ord(letter):04x}" for letter in "éÉ"}).encode()
    goals: list[tuple[str, Callable[[Source], Iterator[Any]], bytes, float, float]] = [
        ("plans", read_plans, plans, 20_000, 0),
        ("plans, escaped", read_plans, escaped, 20_000, 0),
        ("lheo", read_lheo, filled(size, formation, lheo, b"</offres></lheo>"), 0, 5),
        ("trainees", read_trainees, filled(size, trainee_row, header), 20_000, 0),
    ]
    missed = 0
    for name, read, content, records_goal, megabytes_goal in goals:
        seconds, accepted = best(read, content)
        records, megabytes = accepted / seconds, len(content) / 1e6 / seconds
        missed += records < records_goal or megabytes < megabytes_goal
        sys.stdout.write(
            f"{name:15} {records:9,.0f} records/s {megabytes:6.1f} MB/s  ({accepted:,} in {seconds:.2f} s)\n"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
