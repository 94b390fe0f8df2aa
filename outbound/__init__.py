"""Calls other servers over HTTP, at addresses that users give: none is trusted."""
