"""The roles, as the schema names them: the menu of each, and the page on which it begins."""

from __future__ import annotations

ORGANIZATION = "TRAINING_ORGANIZATION"
JOB_SEEKER = "JOB_SEEKER"
ADVISER = "ADVISER"

HOME = {ORGANIZATION: "/tableau-de-bord", JOB_SEEKER: "/mes-formations", ADVISER: "/recus"}
MENUS: dict[str, tuple[tuple[str, str], ...]] = {
    ORGANIZATION: (
        ("/tableau-de-bord", "Tableau de bord"),
        ("/demandeurs", "Demandeurs d’emploi"),
        ("/en-cours", "Formations en cours"),
        ("/transmis", "Bilans transmis"),
        ("/statistiques", "Statistiques"),
    ),
    JOB_SEEKER: (),
    ADVISER: (
        ("/recus", "Bilans reçus"),
        ("/attendus", "Bilans attendus"),
        ("/demandeurs", "Demandeurs d’emploi"),
    ),
}
RESERVED = {
    ORGANIZATION: "Page réservée aux organismes de formation",
    JOB_SEEKER: "Page réservée aux demandeurs d’emploi",
    ADVISER: "Page réservée aux conseillers",
}
