#!/usr/bin/env bash
# CPU and memory of one live session by stage.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --workspace --all-targets --quiet
"${CARGO_TARGET_DIR:-target}/debug/examples/bench_live" "${SECONDS_OF_MEDIA:-40}"
