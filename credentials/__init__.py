"""Tokens and sign-ins of people and programs, and sealed links."""
