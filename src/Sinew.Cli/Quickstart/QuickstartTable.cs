using System.Globalization;
using Spectre.Console;

namespace Sinew.Cli.Quickstart;

/// <summary>One measured number of a student.</summary>
/// <param name="Student">Which student.</param>
/// <param name="Column">Which number.</param>
/// <param name="Value">A fraction from 0 to 1; below 0 where it is undefined.</param>
internal sealed record QuickstartScore(string Student, QuickstartColumn Column, double Value);

/// <summary>One number that every student is measured by.</summary>
/// <param name="Name">Name of its evaluation file.</param>
/// <param name="Title">Its column.</param>
/// <param name="Set">The set it is measured on.</param>
/// <param name="Protocol">How it is scored.</param>
/// <param name="Joints">Which joints, as <c>--joints</c> takes them; null for all.</param>
internal sealed record QuickstartColumn(string Name, string Title, string Set, string Protocol, string? Joints = null)
{
    private const string OnlyInA = "nose,left_eye,right_eye,left_ear,right_ear";
    private const string OnlyInB = "pelvis,thorax,upper_neck,head_top";

    public static readonly QuickstartColumn PckB = new("b-pck", "B PCK", QuickstartSet.TestB.Name, "pck");
    public static readonly QuickstartColumn PckBShared = new("b-pck-shared", "B PCK*", QuickstartSet.TestB.Name, "pck", QuickstartSet.A.Skeleton);
    public static readonly QuickstartColumn ApA = new("a-ap", "A AP", QuickstartSet.TestA.Name, "coco");
    public static readonly QuickstartColumn ApAShared = new("a-ap-shared", "A AP*", QuickstartSet.TestA.Name, "coco", QuickstartSet.B.Skeleton);
    public static readonly QuickstartColumn AllA = new("a-truth-pck", "A all 21", QuickstartSet.TruthA.Name, "pck");
    public static readonly QuickstartColumn AllB = new("b-truth-pck", "B all 21", QuickstartSet.TruthB.Name, "pck");
    public static readonly QuickstartColumn UnseenA = new("a-truth-unseen", "A: what only B labels", QuickstartSet.TruthA.Name, "pck", OnlyInB);
    public static readonly QuickstartColumn UnseenB = new("b-truth-unseen", "B: what only A labels", QuickstartSet.TruthB.Name, "pck", OnlyInA);

    public static IReadOnlyList<QuickstartColumn> All { get; } = [PckB, PckBShared, ApA, ApAShared, AllA, AllB, UnseenA, UnseenB];
}

/// <summary>The comparison in the form of the paper's Table 1, and what it shows.</summary>
internal sealed class QuickstartTable(IReadOnlyList<QuickstartScore> scores)
{
    /// <summary>A student's number, a fraction from 0 to 1.</summary>
    public double Score(QuickstartStudent student, QuickstartColumn column) =>
        Math.Max(0, scores.First(s => s.Student == student.Name && s.Column == column).Value);

    /// <summary>The paper's average: PCK on B and AP on A, each with all of the set's joints.</summary>
    public double Mean(QuickstartStudent student) => (Score(student, QuickstartColumn.PckB) + Score(student, QuickstartColumn.ApA)) / 2;

    /// <summary>The table for the terminal, in percent.</summary>
    public Table ToTable()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("student");
        foreach (var column in QuickstartColumn.All) table.AddColumn(new TableColumn(Markup.Escape(column.Title)).RightAligned());
        table.AddColumn(new TableColumn("mean").RightAligned());
        foreach (var student in QuickstartStudent.All)
        {
            table.AddRow([Markup.Escape(student.Title), .. QuickstartColumn.All.Select(c => Percent(Score(student, c))), Percent(Mean(student))]);
        }

        return table.Caption("percent; AP on A, PCK at 0.2 of the torso else; * on the 12 joints that A and B share; mean of B PCK and A AP");
    }

    /// <summary>One sentence of what the numbers say, whichever way they fell.</summary>
    public string Sentence()
    {
        var taught = Mean(QuickstartStudent.Taught);
        var single = Math.Max(Mean(QuickstartStudent.OnlyA), Mean(QuickstartStudent.OnlyB));
        var teaching = taught - Mean(QuickstartStudent.Unified);
        var unseen = (Score(QuickstartStudent.Taught, QuickstartColumn.UnseenA), Score(QuickstartStudent.Taught, QuickstartColumn.UnseenB));
        return string.Create(CultureInfo.InvariantCulture,
            $"The taught student has a mean of {Percent(taught)}, {(taught > single ? "more" : "not more")} than the best student of one data set ({Percent(single)}); ")
            + string.Create(CultureInfo.InvariantCulture,
            $"the teachers {(teaching >= 0 ? "added" : "cost")} {Percent(Math.Abs(teaching))}; on A's pictures it finds {Percent(unseen.Item1)} of the joints that only B labels, on B's {Percent(unseen.Item2)} of those that only A labels.");
    }

    private static string Percent(double value) => (value * 100).ToString("0.0", CultureInfo.InvariantCulture);
}
