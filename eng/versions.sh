# What the set-up installs beside NuGet's packages (those are in Directory.Packages.props; the .NET SDK is in global.json).
# shellcheck shell=bash disable=SC2034

# From npm: the package that carries ONNX Runtime's library, and the library's checksums.
onnxruntime_version=1.30.0
onnxruntime_sha256_x64=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23
onnxruntime_sha256_arm64=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76

# Debian 12's packages, or what Debian 13 has under these names. Pictures and inference:
packages_inference=(libturbojpeg0 libpng16-16 libwebp7)
# To fetch ONNX Runtime, where there is no npm yet:
packages_fetch=(npm)
# Training: libtorch (1.13.1 in Debian 12, 2.6.0 in 13), the OpenMP build of OpenBLAS (the default BLAS trains at 0.6 of its speed), a compiler.
packages_libtorch=(libtorch-dev)
packages_training=(libopenblas0-openmp cmake make g++)
