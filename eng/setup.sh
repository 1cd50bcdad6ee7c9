#!/usr/bin/env bash
# usage: eng/setup.sh nothing|inference|training [--tests]
# Brings this checkout to where the command (and, with --tests, every test) can run. What is there already is left alone.
# Everything is made beside its place and moved there last, under a lock: interrupted, or run twice at once, it does no harm.
set -euo pipefail

need=$1
tests=${2:-}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=eng/common.sh
source "$root/eng/common.sh"
# shellcheck source=eng/versions.sh
source "$root/eng/versions.sh"

say() { printf 'sinew: %s\n' "$*" >&2; }

# step NAME HINT COMMAND…: runs the command with its output in a log; when it fails, shows the log's end and the hint.
step() {
  local name=$1 hint=$2 log began=$SECONDS
  shift 2
  log=$state/log/$(tr -cs "a-zA-Z0-9\n" "-" <<<"$name" | sed "s/^-//; s/-$//").log
  say "$name …"
  if ! "$@" >"$log" 2>&1 9>&-; then
    say "set-up failed at: $name"
    say "the end of .sinew/log/${log##*/}:"
    tail -n 20 "$log" | sed 's/^/    /' >&2
    say "what to do: $hint"
    exit 1
  fi
  say "$name: done in $((SECONDS - began)) s"
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Word by word what dpkg does not have, under its own name or as what another package provides: names change between releases.
missing_packages() {
  local package installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr ',' '\n' | tr -d ' ')
  for package in "$@"; do
    grep -qxF "$package" <<<"$installed" || printf '%s\n' "$package"
  done
}

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=900)
  local install=("${apt[@]}" install --no-install-recommends "$@")
  # Package lists that are missing or out of date are the usual reason for a failure.
  as_root "${install[@]}" || { as_root "${apt[@]}" update && as_root "${install[@]}"; }
}

debian_packages() {
  local wanted=() missing
  case $need in
    inference | training) wanted+=("${packages_inference[@]}") ;;
  esac
  if [[ $need != nothing && -z ${SINEW_ONNXRUNTIME:-} && ! -e $state/onnxruntime/version ]] && ! command -v npm >/dev/null; then
    wanted+=("${packages_fetch[@]}")
  fi
  if [[ $need == training ]]; then
    wanted+=("${packages_training[@]}")
    [[ -n ${SINEW_LIBTORCH:-} ]] || wanted+=("${packages_libtorch[@]}")
  fi
  ((${#wanted[@]})) || return 0
  [[ ${SINEW_SYSTEM_PACKAGES:-} != manual ]] || return 0
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian: taking for granted that what these packages hold is installed: ${wanted[*]}"
    return
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]})) || return 0
  if [[ $EUID -ne 0 ]] && ! command -v sudo >/dev/null; then
    say "set-up failed at: Debian packages"
    say "what to do: there is no sudo here; have an administrator run: apt-get install --no-install-recommends ${missing[*]}"
    exit 1
  fi
  step "Debian packages (${missing[*]})" \
    "run 'apt-get update && apt-get install --no-install-recommends ${missing[*]}' as root and see what it says; docs/troubleshooting.md" \
    install_packages "${missing[@]}"
}

dotnet_sdk() {
  if ! command -v dotnet >/dev/null; then
    say "set-up failed at: .NET SDK"
    say "what to do: install the .NET 10 SDK (https://dotnet.microsoft.com/download) and put 'dotnet' on the PATH"
    exit 1
  fi
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  if [[ ! -w ${HOME:-/nonexistent} ]]; then
    export DOTNET_CLI_HOME=$state/home NUGET_PACKAGES=$state/packages
  fi
  if ! (cd "$root" && dotnet --version) >"$state/log/sdk.log" 2>&1; then
    say "set-up failed at: .NET SDK"
    sed 's/^/    /' "$state/log/sdk.log" >&2
    say "what to do: install a .NET SDK as global.json asks for (https://dotnet.microsoft.com/download)"
    exit 1
  fi
}

# The compiler server makes a build from nothing twice as fast and ends by itself when idle; it must hold neither the
# terminal nor the lock, so its streams are the log's (see step) and the lock's descriptor is closed.
dotnet_build() {
  (cd "$root" && dotnet build "$1" -c Release -v quiet -nologo -nodeReuse:false '-consoleLoggerParameters:ErrorsOnly;NoSummary' -p:UseSharedCompilation=true </dev/null)
}

# The command compiled to the machine's code beforehand, which halves the time until it speaks; the compiler for that is a package, and
# where it cannot be had the command is compiled while it runs.
publish_command() {
  local app=$state/app/$1.part
  local publish=(dotnet publish src/Sinew.Cli -c Release -v quiet -nologo -nodeReuse:false --no-self-contained -o "$app"
    '-consoleLoggerParameters:ErrorsOnly;NoSummary' -p:UseSharedCompilation=true)
  rm -rf "$app"
  (
    cd "$root"
    "${publish[@]}" --use-current-runtime -p:PublishReadyToRun=true </dev/null && exit
    echo "without code compiled beforehand:"
    rm -rf "$app"
    "${publish[@]}" </dev/null
  )
}

# A build goes into a folder of its own, so that a command that is running keeps the files it started from.
install_command() {
  local app=$state/app/$1 old
  rm -rf "$app"
  mv "$app.part" "$app"
  for old in "$state"/app/*; do
    [[ $old == "$app" ]] && continue
    flock --exclusive --nonblock "$old/Sinew.Cli.dll" rm -rf "$old" || true
  done
}

mkdir -p "$state/log" "$state/ready" "$state/app"
exec 9>"$state/lock"
if ! flock --nonblock 9; then
  say "waiting for another set-up of this checkout"
  flock 9
fi

hint_build="look at the errors above; where a package could not be restored, see docs/troubleshooting.md (proxies)"
if [[ $need != nothing ]] && ! natives_ready "$need"; then
  debian_packages
  if [[ -z ${SINEW_ONNXRUNTIME:-} && -x $root/eng/get-onnxruntime.sh ]]; then
    step "ONNX Runtime" "npm must reach its registry; or set SINEW_ONNXRUNTIME to the library's path; docs/troubleshooting.md" \
      "$root/eng/get-onnxruntime.sh"
  fi
  if [[ $need == training && -x $root/eng/build-native.sh ]]; then
    step "native/tensors" "look at the errors above; it needs cmake, g++ and libtorch-dev, or SINEW_LIBTORCH; docs/troubleshooting.md" \
      "$root/eng/build-native.sh"
  fi
  printf '%s\n' "$natives" >"$state/ready/.part"
  [[ $need == training ]] && cp "$state/ready/.part" "$state/ready/inference"
  mv "$state/ready/.part" "$state/ready/$need"
fi

if [[ $tests == --tests ]]; then
  dotnet_sdk
  list_web
  if ! web_ready && command -v npm >/dev/null; then
    # The page's tests are skipped without it; all the others need no npm.
    say "the browser page …"
    "$root/eng/build-web.sh" 2>"$state/log/web.log" 9>&- || { say "the browser page could not be built, its tests will be skipped:"; tail -n 5 "$state/log/web.log" >&2; }
  fi
  list Sinew.slnx src tests bench models recipes "${build_settings[@]}"
  if [[ ! -f $state/ready/tests || $(<"$state/ready/tests") != "$listing" ]]; then
    step "building everything" "$hint_build" dotnet_build Sinew.slnx
    printf '%s\n' "$listing" >"$state/ready/tests.part"
    mv "$state/ready/tests.part" "$state/ready/tests"
  fi
else
  list_sources
  if [[ ! -x $state/app/$sources/Sinew.Cli ]]; then
    dotnet_sdk
    step "building sinew" "$hint_build" publish_command "$sources"
    install_command "$sources"
  fi
fi
