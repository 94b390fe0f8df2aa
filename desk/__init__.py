"""Pages for people: a client of the public schema; each is one operation, one template, one short function."""
