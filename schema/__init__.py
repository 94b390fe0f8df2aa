"""GraphQL in and out: types, inputs, entry points of a few lines each."""
