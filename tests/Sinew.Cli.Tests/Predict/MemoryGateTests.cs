using Sinew.Cli.Predict;

namespace Sinew.Cli.Tests.Predict;

public class MemoryGateTests
{
    [Fact]
    public async Task As_much_comes_in_as_fits_and_always_one()
    {
        var gate = new MemoryGate(10);
        await gate.EnterAsync(25, TestContext.Current.CancellationToken);
        var waiting = gate.EnterAsync(4, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        gate.Leave(25);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(gate.EnterAsync(6, TestContext.Current.CancellationToken).IsCompleted);
        using var stop = new CancellationTokenSource();
        var never = gate.EnterAsync(1, stop.Token);
        Assert.False(never.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }
}
