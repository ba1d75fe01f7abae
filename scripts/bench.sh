#!/usr/bin/env bash
# Speed and accuracy beside the peers, in CPU time. Each part prints its own table; a part's name as argument runs only that.
set -euo pipefail
cd "$(dirname "$0")/.."
parts=(face voice words live record watch upload)
for part in "${@:-${parts[@]}}"; do
  printf '\n== %s\n' "$part"
  script="scripts/bench/$part"
  if [[ -f $script.py ]]; then python3 "$script.py"; else "$script.sh"; fi
done
