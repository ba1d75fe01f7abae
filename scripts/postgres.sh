#!/bin/sh
# A PostgreSQL server for tests, in a folder of its own: postgres.sh DIR, which goes when this ends. Says "ready", or "absent"
# where version 15 or newer is not installed; then obeys the words "stop" and "start" of its standard input, and "freeze" and "thaw",
# which leave the connections open, each answered by "done", until that ends, which it does however the test ends. It listens on a
# socket in DIR alone.
set -e
dir=$1
bin=$(for found in /usr/lib/postgresql/*/bin; do echo "$found"; done | sort -t/ -k5 -n | tail -1)
version=${bin%/bin}
version=${version##*/}
if [ ! -x "$bin/initdb" ] || [ "$version" -lt 15 ]; then
  echo absent
  exit 0
fi
# initdb refuses root, so root runs it as the user that the package made.
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; as="setpriv --reuid=postgres --regid=postgres --clear-groups"; fi
trap 'rm -rf "$dir"' EXIT
cd "$dir"
start() {
  $as "$bin/pg_ctl" -D "$dir/db" -w -l "$dir/log" -o "-c fsync=off -c listen_addresses='' -c max_connections=300 -k $dir" start >/dev/null
}
# To the server first: what it is just beginning is then among its children.
signal() {
  server=$(head -1 "$dir/db/postmaster.pid")
  kill -s "$1" "$server"
  # shellcheck disable=SC2046 # one argument for each child
  kill -s "$1" $(cat "/proc/$server/task/$server/children") 2>/dev/null || true
}
stop() { $as "$bin/pg_ctl" -D "$dir/db" -w -m immediate stop >/dev/null; }
$as "$bin/initdb" -D "$dir/db" -U coach --auth=trust --no-sync --no-instructions >/dev/null
start
echo ready
while read -r word; do
  case $word in stop) stop ;; start) start ;; freeze) signal STOP ;; thaw) signal CONT ;; esac
  echo "done"
done
signal CONT || true
stop || true
