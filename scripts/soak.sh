#!/usr/bin/env bash
# Minutes to hours: fuzzing, attacks, long streams, kills, outages, a large upload. SOAK_FUZZ (default 600) seconds or 10 million inputs for each
# target of the fuzzer, SOAK_ATTACK (1800) seconds of attacks on a running server, SOAK_SECONDS (300) for each other loop, SOAK_SEEDS (20) fresh
# seeds of the property tests, SOAK_HOURS (4) of sound, SOAK_KILLS (50), SOAK_AWAY (60) seconds without store and database,
# SOAK_JOBS (200) analyses under killed workers, SOAK_SYNC (600) seconds of flash and beep. SOAK_SYNC=0 leaves that out.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SOAK_SECONDS:-300} fuzz=${SOAK_FUZZ:-600} attack=${SOAK_ATTACK:-1800}
hours=${SOAK_HOURS:-4} kills=${SOAK_KILLS:-50} away=${SOAK_AWAY:-60} jobs=${SOAK_JOBS:-200} sync=${SOAK_SYNC:-600}
say() { printf '\n== %s\n' "$*"; }

say "build"
cargo build --workspace --all-targets --quiet
examples=${CARGO_TARGET_DIR:-target}/debug/examples

say "property tests with fresh seeds"
scripts/seeds.sh "${SOAK_SEEDS:-20}"

say "hostile bytes for every reader of them, $fuzz s or 10 million inputs each"
SOAK_FUZZ_S=$fuzz cargo test --workspace --quiet --lib --test fuzz --test it --test process hostile_bytes -- --nocapture --test-threads=1

say "attacks on a running server, $attack s"
python3 scripts/attack "$attack"

say "damaged model files, $seconds s"
"$examples/face_import_soak" models "$seconds"

say "any sound in any pieces, $seconds s; then $hours h of one stream"
"$examples/voice_soak" "$seconds" "$hours"

say "$kills sessions lose their server, 5 at a time"
SOAK_KILLS=$kills SOAK_AT_ONCE=5 cargo test --workspace --quiet --test nothing_is_lost killed_at_any_moment -- --nocapture

say "the object store and the database away for $away s in mid session"
SOAK_AWAY=$away cargo test --workspace --quiet --test away -- --nocapture --test-threads=1

say "1 GiB through the upload page at 60 Mbit/s, reloaded in the middle"
cargo test --workspace --quiet --test upload -- --ignored --nocapture

say "two workers, $jobs analyses, one killed every 5 s, on both databases"
COACH_TEST_JOBS=$jobs cargo test --workspace --quiet --test it when_workers_are_killed -- --nocapture --test-threads 1 | grep -E "jobs,|test result"

if (( sync )); then
  say "flash and beep from the publisher to the stored recording, $sync s in real time"
  SOAK_SYNC=$sync cargo test --workspace --quiet --test flash_and_beep -- --ignored --nocapture
fi
