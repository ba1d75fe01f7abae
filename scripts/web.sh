#!/usr/bin/env bash
# Builds, lints or tests the web client: web.sh build|lint|test. A build is skipped while nothing it is made from changed.
set -euo pipefail
cd "$(dirname "$0")/../web-client"
case "$1" in
  build)
    stamp=$(git ls-files -co --exclude-standard -z . | sort -z | xargs -0 cat 2>/dev/null | sha256sum)
    if [[ ! -f dist/index.html || "$(cat dist/.built-from 2>/dev/null)" != "$stamp" ]]; then
      echo "web: building the pages"
      npm run --silent build
      echo "$stamp" > dist/.built-from
    fi ;;
  lint)
    npm run --silent lint
    npm run --silent api -- --check ;;
  test) npm run --silent test ;;
esac
