#!/usr/bin/env bash
# Builds the Debian package target/package/coach_VERSION_ARCHITECTURE.deb, with the models of ./models (COACH_MODELS): package.sh [PROGRAM].
# Without PROGRAM the release is built. Equal input gives an equal package.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
target=${CARGO_TARGET_DIR:-target}
program=${1:-}
if [[ -z $program ]]; then
  scripts/web.sh build
  cargo build --locked --release --package coach-server
  program=$target/release/coach
fi
version=$("$program" --version | cut -d ' ' -f 2)
architecture=$(dpkg --print-architecture)
package=$target/package/coach_${version}_$architecture.deb
root=$target/package/coach
rm -rf "$root"
mkdir -p "$root/DEBIAN"
place() { install -D -m "$1" "$2" "$root/$3"; }

place 755 "$program" usr/bin/coach
strip --strip-debug "$root/usr/bin/coach"
place 644 deploy/systemd/coach.service usr/lib/systemd/system/coach.service
place 644 deploy/debian/sysusers.conf usr/lib/sysusers.d/coach.conf
place 644 deploy/debian/coach.toml etc/coach/coach.toml
for file in coach.example.toml CHANGELOG.md docs/OPERATING.md docs/ACCOUNTS.md docs/PRIVACY.md; do
  place 644 "$file" "usr/share/doc/coach/$(basename "$file")"
done
cat NOTICE LICENSE >"$root/usr/share/doc/coach/copyright"
for model in "${COACH_MODELS:-models}"/*; do
  # An image for tests is no model.
  [[ $model == *.png ]] || place 644 "$model" "usr/share/coach/models/$(basename "$model")"
done
mkdir -p "$root"/usr/share/{man/man1,bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
"$program" print-manual | gzip -9n >"$root/usr/share/man/man1/coach.1.gz"
"$program" completions bash >"$root/usr/share/bash-completion/completions/coach"
"$program" completions zsh >"$root/usr/share/zsh/vendor-completions/_coach"
"$program" completions fish >"$root/usr/share/fish/vendor_completions.d/coach.fish"

sed "s/@version@/$version/; s/@architecture@/$architecture/" deploy/debian/control >"$root/DEBIAN/control"
install -m 644 deploy/debian/conffiles "$root/DEBIAN/"
install -m 755 deploy/debian/{postinst,prerm,postrm} "$root/DEBIAN/"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zzstd -z3 --build "$root" "$package" >/dev/null
rm -rf "$root"
echo "$package"
