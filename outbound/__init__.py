"""Calls other servers over HTTP, at addresses that users give and that are not trusted."""
