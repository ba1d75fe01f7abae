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
say "build";             cargo build --workspace --all-targets --quiet
say "unit and property tests"; cargo test --workspace --exclude coach-e2e --quiet
# The end-to-end tests measure latencies and share two cores with Chromium, so they run one at a time.
say "end to end";        cargo test --package coach-e2e -- --test-threads=1 --nocapture
