# What one can do here. Each recipe also stands alone as the command it names.

default:
    @just --list

# Start the service with the demonstration data
run *arguments:
    ./run {{arguments}}

# The whole suite, style and types included; arguments go to pytest
test *arguments:
    ./run test {{arguments}}

# The tests that need no database: rules, schema, feeds, tables, tokens; under a minute on two quiet cores
quick *arguments:
    .venv/bin/python -m pytest -q -n 2 -m "not database" tests/domain tests/schema tests/feeds tests/tables tests/credentials {{arguments}}

# Which lines the whole suite runs; fails below the threshold of pyproject.toml
cover *arguments:
    .venv/bin/coverage run -m pytest {{arguments}}
    .venv/bin/coverage report

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

# Keep the schema and a small database of the release that is cut (tests/releases/README.md)
release:
    .venv/bin/python -m tests.operations.releasing

# Measure the five operations beside other servers (docs/performance.md); --quick for a first look
bench *arguments:
    .venv/bin/python -m bench {{arguments}}

# Make pictures of every page of the desk (build/pictures; those of the documentation in docs/pictures); needs Chromium
pictures:
    .venv/bin/python -m tests.desk.pictures

# Make the subsets of the fonts of the desk again
fonts:
    for face in Regular Semibold; do .venv/bin/pyftsubset .venv/lib/python3*/site-packages/font_source_sans_pro/files/SourceSansPro-$face.ttf --unicodes="U+20-7E,U+A0-17F,U+192,U+2C6,U+2DA,U+2DC,U+2002-200B,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A,U+20AC,U+2122,U+2190-2195,U+2212,U+25B2,U+25B6,U+25BC,U+2713" --layout-features=kern,liga,tnum,lnum,mark,ccmp,locl --flavor=woff2 --no-hinting --desubroutinize --output-file=look/SourceSans-$face.woff2; done
