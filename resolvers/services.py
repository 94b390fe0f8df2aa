"""What the resolvers work with, put together once by main."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.lateness import LATE_AFTER_DAYS

if TYPE_CHECKING:
    from credentials.links import Links
    from pdf.printer import Printer
    from resolvers.calling import Calling
    from resolvers.watched_visit import WatchedVisit
    from storage.announcements import AnnouncementLog
    from storage.hub import Hub
    from storage.nomenclatures import NomenclatureRepository
    from storage.papers import PaperRepository
    from storage.plans import PlanRepository
    from storage.verifications import Verifications


@dataclass(frozen=True, slots=True)
class Services:
    """Repositories, the announcements, the printer and the links; after how many days a report is late."""

    plans: PlanRepository
    nomenclatures: NomenclatureRepository
    papers: PaperRepository
    verifications: Verifications
    log: AnnouncementLog
    hub: Hub
    printer: Printer
    links: Links
    late_after_days: int = LATE_AFTER_DAYS
    calling: Calling | None = None
    """What webhooks are made of; none where the service does not run."""
    visit: WatchedVisit | None = None
    """Notes all that one operation reads and does. None for imports and the demonstration, where no viewer asks."""
