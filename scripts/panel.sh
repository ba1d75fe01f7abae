#!/usr/bin/env bash
# Stages the panel of the reference data, clips with known faults, and judges what `coach analyze` says of each; prints the table.
#   scripts/panel.sh [both|full] [NAME,NAME…] [PROGRAM] [MODELS]
# Both face models, all clips: about 10 minutes of CPU. The clips are kept in target/panel. COACH_SHARED: the reference data (../shared).
# PANEL_SEED: another number resynthesizes the voices a little differently.
set -euo pipefail
cd "$(dirname "$0")/.."
face=${1:-both} only=${2:-} program=${3:-target/debug/coach} models=$(realpath "${4:-models}")
export SHARED=$(realpath "${COACH_SHARED:-../shared}")
python=${PANEL_PYTHON:-$PWD/tests/python/.venv/bin/python} seed=${PANEL_SEED:-7}
panel=$SHARED/data/panel work=$PWD/target/panel/$seed
clips=$work/clips
[[ -d $panel ]] || { echo "panel: $panel is missing" >&2; exit 2; }
[[ -x $program ]] || { echo "panel: $program is not built" >&2; exit 2; }
mkdir -p "$clips"

# Praat's resynthesis draws random numbers: with a seed, each staging of the same list of clips gives the same.
export PANEL_PYTHON=$work/python
cat > "$PANEL_PYTHON" <<WRAPPER
#!/usr/bin/env bash
exec "$python" -c 'import sys, runpy, parselmouth
parselmouth.praat.run("random_initializeWithSeedUnsafelyButPredictably ($seed)")
sys.argv = sys.argv[1:]
sys.path.insert(0, "")
runpy.run_path(sys.argv[0], run_name="__main__")' "\$@"
WRAPPER
chmod +x "$PANEL_PYTHON"

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
  rm -rf "$work/lite-models"; mkdir -p "$work/lite-models"
  ln -s "$models"/* "$work/lite-models"; rm -f "$work/lite-models/face_landmarker.task"
  lite=(--other-models "$work/lite-models")
fi
rm -rf "$work/out" "$work/out-other"
exec python3 "$panel/check.py" --coach "$program" --models "$models" --clips "$clips" --out "$work/out" ${only:+--only "$only"} "${lite[@]}"
