#!/usr/bin/env bash
# Minutes to hours: fuzzing, long streams, kills, a large upload. SOAK_SECONDS (default 300) for each fuzz loop, SOAK_HOURS (4) of sound, SOAK_KILLS (10).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SOAK_SECONDS:-300} hours=${SOAK_HOURS:-4} kills=${SOAK_KILLS:-10}
say() { printf '\n== %s\n' "$*"; }

say "build"
cargo build --workspace --all-targets --quiet
examples=${CARGO_TARGET_DIR:-target}/debug/examples

say "damaged model files, $seconds s"
"$examples/face_import_soak" models "$seconds"

say "any sound in any pieces, $seconds s; then $hours h of one stream"
"$examples/voice_soak" "$seconds" "$hours"

say "$kills kills in mid session"
for ((n = 1; n <= kills; n++)); do
  echo "kill $n of $kills"
  cargo test --workspace --quiet --test nothing_is_lost a_server_that_is_killed -- --nocapture | grep -E "killed|test result"
done

say "1 GiB through the upload page at 60 Mbit/s, reloaded in the middle"
cargo test --workspace --quiet --test upload -- --ignored --nocapture | grep -E "MiB|MB|parts|test result"
