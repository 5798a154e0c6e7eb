# List the recipes
default:
    @just --list --unsorted

# Run the server with a demo user and three clients, on SQLite under ./.countersign
dev *ARGS:
    cargo run -- dev {{ ARGS }}

# Build the release binary: target/release/countersign
build:
    cargo build --release --locked

# Run every test: the crates, the examples, clients that other people wrote, and people in a browser
test:
    ./scripts/test

# Check format, lints, documentation, dependencies and scripts
lint:
    ./scripts/lint

# Format the code
fmt:
    cargo fmt --all

# Build the documentation of the crates and open it
doc:
    cargo doc --workspace --no-deps --open

# Measure, and write target/bench/report.json
bench *ARGS:
    ./scripts/bench {{ ARGS }}

# Take the guards of the SQL stores away one by one, and see that a test fails for each
mutants *ARGS:
    ./scripts/mutants {{ ARGS }}

# Check licenses, banned crates, sources and advisories (needs the network)
deny:
    cargo deny --locked check

# Run only the clients that other people wrote against the server
clients:
    ./tests/clients/run

# Run only the tests in a browser; arguments name files of tests/browser
browser *ARGS:
    ./tests/browser/run {{ ARGS }}

# Take pictures of every page into target/screenshots
screenshots:
    ./tests/browser/screenshots
