# What one can do here. Each recipe also stands alone as the command it names.

default:
    @just --list

# Start the service with the demonstration data
run *arguments:
    ./run {{arguments}}

# The whole suite, style and types included; arguments go to pytest
test *arguments:
    ./run test {{arguments}}

# Style, types and who imports whom
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy .
    .venv/bin/lint-imports

format:
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .

compile := "uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet"

# Pin every dependency again from pyproject.toml (needs uv); --upgrade takes newer versions
lock *options:
    {{compile}} --group dev --output-file requirements-dev.lock {{options}}
    {{compile}} --constraint requirements-dev.lock --output-file requirements.lock {{options}}

# Export the public schema
schema:
    ./run schema > schema.graphql

# Measure the five operations beside other servers (docs/performance.md); --quick for a first look
bench *arguments:
    .venv/bin/python -m bench {{arguments}}
