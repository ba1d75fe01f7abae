#!/usr/bin/env bash
# Installs what the project needs on Debian 12: system packages, model files, web packages. Says what it does; does nothing twice.
# With the word "test" it also installs what only the tests need.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(pkg-config build-essential libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev gstreamer1.0-plugins-base
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav python3-pip python3-venv)
if [[ "${1:-}" == test ]]; then
  packages+=(chromium firefox-esr ffmpeg espeak-ng postgresql fonts-dejavu-core gstreamer1.0-nice gir1.2-gst-plugins-bad-1.0
    python3-gi coturn)
fi

missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" == "install ok installed" ]] || missing+=("$package")
done
if (( ${#missing[@]} )); then
  echo "setup: installing ${missing[*]}"
  as_root=(); [[ $EUID -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  # The package starts a relay of its own, which nothing here uses.
  if [[ " ${missing[*]} " == *" coturn "* && -d /run/systemd/system ]]; then
    "${as_root[@]}" systemctl disable --quiet --now coturn
  fi
fi

python3 scripts/models.py "${1:-}"

# Node packages: again only when the lock file changed.
npm_packages() {
  local folder=$1
  [[ -f $folder/package-lock.json ]] || return 0
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock"; then
    echo "setup: installing the packages of $folder"
    # Not `npm ci`: npm 11 refuses locks that leave out other platforms' optional packages, and it writes such locks itself.
    (cd "$folder" && npm install --no-save --no-audit --no-fund --loglevel=error)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock"
  fi
}
npm_packages web-client

if [[ "${1:-}" == test ]]; then
  npm_packages tests/browser
  npm_packages tests/node
  if ! cmp -s tests/python/requirements.txt tests/python/.venv/installed.txt; then
    echo "setup: installing the Python test clients"
    python3 -m venv tests/python/.venv
    tests/python/.venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/python/requirements.txt
    cp tests/python/requirements.txt tests/python/.venv/installed.txt
  fi
  # GStreamer's WHIP client is no Debian package.
  client=tests/whipsink
  if [[ ! -x $client/target/debug/whipsink || $client/Cargo.lock -nt $client/target/debug/whipsink || $client/src/main.rs -nt $client/target/debug/whipsink ]]; then
    echo "setup: building GStreamer's WHIP client (two minutes)"
    mkdir -p "$client/target/lib"
    ln -sfn "$(ldconfig -p | awk '/libgstwebrtc-1\.0\.so\.0/ { print $NF; exit }')" "$client/target/lib/libgstwebrtc-1.0.so"
    (cd "$client" && PKG_CONFIG_PATH=$PWD cargo build --locked --quiet --target-dir target)
    touch "$client/target/debug/whipsink"
  fi
  # Only where the reference data lies beside: what stages its clips weighs 80 MB.
  if [[ -d ${COACH_SHARED:-../shared}/data/panel ]] && ! cmp -s tests/python/panel.txt tests/python/.venv/installed-panel.txt; then
    echo "setup: installing what stages clips"
    tests/python/.venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/python/panel.txt
    cp tests/python/panel.txt tests/python/.venv/installed-panel.txt
  fi
fi
