"""What is served beside GraphQL and the desk: sealed links, the verification of papers, health, the explorer."""
