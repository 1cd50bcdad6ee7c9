using Sinew.Cli.Frame;

namespace Sinew.Cli.Tests;

public class GuardTests
{
    [Theory]
    [InlineData(typeof(SinewException), ExitCode.BadInput)]
    [InlineData(typeof(IOException), ExitCode.Failed)]
    [InlineData(typeof(UnauthorizedAccessException), ExitCode.Failed)]
    [InlineData(typeof(InvalidOperationException), ExitCode.Failed)]
    [InlineData(typeof(OperationCanceledException), ExitCode.Failed)]
    public async Task WhatAVerbThrowsBecomesAnExitCode(Type thrown, int expected) =>
        Assert.Equal(expected, await RunAsync((_, _, _) => throw (Exception)Activator.CreateInstance(thrown)!, CancellationToken.None));

    [Fact]
    public async Task AnInterruptedVerbEndsWith130()
    {
        using var source = new CancellationTokenSource();

        var code = await RunAsync(
            async (_, _, cancel) =>
            {
                await source.CancelAsync();
                cancel.ThrowIfCancellationRequested();
                return ExitCode.Done;
            },
            source.Token);

        Assert.Equal(ExitCode.Interrupted, code);
    }

    [Fact]
    public async Task AVerbsOwnExitCodeIsKept() => Assert.Equal(7, await RunAsync((_, _, _) => Task.FromResult(7), CancellationToken.None));

    private static Task<int> RunAsync(VerbAction action, CancellationToken cancel)
    {
        var verb = new Verb("try", "Tries") { CommonOptions.Json };
        return Guard.RunAsync(action, CommandLine.Parse(CommandLine.Root([verb.Does(action)]), ["try"]), cancel);
    }
}
