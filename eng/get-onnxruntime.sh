#!/usr/bin/env bash
# Puts ONNX Runtime's library into .sinew/onnxruntime/ of the checkout. Does nothing when it is there already.
# The library is taken from the npm package onnxruntime-node; that package's install script, which downloads more, is not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=eng/versions.sh
source "$root/eng/versions.sh"
version=$onnxruntime_version
folder=$root/.sinew/onnxruntime
target=$folder/libonnxruntime.so.1
stamp=$folder/version

fail() { echo "get-onnxruntime: $1" >&2; exit 1; }

[[ $(uname -s) == Linux ]] || fail "knows Linux only; set SINEW_ONNXRUNTIME to ONNX Runtime's library instead"
case $(uname -m) in
  x86_64) arch=x64 sha256=$onnxruntime_sha256_x64 ;;
  aarch64) arch=arm64 sha256=$onnxruntime_sha256_arm64 ;;
  *) fail "no library for $(uname -m); set SINEW_ONNXRUNTIME to ONNX Runtime's library instead" ;;
esac

there() { [[ -f $target && -f $stamp && $(<"$stamp") == "$version-$arch" ]]; }

there && exit 0
mkdir -p "$folder"
# Two set-ups at once: the second waits, then finds the first one's work.
exec 9>"$folder/.lock"
flock 9
there && exit 0

command -v npm >/dev/null || fail "npm is needed to fetch ONNX Runtime; install it (Debian: apt-get install npm) and run this again"
rm -rf "$folder"/.fetch.*
work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "fetching ONNX Runtime $version ($arch)" >&2
npm pack --ignore-scripts --silent --pack-destination "$work" "onnxruntime-node@$version" >/dev/null 2>"$work/npm.log" \
  || fail "npm could not fetch onnxruntime-node@$version: $(grep -v '^npm warn' "$work/npm.log" | head -n 1)"
tar -xzf "$work"/onnxruntime-node-*.tgz -C "$work" --no-same-owner "package/bin/napi-v6/linux/$arch/libonnxruntime.so.1" \
  || fail "onnxruntime-node@$version does not hold the library for $arch"
library=$work/package/bin/napi-v6/linux/$arch/libonnxruntime.so.1
[[ $(sha256sum "$library" | cut -d ' ' -f 1) == "$sha256" ]] \
  || fail "the library in onnxruntime-node@$version is not the one that was pinned (sha256 differs); nothing was installed"
touch "$library"
chmod 644 "$library"
mv -f "$library" "$target"
printf '%s\n' "$version-$arch" >"$work/version"
mv -f "$work/version" "$stamp"
