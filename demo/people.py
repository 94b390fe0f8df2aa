"""Who signs in at the desk of the demonstration: everybody is invented."""

from __future__ import annotations

from demo.story import ADVISER, JOB_SEEKER, ORGANIZATION, OTHER_ORGANIZATION
from domain.access import Role
from service.demonstration import Character

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
