"""Who signs in at the desk of the demonstration: everybody is invented."""

from __future__ import annotations

from dataclasses import dataclass

from demo.story import ADVISER, JOB_SEEKER, ORGANIZATION, OTHER_ORGANIZATION
from domain.access import Role


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the story: in which role, whose eyes, and what a page says of them."""

    role: Role
    subject: str
    name: str
    what: str


PEOPLE = (
    Character(
        Role.TRAINING_ORGANIZATION, ORGANIZATION, "Marie Lefebvre", "Artois Compétences, organisme de formation"
    ),
    Character(
        Role.TRAINING_ORGANIZATION,
        OTHER_ORGANIZATION,
        "Antoine Mercier",
        "Formation Vallée de l’Oise, organisme de formation",
    ),
    Character(Role.JOB_SEEKER, JOB_SEEKER, "Zoé ADAM", "demandeuse d’emploi"),
    Character(Role.ADVISER, ADVISER, "Claire Dubois", "conseillère, agence 62001"),
    Character(Role.ADVISER, "A-9", "Hugo Lambert", "conseiller, agence 59014"),
)
