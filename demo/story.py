"""Who is in the story: two organizations, their sessions, their trainees; as lines of the plans feed.

The sessions, ADAM and YANN follow the user guide that the project starts from; everybody is invented. Days are
counted from today, so that what is over is over whenever the demonstration is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Line = dict[str, Any]
ORGANIZATION = "79455821300029"
OTHER_ORGANIZATION = "38012986600014"
ADVISER = "A-7"
JOB_SEEKER = "1205012K"

_ORGANIZATIONS = {
    ORGANIZATION: {
        "siret": ORGANIZATION,
        "legalName": "Artois Compétences",
        "address": {"street": "12 rue des Tisserands", "postalCode": "62223", "city": "Saint-Laurent-Blangy"},
        "phone": "03 21 00 00 00",
    },
    OTHER_ORGANIZATION: {
        "siret": OTHER_ORGANIZATION,
        "legalName": "Formation Vallée de l'Oise",
        "address": {"street": "3 quai de l'Écluse", "postalCode": "60200", "city": "Compiègne"},
        "phone": "03 44 00 00 00",
    },
}
_ADVISERS = {
    "A-7": {"id": "A-7", "name": "Claire Dubois", "agency": "62001"},
    "A-9": {"id": "A-9", "name": "Hugo Lambert", "agency": "59014"},
}


@dataclass(frozen=True, slots=True)
class Course:
    """A session of the story; `ended` counts days before today, below zero for what is still to end."""

    key: str
    carif: str
    title: str
    reference: str
    scheme: str
    city: str
    ended: int
    days: int
    hours: int
    formacode: tuple[str, str]
    rome: tuple[str, str]
    certification: tuple[str, str] | None
    level: str
    objective: str
    content: str
    organization: str = ORGANIZATION

    def line(self, today: date) -> Line:
        """Return the session as the feed tells it."""
        return {
            "id": self.key,
            "carifNumber": self.carif,
            "agreementNumber": f"{self.reference}-2026",
            "title": self.title,
            "startsOn": _day(today, self.ended + self.days),
            "endsOn": _day(today, self.ended),
            "city": self.city,
            "funding": _funding(self.reference, self.scheme),
            "durationHours": self.hours,
            "formacode": _coded(self.formacode),
            "rome": _coded(self.rome),
            "teachingModeCode": "0",
            "certifying": self.certification is not None,
            "certification": _coded(self.certification) if self.certification else None,
            "exitLevelCode": self.level,
            "objective": self.objective,
            "content": self.content,
        }


_PAID_BY_EMPLOYMENT_SERVICE = frozenset({"AIF", "AFC", "POEC"})
_CARE = ("44028", "Aide à domicile")
_SECURITY = ("42854", "Sécurité")
_COLD = ("22685", "Froid climatisation")
COURSES = [
    Course("S-ADVF", "90512", "Titre professionnel - Assistant de vie aux familles (ADVF)", "41C25", "AFC",
           "Compiègne", 12, 120, 600, _CARE, ("K1302", "Assistance auprès d'adultes"),
           ("RNCP37715", "TP - Assistant de vie aux familles"), "13",
           "Accompagner les personnes dans les actes essentiels du quotidien, à leur domicile.",
           "Entretenir le logement et le linge ; accompagner la personne ; relayer les parents auprès des enfants."),
    Course("S-DEAES", "00081467", "Diplôme d'État d'accompagnant éducatif et social (DEAES)", "41C31", "AFC",
           "Valenciennes", 20, 250, 567, _CARE, ("K1301", "Accompagnement médicosocial"),
           ("RNCP36004", "DE - Accompagnant éducatif et social"), "13",
           "Accompagner au quotidien des personnes en situation de dépendance.",
           "Cinq blocs de compétences et 840 heures de stage."),
    Course("S-APS", "00092233", "CQP Agent de Prévention et de Sécurité", "41C40", "AFC", "Arras", 30, 77, 258,
           _SECURITY, ("F1605", "Montage de réseaux électriques et télécoms"),
           ("RNCP34054", "CQP - Agent de prévention et de sécurité"), "13",
           "Exercer le métier d'agent de prévention et de sécurité.",
           "Cadre légal, secours à personnes, gestion des conflits, ronde et contrôle d'accès."),
    Course("S-FRIGO", "00035125", "Titre Professionnel Monteur Dépanneur Frigoriste", "41C011478389", "AFC",
           "Lens", 8, 180, 910, _COLD, ("I1306", "Installation et maintenance en froid"),
           ("RNCP34159", "TP - Monteur dépanneur frigoriste"), "13",
           "Monter, mettre en service et dépanner des équipements frigorifiques.",
           "Brasage, circuits électriques, fluides frigorigènes, mise en service, dépannage."),
    Course("S-CUISINE", "14_AF_0000044465", "Titre professionnel Cuisinier", "POEC2026", "POEC", "Béthune", 45,
           90, 420, ("42752", "Cuisine"), ("G1602", "Personnel de cuisine"),
           ("RNCP38663", "TP - Cuisinier"), "13", "Préparer et cuisiner des plats en restauration.",
           "Hygiène, préparations froides et chaudes, desserts de restaurant."),
    Course("S-BUREAU", "00077810", "Bureautique : tableur et traitement de texte", "CR-HDF-88", "CR", "Arras",
           15, 20, 105, ("35066", "Logiciel bureautique"), ("M1607", "Secrétariat"), None, "1",
           "Être à l'aise avec les outils de bureau.", "Traitement de texte, tableur, messagerie, partage."),
    Course("S-ANGLAIS", "00064402", "Anglais professionnel pour l'accueil", "OPCO-17", "OPCA", "Douai", 60, 40,
           140, ("15234", "Anglais"), ("M1601", "Accueil et renseignements"), None, "1",
           "Accueillir et renseigner en anglais.", "Compréhension et expression orales, téléphone, courriel."),
    Course("S-SOUDURE", "00051190", "Titre professionnel Soudeur assembleur industriel", "41C52", "AFC", "Lens",
           -40, 100, 420, ("23036", "Soudage"), ("H2913", "Soudage manuel"),
           ("RNCP35306", "TP - Soudeur assembleur industriel"), "13", "Souder et assembler des ensembles.",
           "Soudage à l'arc, lecture de plans, contrôle."),
    Course("S-OISE", "00090001", "Titre professionnel Agent de propreté et d'hygiène", "41C77", "AFC", "Creil",
           10, 80, 350, ("42093", "Nettoyage locaux"), ("K2204", "Nettoyage de locaux"),
           ("RNCP278", "TP - Agent de propreté et d'hygiène"), "13", "Entretenir des locaux.",
           "Techniques manuelles et mécanisées.", OTHER_ORGANIZATION),
]  # fmt: skip

# plan, course, person, funding of its own, adviser
_PLANS = [
    ("P-ADAM", "S-APS", (JOB_SEEKER, "ADAM", "Zoé"), None, "A-7"),
    ("P-ADAM-2", "S-SOUDURE", (JOB_SEEKER, "ADAM", "Zoé"), None, "A-7"),
    ("P-YANN-1", "S-FRIGO", ("0987654L", "YANN", "Loïc"), ("41C011478389", "AFC"), "A-7"),
    ("P-YANN-2", "S-FRIGO", ("0987654L", "YANN", "Loïc"), ("41N012253095", "AIF"), "A-7"),
    ("P-BELKACEM", "S-ADVF", ("1123581M", "BELKACEM", "Nadia"), None, "A-7"),
    ("P-CŒUR", "S-ADVF", ("2134711B", "CŒUR", "François-Xavier"), None, "A-9"),
    ("P-DIALLO", "S-ADVF", ("3141592P", "DIALLO", "Aïssatou"), None, "A-9"),
    ("P-EVRARD", "S-DEAES", ("2718281E", "EVRARD", "Éloïse"), None, "A-7"),
    ("P-FOURNIER", "S-DEAES", ("1618033G", "FOURNIER", "Maël"), None, "A-9"),
    ("P-GARCIA", "S-APS", ("1414213R", "GARCIA", "Inès"), None, "A-7"),
    ("P-VIDAL", "S-APS", ("4358898V", "VIDAL", "Hélène"), None, "A-9"),
    ("P-HAMDI", "S-CUISINE", ("1732050H", "HAMDI", "Yassine"), None, "A-7"),
    ("P-IMBERT", "S-CUISINE", ("2236067I", "IMBERT", "Chloé"), None, "A-9"),
    ("P-JOLY", "S-BUREAU", ("2645751J", "JOLY", "Béatrice"), None, "A-7"),
    ("P-KONE", "S-BUREAU", ("3162277K", "KONÉ", "Moussa"), None, None),
    ("P-LEROY", "S-ANGLAIS", ("3316624L", "LEROY", "Gaëlle"), None, "A-9"),
    ("P-WEBER", "S-ANGLAIS", ("4472135W", "WEBER", "Léa"), None, "A-7"),
    ("P-MOREL", "S-SOUDURE", ("3464101M", "MOREL", "Théo"), None, "A-7"),
    ("P-NGUYEN", "S-SOUDURE", ("3605551N", "NGUYEN", "Linh"), None, "A-9"),
    ("P-ORTEGA", "S-OISE", ("3741657O", "ORTEGA", "Luis"), None, "A-9"),
    ("P-PETIT", "S-OISE", ("3872983P", "PETIT", "Sarah"), None, None),
]
_UNREFERENCED = [
    ("P-QUENTIN", "Permis CE et FIMO marchandises", ("4000000Q", "QUENTIN", "Jérôme"), 25, "A-7"),
    ("P-ROUSSEL", "Création d'entreprise : accompagnement", ("4123105R", "ROUSSEL", "Amélie"), 5, "A-9"),
]
ABANDONED = ("P-NGUYEN", 18)
"""Left a session that is not over, so many days ago: due all the same."""


def lines(today: date) -> list[Line]:
    """Return the demonstration as the plans feed tells it on a day."""
    courses = {course.key: course for course in COURSES}
    referenced = [_referenced(courses[course], today, *rest) for course, *rest in _by_course()]
    return [*referenced, *(_unreferenced(today, *each) for each in _UNREFERENCED)]


def _by_course() -> list[tuple[str, Any, Any, Any, Any]]:
    return [(course, plan, person, funding, adviser) for plan, course, person, funding, adviser in _PLANS]


def _referenced(
    course: Course,
    today: date,
    plan: str,
    person: tuple[str, str, str],
    funding: tuple[str, str] | None,
    adviser: str | None,
) -> Line:
    reference, scheme = funding or (course.reference, course.scheme)
    line = {
        "id": plan,
        "startsOn": _day(today, course.ended + course.days),
        "endsOn": _day(today, course.ended),
        "funding": _funding(reference, scheme),
        "jobSeeker": _person(person),
        "adviser": _ADVISERS[adviser] if adviser else None,
        "organization": _ORGANIZATIONS[course.organization],
        "session": course.line(today),
        "exit": None,
    }
    if plan == ABANDONED[0]:
        last_day = _day(today, ABANDONED[1])
        line["exit"] = {"kind": "ABANDONMENT", "lastDay": last_day, "reasonCode": "REPRISE_EMPLOI"}
    return line


def _unreferenced(today: date, plan: str, title: str, person: tuple[str, str, str], ended: int, adviser: str) -> Line:
    return {
        "id": plan,
        "startsOn": _day(today, ended + 30),
        "endsOn": _day(today, ended),
        "title": title,
        "funding": _funding("41N000451207", "AIF"),
        "jobSeeker": _person(person),
        "adviser": _ADVISERS[adviser],
        "organization": _ORGANIZATIONS[ORGANIZATION],
        "session": None,
        "exit": None,
    }


def _person(person: tuple[str, str, str]) -> Line:
    identifier, last_name, first_name = person
    return {"identifier": identifier, "lastName": last_name, "firstName": first_name}


def _funding(reference: str, scheme: str) -> Line:
    return {
        "reference": reference,
        "scheme": scheme,
        "employmentServiceFunded": scheme in _PAID_BY_EMPLOYMENT_SERVICE,
    }


def _coded(entry: tuple[str, str]) -> Line:
    return {"code": entry[0], "label": entry[1]}


def _day(today: date, ago: int) -> str:
    return (today - timedelta(days=ago)).isoformat()
