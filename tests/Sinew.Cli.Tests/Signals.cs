using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sinew.Cli.Tests;

/// <summary>What a terminal or a system sends to a process. At once: on a busy machine the program <c>kill</c> starts after a short command has ended.</summary>
internal static partial class Signals
{
    public const string Interrupt = "INT";
    public const string Terminate = "TERM";
    public const string Kill = "KILL";

    public static void Send(this Process process, string signal)
    {
        var number = signal switch { Interrupt => 2, Kill => 9, Terminate => 15, _ => throw new ArgumentOutOfRangeException(nameof(signal)) };
        // ESRCH: it has ended by itself, which the test will see
        if (SendSignal(process.Id, number) != 0 && Marshal.GetLastPInvokeError() is var error and not 3) throw new InvalidOperationException($"kill: error {error}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
