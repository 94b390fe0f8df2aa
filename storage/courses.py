"""The published sessions of the training offer, by their Intercarif numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.course import CourseKey, CourseSession
from domain.loading import Written
from storage.nomenclatures import NomenclatureRepository
from storage.registers import register

if TYPE_CHECKING:
    from collections.abc import Collection as Group
    from collections.abc import Sequence

    from storage.client import Database


class CourseRepository:
    """Sessions as the last feed told them; one that a later feed leaves out stays, for the plans it has."""

    def __init__(self, database: Database) -> None:
        self._courses = database["courses"]
        self._nomenclatures = NomenclatureRepository(database)

    async def load(self, courses: Sequence[CourseSession]) -> Written:
        """Write a batch; of two sessions with the same numbers the later one counts."""
        told = {str(course.key): course for course in courses}
        return await register(self._courses, told) + Written(unchanged=len(courses) - len(told))

    async def find(self, keys: Group[CourseKey]) -> dict[CourseKey, CourseSession]:
        """Return the sessions that are known, with the labels that the lists have today."""
        cursor = self._courses.find({"_id": {"$in": [str(key) for key in keys]}})
        found = [CourseSession.model_validate(document) async for document in cursor]
        codes = {code for course in found for code in course.codes()}
        known = await self._nomenclatures.lookup(codes)
        return {course.key: course.labelled(known) for course in found}
