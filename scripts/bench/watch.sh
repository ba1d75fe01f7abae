#!/usr/bin/env bash
# What viewers of a live session cost: CPU of the network thread, delay, memory. VIEWERS (20), SECONDS_OF_MEDIA (20).
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked --workspace --all-targets --quiet
"${CARGO_TARGET_DIR:-target}/debug/examples/bench_watch" "${VIEWERS:-20}" "${SECONDS_OF_MEDIA:-20}"
