#!/usr/bin/env bash
# CPU of ingest and recording beside Janus, Debian's package, which is installed for it where that is allowed.
# COACH_PROFILE=dev measures the development build instead of the release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v janus >/dev/null; then
  as_root=(); [[ $EUID -eq 0 ]] || as_root=(sudo -n)
  echo "bench: installing janus"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends janus >/dev/null || true
fi
profile=${COACH_PROFILE:-release}
# The server that is measured refuses a variable that is no setting.
unset COACH_PROFILE
cargo build --workspace --bins --examples --quiet --profile "$profile"
"${CARGO_TARGET_DIR:-target}/$([[ $profile == dev ]] && echo debug || echo "$profile")/examples/bench_record" "${SECONDS_OF_MEDIA:-30}"
