#!/usr/bin/env bash
# Stages the panel of the reference data, clips with known faults, and judges what `coach analyze` says of each; prints the table.
#   scripts/panel.sh [both|full] [NAME,NAME…] [PROGRAM] [MODELS]
# Both face models, all clips: about 20 minutes of CPU. The clips are kept in target/panel. COACH_SHARED: the reference data (../shared).
set -euo pipefail
cd "$(dirname "$0")/.."
face=${1:-both} only=${2:-} program=${3:-target/debug/coach} models=$(realpath "${4:-models}")
export SHARED=$(realpath "${COACH_SHARED:-../shared}")
export PANEL_PYTHON=${PANEL_PYTHON:-$PWD/tests/python/.venv/bin/python}
panel=$SHARED/data/panel clips=$PWD/target/panel/clips
[[ -d $panel ]] || { echo "panel: $panel is missing" >&2; exit 2; }
[[ -x $program ]] || { echo "panel: $program is not built" >&2; exit 2; }
mkdir -p "$clips"

names=(${only//,/ })
missing=()
for name in "${names[@]}"; do
  compgen -G "$clips/$name.*" >/dev/null || missing+=("$name")
done
if (( ${#missing[@]} )) || [[ -z $only && ! -e $clips/.all ]]; then
  "$panel/make_panel.sh" "$clips" "${missing[@]}" >/dev/null
  [[ -n $only ]] || touch "$clips/.all"
fi

lite=()
if [[ $face == both ]]; then
  # The same models without the full one of faces: what both give a number may differ by no more than 8.
  rm -rf target/panel/lite-models; mkdir -p target/panel/lite-models
  ln -s "$models"/* target/panel/lite-models; rm -f target/panel/lite-models/face_landmarker.task
  lite=(--other-models target/panel/lite-models)
fi
rm -rf target/panel/out target/panel/out-other
exec python3 "$panel/check.py" --coach "$program" --models "$models" --clips "$clips" --out target/panel/out ${only:+--only "$only"} "${lite[@]}"
