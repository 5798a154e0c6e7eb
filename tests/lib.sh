# Shared code of clients/run, schemathesis/run and browser/run. Source it with `set -euo pipefail`.
# shellcheck shell=bash

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$tests")

# The server under test must not read the caller's settings.
for variable in ${!COUNTERSIGN__@}; do unset "$variable"; done
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost

hash_of() { cat "$@" | git hash-object --stdin; }

# Installs the exact versions of requirements.txt, if needed. Sets `venv` to the virtual environment.
install_python() {
    local python=${PYTHON:-python3} stamp
    venv=$tests/.venv
    stamp=$("$python" --version; hash_of "$tests/requirements.txt")
    if [[ -f $venv/stamp && $(<"$venv/stamp") == "$stamp" ]]; then return; fi
    echo "Installing the Python clients."
    "$python" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$tests/requirements.txt"
    printf '%s\n' "$stamp" >"$venv/stamp"
}

# Installs the exact versions of package-lock.json, if needed.
install_node() {
    local stamp
    stamp=$(hash_of "$tests/package.json" "$tests/package-lock.json")
    if [[ -f $tests/node_modules/.stamp && $(<"$tests/node_modules/.stamp") == "$stamp" ]]; then return; fi
    echo "Installing the Node clients."
    (cd "$tests" && npm ci --silent)
    printf '%s\n' "$stamp" >"$tests/node_modules/.stamp"
}

# Sets COUNTERSIGN_BIN to the absolute path of the binary under test. Builds the debug binary if it is not set.
find_binary() {
    if [[ -n ${COUNTERSIGN_BIN:-} ]]; then
        COUNTERSIGN_BIN=$(cd "$(dirname "$COUNTERSIGN_BIN")" && pwd)/$(basename "$COUNTERSIGN_BIN")
    else
        (cd "$root" && cargo build -q --locked -p countersign)
        COUNTERSIGN_BIN=${CARGO_TARGET_DIR:-$root/target}/debug/countersign
    fi
    export COUNTERSIGN_BIN
}
