"""Executes GraphQL operations over any schema; knows nothing of reports, MongoDB or HTTP."""
