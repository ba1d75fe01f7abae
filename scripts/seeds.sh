#!/usr/bin/env bash
# Property tests with seeds that nobody has tried: seeds.sh [COUNT] [CRATE...]. 20 seeds and all crates unless told otherwise. The seed of
# a run that fails is printed; PROPTEST_RNG_SEED=SEED cargo test repeats it.
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-20}
shift || true
crates=("$@")
(( ${#crates[@]} )) || crates=(coach-core coach-perception coach-insight coach-media coach-archive coach-server)
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for crate in "${crates[@]}"; do
  folder=$(cargo metadata --no-deps --format-version 1 | python3 -c "
import json, sys
print(next(p['manifest_path'] for p in json.load(sys.stdin)['packages'] if p['name'] == '$crate').rsplit('/', 1)[0])")
  # Only what has property tests: the library, and the test files that say so (a folder of tests is one program).
  targets=()
  grep -rqls 'proptest!' "$folder/src" && targets+=(--lib)
  while read -r file; do
    file=${file#"$folder"/tests/}
    target=${file%%/*}
    [[ " ${targets[*]} " == *" ${target%.rs} "* ]] || targets+=(--test "${target%.rs}")
  done < <(grep -rls 'proptest!' "$folder/tests" 2>/dev/null || true)
  (( ${#targets[@]} )) || continue
  for (( n = 1; n <= count; n++ )); do
    seed=$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')
    if PROPTEST_RNG_SEED=$seed cargo test --quiet -p "$crate" "${targets[@]}" >"$log" 2>&1; then
      continue
    fi
    failed=$((failed + 1))
    echo "seeds: $crate fails with PROPTEST_RNG_SEED=$seed"
    grep -E 'minimal failing input|panicked|FAILED|error' "$log" | head -20
  done
  echo "seeds: $crate (${targets[*]}): $count seeds"
done
exit $(( failed > 0 ))
