#!/usr/bin/env bash
# Builds the browser page (web/) into .sinew/web. Does nothing where that is up to date.
# The packages' own install scripts are not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=eng/common.sh
source "$root/eng/common.sh"
out=$state/web

fail() { echo "build-web: $1" >&2; exit 1; }

list_web
web_ready && exit 0
command -v npm >/dev/null || fail "npm is needed to build the page; install it (Debian: apt-get install npm) and run this again"
[[ $(node -p 'Number(process.versions.node.split(".")[0]) >= 20') == true ]] || fail "Node.js 20 or later is needed to build the page, this is $(node --version)"

mkdir -p "$state/log"
# Two set-ups at once: the second waits, then finds the first one's work.
exec 9>"$state/web.lock"
flock 9
web_ready && exit 0

cd "$root/web"
packages=$(sha256sum package-lock.json | cut -d ' ' -f 1)
if [[ ! -f node_modules/.sinew || $(<node_modules/.sinew) != "$packages" ]]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$state/log/npm.log" 2>&1 9>&- \
    || { tail -n 15 "$state/log/npm.log" >&2; fail "npm could not fetch the page's packages"; }
  printf '%s\n' "$packages" >node_modules/.sinew
fi
npx --no-install tsc --noEmit || fail "the page's types do not fit"
rm -rf "$out.part"
node build.mjs --out "$out.part" || fail "the page could not be built"
printf '%s\n' "$web_sources" >"$out.part/.sources"
rm -rf "$out"
mv "$out.part" "$out"
