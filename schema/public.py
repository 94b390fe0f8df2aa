"""The public schema, put together."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.mutation import Mutation
from schema.people import Adviser
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

public_schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Adviser],
    config=StrawberryConfig(scalar_map=SCALARS),
)


def sdl() -> str:
    """Return the public schema in the schema definition language."""
    return public_schema.as_str() + "\n"
