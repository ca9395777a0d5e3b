"""What is exchanged with the world outside: catalogues that others publish."""
