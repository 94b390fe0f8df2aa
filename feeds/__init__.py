"""Reads the files that other systems send into values of the domain, line by line; writes nothing in the database."""
