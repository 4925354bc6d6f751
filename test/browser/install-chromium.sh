#!/usr/bin/env bash
# A Chromium for the browser tier, from Debian's packages, where there is none yet.
set -eu
chromium=${CHROMIUM:-/usr/bin/chromium}
if [ -x "$chromium" ]; then exit 0; fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "No browser at $chromium. Install one (Debian: apt-get install chromium) or name one by CHROMIUM." >&2
  exit 1
fi
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends chromium; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  exit 1
fi
