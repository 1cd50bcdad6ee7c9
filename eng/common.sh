# Shared by ./sinew, ./test and eng/setup.sh. Expects $root: the checkout's folder.
# shellcheck shell=bash disable=SC2034

state=$root/.sinew
build_settings=(Directory.Build.props Directory.Build.targets Directory.Packages.props global.json .editorconfig)

# Sets $listing to a short name for everything under the given paths: it changes with a name, a size or a time.
list() {
  listing=$(cd "$root" && { find "$@" \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null || true; } |
    LC_ALL=C sort | sha256sum)
  listing=${listing:0:16}
}

# Sets $sources: what the command is built from.
list_sources() {
  list src models "${build_settings[@]}"
  sources=$listing
}

# Sets $natives: what the libraries beside it are made of; another libtorch or ONNX Runtime is another state.
list_natives() {
  list native eng
  natives="$listing ${SINEW_LIBTORCH:-} ${SINEW_ONNXRUNTIME:-}"
}

# Sets $web_sources: what the browser page is built from.
list_web() {
  list web/src web/page web/build.mjs web/package.json web/package-lock.json web/tsconfig.json models/body21-t.onnx eng/build-web.sh
  web_sources=$listing
}

# Whether the page is built from what is there now (after list_web).
web_ready() {
  [[ -f $state/web/.sources && $(<"$state/web/.sources") == "$web_sources" ]]
}

# Sets $need to what a command line needs beside the command itself: nothing, inference (pictures, ONNX Runtime), or
# training (libtorch too); and $page to yes where it shows the browser page.
find_need() {
  local word
  need=nothing page=no
  for word in "$@"; do
    case $word in
      -h | --help | --version) return 0 ;;
    esac
  done
  for word in "$@"; do
    case $word in
      -*) ;;
      data)
        for word in "$@"; do
          case $word in
            generate) need=inference ;;
          esac
        done
        return 0 ;;
      serve) need=inference; page=yes; return 0 ;;
      predict | annotate | review | report | model)
        need=inference
        # weights without their graph run in libtorch
        for word in "$@"; do
          case $word in
            *.safetensors | *.pth | rtmpose-?) need=training ;;
          esac
          if [[ -f $word/model.safetensors ]]; then need=training; fi
        done
        return 0 ;;
      quickstart | train | eval | export | bench) need=training; return 0 ;;
      *) return 0 ;;
    esac
  done
}

# Whether the libraries that $need asks for are set up.
natives_ready() {
  [[ $need == nothing ]] && return
  list_natives
  [[ -f $state/ready/$need && $(<"$state/ready/$need") == "$natives" ]]
}

# The command's executable finds .NET by DOTNET_ROOT or in the usual folders, not by PATH.
find_dotnet() {
  [[ -n ${DOTNET_ROOT:-} ]] && return
  local dotnet
  dotnet=$(command -v dotnet) || return 0
  [[ -L $dotnet ]] && dotnet=$(readlink -f "$dotnet")
  export DOTNET_ROOT=${dotnet%/*}
}
