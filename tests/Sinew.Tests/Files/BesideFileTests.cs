using Sinew.Files;
using Sinew.TestSupport;

namespace Sinew.Tests.Files;

public class BesideFileTests
{
    [Fact]
    public void A_link_stays_and_its_file_is_replaced()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("elsewhere"));
        var target = folder.Write("elsewhere/real.txt", "old");
        File.CreateSymbolicLink(folder.File("link"), "elsewhere/real.txt");
        File.CreateSymbolicLink(folder.File("second"), "link");
        AtomicFile.WriteText(folder.File("second"), "new");
        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal("link", new FileInfo(folder.File("second")).LinkTarget);
        Assert.Equal([target], Directory.GetFiles(folder.File("elsewhere")));

        File.CreateSymbolicLink(folder.File("ahead"), "elsewhere/later.txt");
        AtomicFile.WriteText(folder.File("ahead"), "new");
        Assert.Equal("new", File.ReadAllText(folder.File("elsewhere/later.txt")));
    }

    [Fact]
    public async Task A_pipe_is_written_into_and_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are made with mkfifo");
        using var folder = new TempFolder();
        var pipe = folder.Pipe("pipe");
        var reading = Task.Run(() => File.ReadAllText(pipe), TestContext.Current.CancellationToken);
        AtomicFile.WriteText(pipe, "through");
        Assert.Equal("through", await reading);
        Assert.Equal([pipe], Directory.GetFiles(folder.FullName));
        using var still = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);
        Assert.False(still.CanSeek);
    }
}
