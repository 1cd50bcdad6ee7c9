#!/usr/bin/env bash
# Builds native/tensors into .sinew/native; does nothing where that is up to date.
# SINEW_LIBTORCH=/path takes an official libtorch, or an installed PyTorch package, in place of the system's.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source_dir=$root/native/tensors
out=$root/.sinew/native
build=$root/.sinew/build/tensors
library=$out/libsinew_tensors.so
libtorch=${SINEW_LIBTORCH:-}

if [ -n "$libtorch" ] && [ ! -f "$libtorch/lib/libtorch_cpu.so" ]; then
    echo "build-native: SINEW_LIBTORCH=$libtorch has no lib/libtorch_cpu.so; give the folder that holds include/ and lib/" >&2
    exit 1
fi
if [ -z "$libtorch" ] && [ ! -f /usr/include/torch/csrc/autograd/autograd.h ]; then
    echo "build-native: no libtorch found; install libtorch-dev, or set SINEW_LIBTORCH to an official build" >&2
    exit 1
fi

mkdir -p "$out" "$build"
exec 9>"$root/.sinew/build/tensors.lock"
flock 9

# What the library was built from: the sources, and the libtorch it is linked with.
stamp() {
    cat "$source_dir"/CMakeLists.txt "$source_dir"/*.[ch]pp "$source_dir"/gloo_names/gloo/*.h | sha256sum
    echo "libtorch=$libtorch"
    if [ -n "$libtorch" ]; then
        stat -L -c '%n %s %Y' "$libtorch/lib/libtorch_cpu.so"
    else
        ldconfig -p 2>/dev/null | grep -F libtorch_cpu || true
    fi
}

wanted=$(stamp)
if [ -f "$library" ] && [ "$(cat "$out/tensors.stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

log=$build/build.log
rm -f "$build/process-groups.log"
compile() {
    rm -f "$build/CMakeCache.txt"
    cmake -S "$source_dir" -B "$build" -DCMAKE_BUILD_TYPE=Release -DSINEW_LIBTORCH="$libtorch" -DSINEW_PROCESS_GROUPS="$1" &&
        cmake --build "$build" --parallel 2
}

# A libtorch with other process groups, or none, trains all the same, in one process.
if ! compile ON >"$log" 2>&1; then
    mv "$log" "$build/process-groups.log"
    if ! compile OFF >"$log" 2>&1; then
        echo "build-native: building native/tensors failed; the end of $log:" >&2
        tail -n 30 "$log" >&2
        exit 1
    fi
    echo "build-native: this libtorch's process groups cannot be used, so training takes one process; the reason is in $build/process-groups.log" >&2
fi

# A process that has the old file open keeps it: the new one takes its name and not its place.
cp "$build/libsinew_tensors.so" "$library.new"
mv -f "$library.new" "$library"
printf '%s\n' "$wanted" >"$out/tensors.stamp"
