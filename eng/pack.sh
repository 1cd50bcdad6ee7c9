#!/usr/bin/env bash
# usage: eng/pack.sh [DIR]
# Makes the NuGet packages Sinew, Sinew.Imaging and Sinew.Inference (with ONNX Runtime's library inside) in DIR, artifacts/packages where it is left out.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
output=${1:-$root/artifacts/packages}
bash "$root/eng/get-onnxruntime.sh"
mkdir -p "$output"
for project in Sinew Sinew.Imaging Sinew.Inference; do
  dotnet pack "$root/src/$project/$project.csproj" -c Release -v quiet --nologo -o "$output"
done
package=$(ls -t "$output"/Sinew.Inference.*.nupkg | head -n 1)
# a package that cannot run anything would be found out only by its users
grep -aq 'runtimes/linux-.*/libonnxruntime' "$package" || { echo "pack: $package lacks ONNX Runtime's library" >&2; exit 1; }
printf '%s\n' "$output"/*.nupkg
