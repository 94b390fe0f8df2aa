"""What is served beside GraphQL: the links that the API hands out, and the health of the service."""
