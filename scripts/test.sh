#!/usr/bin/env bash
# Everything that must hold, in the order in which it fails fastest.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

if [[ ! -d "${COACH_SHARED:-../shared}" ]]; then
  echo "test: no reference data (../shared or \$COACH_SHARED): parity with Praat and MediaPipe is not checked"
fi
say "format";            cargo fmt --all --check
say "web: lint";         scripts/web.sh lint
say "web: tests";        scripts/web.sh test
say "web: build";        scripts/web.sh build
say "clippy";            cargo clippy --workspace --all-targets --quiet -- -D warnings
# One command for all crates: choosing some of them would choose other features of their dependencies, and build those again.
say "build";             cargo build --workspace --all-targets --quiet
say "unit, property and end-to-end tests"; cargo test --workspace --no-fail-fast
