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

# Pin every dependency again from pyproject.toml (needs uv); add --upgrade for newer versions
lock *options:
    uv pip compile pyproject.toml --output-file requirements.lock --universal --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --quiet {{options}}
    uv pip compile pyproject.toml --group dev --output-file requirements-dev.lock --universal --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --quiet {{options}}

# Export the public schema
schema:
    ./run schema > schema.graphql

bench *arguments:
    ./run bench {{arguments}}
