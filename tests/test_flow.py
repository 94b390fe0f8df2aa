from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories import a_plan, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service import Served


async def test_an_organization_finds_the_report_it_has_to_write(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    found = await served.ask(staff(), "{ pendingPlans { nodes { title reportStatus } } }")
    assert found["pendingPlans"]["nodes"] == [
        {"title": "Titre Professionnel Monteur Dépanneur Frigoriste", "reportStatus": "TO_ENTER"}
    ]
