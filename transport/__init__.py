"""GraphQL over the network: HTTP, event streams and WebSocket, in front of any `engine.Executor`."""

from transport.doors import GraphQLDoors
from transport.observation import Record
from transport.options import Limits, server_settings
from transport.viewer import Caller, Unauthenticated, Viewer

__all__ = ["Caller", "GraphQLDoors", "Limits", "Record", "Unauthenticated", "Viewer", "server_settings"]
