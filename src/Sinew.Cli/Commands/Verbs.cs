using System.CommandLine;

namespace Sinew.Cli.Commands;

/// <summary>Every verb of the command, in the order of the help.</summary>
internal static class Verbs
{
    public static IReadOnlyList<Command> All() =>
    [
        QuickstartCommand.Build(),
        TrainCommand.Build(),
        EvalCommand.Build(),
        PredictCommand.Build(),
        AnnotateCommand.Build(),
        ExportCommand.Build(),
        ServeCommand.Build(),
        SkeletonCommands.Build(),
        DataCommands.Build(),
        ScoreCommand.Build(),
        ReportCommand.Build(),
        ModelCommands.Build(),
        DoctorCommand.Build(),
    ];
}
