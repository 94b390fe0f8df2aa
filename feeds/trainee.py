"""A row of the trainee export, and the training plan that is made from it and its session."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from domain.course import CourseKey, CourseSession
from domain.facts import Funding
from domain.nomenclature import Code, Known, NomenclatureName, entry
from domain.people import JobSeeker, Organization
from domain.plan import Plan
from domain.values import Day, Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from domain.loading import Written
    from feeds.tally import Tally


NOTHING_KNOWN: Known = {}


class Trainee(Value):
    """A person and their course. E-mail, phones and national number of the person are not kept.

    `key` has the Intercarif numbers of course, action and session; it is None where the row lacks one of them.
    """

    id: str
    starts_on: Day
    ends_on: Day
    title: str
    carif_number: str | None
    key: CourseKey | None
    funding: Funding
    job_seeker: JobSeeker
    organization: Organization
    formacode: str | None = None
    certification: str | None = None

    def codes(self) -> Iterable[Code]:
        """Give the codes whose labels are to be looked up, as the export has none."""
        if self.formacode:
            yield NomenclatureName.FORMACODE, self.formacode
        if self.certification:
            yield NomenclatureName.CERTIFICATION, self.certification

    def plan(self, course: CourseSession | None, known: Known = NOTHING_KNOWN) -> Plan:
        """Return the plan, with the session or, where `course` is None, with a title of its own."""
        published = course.organization if course else None
        same = published is not None and published.siret == self.organization.siret
        return Plan(
            id=self.id,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            own_title=None if course else self.title,
            own_carif_number=None if course else self.carif_number,
            own_formacode=entry(known, NomenclatureName.FORMACODE, self.formacode),
            own_certification=entry(known, NomenclatureName.CERTIFICATION, self.certification),
            funding=self.funding,
            job_seeker=self.job_seeker,
            organization=published if same and published else self.organization,
            session=course.session if course else None,
        )


def plan_id(*natural_key: str | None) -> str:
    """Return the id of a plan, made of its natural key, as the export has no ids; it is the same in every export.

    The key is person, session numbers and dispositif. What may change from one export to the next (dates, names, list
    of funders) is not in it. A person who is in a session under two dispositifs has two plans.
    """
    text = "\x1f".join(part or "" for part in natural_key)
    return f"T-{sha256(text.encode()).hexdigest()[:32]}"


async def _nothing(_: Iterable[Code]) -> Known:
    return NOTHING_KNOWN


def joining(
    find: Callable[[Collection[CourseKey]], Awaitable[Mapping[CourseKey, CourseSession]]],
    write: Callable[[Sequence[Plan]], Awaitable[Written]],
    tally: Tally,
    *,
    lookup: Callable[[Iterable[Code]], Awaitable[Known]] = _nothing,
) -> Callable[[Sequence[Trainee]], Awaitable[Written]]:
    """Return a writer of trainees that finds their sessions and writes their plans.

    A trainee whose session is not (yet) published gets a plan without a session. Loading the same file again, after
    the LHEO feed that has the session, adds it.
    """

    async def write_joined(trainees: Sequence[Trainee]) -> Written:
        courses = await find({trainee.key for trainee in trainees if trainee.key})
        found = [courses.get(trainee.key) if trainee.key else None for trainee in trainees]
        alone = sum(
            trainee.key is not None and course is None for trainee, course in zip(trainees, found, strict=True)
        )
        if alone:
            tally.odd["dc_numeroicsession", "session not loaded: kept as a plan without session"] += alone
        known = await lookup({code for trainee in trainees for code in trainee.codes()})
        return await write([trainee.plan(course, known) for trainee, course in zip(trainees, found, strict=True)])

    return write_joined
