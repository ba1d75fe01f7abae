#!/usr/bin/env bash
# Property tests with seeds that nobody has tried: seeds.sh [COUNT] [CRATE...]. 20 seeds and all crates unless told otherwise. The seed of
# a run that fails is printed; PROPTEST_RNG_SEED=SEED cargo test --workspace NAME repeats it.
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 - "${1:-20}" "${@:2}" <<'PYTHON'
import json, os, pathlib, re, secrets, subprocess, sys

count, only = int(sys.argv[1]), set(sys.argv[2:])
built = subprocess.run(
    ["cargo", "test", "--locked", "--workspace", "--no-run", "--message-format", "json-render-diagnostics"],
    stdout=subprocess.PIPE, text=True, check=True).stdout
programs = []
for line in built.splitlines():
    message = json.loads(line)
    if message.get("reason") == "compiler-artifact" and message.get("executable") and message["profile"]["test"]:
        programs.append(message)

def sources(target):
    """The files of a test program: a library's src, a test's own file or folder."""
    path = pathlib.Path(target["src_path"])
    if target["kind"] == ["test"] and path.name != "main.rs":
        return [path]
    return sorted(path.parent.rglob("*.rs"))

failed = tests = 0
for message in sorted(programs, key=lambda m: m["executable"]):
    if only and message["target"]["name"] not in only and not any(name in message["package_id"] for name in only):
        continue
    names = []
    for file in sources(message["target"]):
        text = file.read_text()
        if "proptest!" in text:
            # A property's arguments are drawn: `fn name(x in strategy, ...)`; other functions have types there.
            names += re.findall(r"fn (\w+)\(\s*(?:mut )?[\w(), ]+? in ", text)
    if not names:
        continue
    # A package's tests run in its folder.
    folder = os.path.dirname(message["manifest_path"])
    for _ in range(count):
        seed = secrets.randbits(48)
        run = subprocess.run([message["executable"], *names], cwd=folder, env={**os.environ, "PROPTEST_RNG_SEED": str(seed)},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode:
            failed += 1
            print(f"seeds: {message['target']['name']} fails with PROPTEST_RNG_SEED={seed}")
            told = [l for l in run.stdout.splitlines() if re.search("minimal failing input|panicked|FAILED|error", l)]
            print("\n".join(told[:20]), flush=True)
    found = re.search(r"test result: \w+\. (\d+) passed; (\d+) failed", run.stdout)
    tests += len(names)
    print(f"seeds: {message['target']['name']} ({message['target']['kind'][0]}): {len(names)} properties, "
          f"{found.group(1) if found else '?'} tests ran, {count} seeds", flush=True)
print(f"seeds: {tests} properties, {count} seeds each, {failed} runs failed")
sys.exit(failed > 0)
PYTHON
