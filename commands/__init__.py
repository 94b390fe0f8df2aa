"""The commands that operators run beside a service; `main.py` reads the command line."""
