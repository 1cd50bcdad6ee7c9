namespace Sinew.Inference.Tests;

public class OnnxRuntimeTests
{
    [Theory]
    [InlineData("1.30.0", true)]
    [InlineData("1.14.1", true)]
    [InlineData("2.0.0", true)]
    [InlineData("1.13.1", false)]
    [InlineData("1.9.0-dev", false)]
    [InlineData("0.5", false)]
    [InlineData("", false)]
    [InlineData("new", false)]
    public void TooOldVersionsAreKnownByTheirText(string version, bool enough) => Assert.Equal(enough, OnnxRuntime.IsNewEnough(version));

    [Fact]
    public void TheLibraryIsLookedForBesideTheApplicationThenUpwards()
    {
        var found = OnnxRuntime.Candidates(null, Path.Combine(Path.GetTempPath(), "a", "b")).Where(p => p.EndsWith("libonnxruntime.so.1", StringComparison.Ordinal)).ToArray();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's file name is Linux's");
        var root = Path.GetTempPath();
        Assert.Equal(Path.Combine(root, "a", "b", "libonnxruntime.so.1"), found[0]);
        Assert.StartsWith(Path.Combine(root, "a", "b", "runtimes", "linux-"), found[1], StringComparison.Ordinal);
        Assert.Equal(Path.Combine(root, "a", "b", ".sinew", "onnxruntime", "libonnxruntime.so.1"), found[2]);
        Assert.Equal(Path.Combine(root, "a", ".sinew", "onnxruntime", "libonnxruntime.so.1"), found[3]);
    }

    [Fact]
    public void WhatTheVariableNamesIsTheOnlyPlace()
    {
        Assert.Equal(["/some/file.so"], OnnxRuntime.Candidates("/some/file.so", "/app"));
        Assert.All(OnnxRuntime.Candidates(Path.GetTempPath(), "/app"), p => Assert.StartsWith(Path.GetTempPath(), p, StringComparison.Ordinal));
    }
}
