"""The service as it runs: put together from the rooms, served, watched, told of."""
