# List all recipes
default:
    @just --list --unsorted

# Start a server with a demo user and three clients, on SQLite in ./.countersign
dev *ARGS:
    cargo run -- dev {{ ARGS }}

# Build the release binary: target/release/countersign
build:
    cargo build --release --locked

# Run all tests: crates, examples, third-party clients and browser tests
test:
    ./scripts/test

# Check formatting, lints, documentation, dependencies and scripts
lint:
    ./scripts/lint

# Format the code
fmt:
    cargo fmt --all

# Build the documentation of the crates and open it
doc:
    cargo doc --workspace --no-deps --open

# Run the benchmarks and write target/bench/report.json
bench *ARGS:
    ./scripts/bench {{ ARGS }}

# Attack a server on loopback and write docs/load.md
load *ARGS:
    ./scripts/load {{ ARGS }}

# Run the OpenID conformance suite at a URL against the server
conformance *ARGS:
    ./scripts/conformance {{ ARGS }}

# Run mutation tests of the SQL stores
mutants *ARGS:
    ./scripts/mutants {{ ARGS }}

# Check licenses, banned crates, sources and security advisories (needs the network)
deny:
    cargo deny --locked check

# Run only the tests with third-party clients
clients:
    ./tests/clients/run

# Run only the browser tests; arguments name files in tests/browser
browser *ARGS:
    ./tests/browser/run {{ ARGS }}

# Take screenshots of every page, in target/screenshots
screenshots:
    ./tests/browser/screenshots
