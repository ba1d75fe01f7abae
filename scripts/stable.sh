#!/usr/bin/env bash
# Runs `make test` so many times (10), every second run with two busy loops beside it, and prints one line for each: stable.sh [RUNS] [FOLDER].
# The logs stay in the folder. Fails when a run has failed.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-10}
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"
busy=()
idle() {
  if (( ${#busy[@]} )); then kill "${busy[@]}" 2>/dev/null || true; wait "${busy[@]}" 2>/dev/null || true; fi
  busy=()
}
trap idle EXIT
failed=0
for (( run = 1; run <= runs; run++ )); do
  load=idle
  if (( run % 2 == 0 )); then
    load="two busy loops"
    for _ in 1 2; do (while :; do :; done) & busy+=("$!"); done
  fi
  began=$SECONDS result=passed
  make test >"$folder/$run.log" 2>&1 || { result=FAILED; failed=1; }
  idle
  summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$folder/$run.log" | tail -1 || true)
  printf 'run %d of %d, %s: %s in %d s; %s\n' "$run" "$runs" "$load" "$result" "$((SECONDS - began))" "${summary:-no summary}"
  if [[ $result == FAILED ]]; then grep -E '^test .*FAILED$|panicked at' "$folder/$run.log" | sort -u | sed 's/^/  /' || true; fi
done
echo "logs: $folder"
exit "$failed"
