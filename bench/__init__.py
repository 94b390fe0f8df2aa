"""Measures the service against others; no part of it."""
