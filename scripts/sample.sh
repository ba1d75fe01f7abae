#!/usr/bin/env bash
# Makes the sample report that the pages ship: a computer's voice (espeak-ng), a moving portrait, and what `coach analyze` says of them.
#   scripts/sample.sh [PROGRAM] [MODELS]
# The second half is spoken too fast. Writes web-client/public/sample; run it again when the report changes.
set -euo pipefail
QUESTION="Tell me about the tightest deadline you have worked to." QUESTION_ID=pressure-deadline
cd "$(dirname "$0")/.."
program=$(realpath "${1:-target/debug/coach}") models=$(realpath "${2:-models}") to=web-client/public/sample
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

calm="Last year our team had to move a payment system to a new provider, and we had six weeks. In the third week I found that our tests did not
cover refunds. I stopped the move, and I wrote the missing tests with a colleague. It took four days, and it was not popular."
fast="When we ran them, eleven refunds failed. We repaired all of them before a single customer noticed. In the end we finished two days late, and
nobody lost any money. Since then we write down what could go wrong before we begin, and we look at that list every single week together."
say() { espeak-ng -m -v en-us -s "$1" -g 5 -w "$work/$2.wav" "<speak><prosody range=\"200%\">$3</prosody></speak>"; }
say 128 calm "$calm"
say 210 fast "$fast"
ffmpeg -v error -y -i "$work/calm.wav" -i "$work/fast.wav" -filter_complex \
  "[0:a][1:a]concat=n=2:v=0:a=1,aresample=48000,volume=-3dB,adelay=1000,apad=pad_dur=0.7" "$work/voice.wav"
seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/voice.wav")
# NASA's portrait of Eileen Collins, public domain: head and shoulders go to and fro and lean a little.
ffmpeg -v error -y -loop 1 -framerate 15 -i "$models/astronaut.png" -i "$work/voice.wav" -t "$seconds" -filter_complex \
  "[0:v]crop=400:300:'40+10*sin(t)':'5+8*cos(1.3*t)',scale=480:360,rotate='0.04*sin(1.1*t)+0.015*sin(3.1*t)':fillcolor=gray,crop=460:344,scale=320:240,format=yuv420p" \
  -c:v libvpx -b:v 28k -deadline good -cpu-used 0 -g 60 -c:a libopus -b:a 14k -ac 1 -application voip "$work/recording.webm"
"$program" analyze "$work/recording.webm" --out "$work/plain" --models "$models" --data "$work/data" >/dev/null
# The same once more as the answer to a question of the bank.
{
  head -n 1 "$work/plain/journal.jsonl"
  echo '{"kind":"mark","t":0,"what":"question","question":"'"$QUESTION"'","question_id":"'"$QUESTION_ID"'","suggested_ms":120000}'
} >"$work/like.jsonl"
"$program" analyze "$work/recording.webm" --like "$work/like.jsonl" --out "$work/out" --models "$models" --data "$work/data"
mkdir -p "$to"
cp "$work/recording.webm" "$to/recording.webm"
# As small as it is sent: no spaces.
python3 -c 'import json, sys; json.dump(json.load(sys.stdin), sys.stdout, separators=(",", ":"), ensure_ascii=False)' \
  <"$work/out/report.json" >"$to/report.json"
du -b "$to"/*
