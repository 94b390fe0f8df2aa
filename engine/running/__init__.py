"""Runs operations: what compiled functions call while they run, and the way back to graphql-core."""
