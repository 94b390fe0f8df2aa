"""Compiles operations: from what a document selects of a schema to the Python functions that answer it."""
