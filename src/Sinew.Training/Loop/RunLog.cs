using System.Text.Json;

namespace Sinew.Training.Loop;

/// <summary>The run's own log: one JSON object a line, flushed at once, appended to on resume; TensorBoard beside it.</summary>
public sealed class RunLog : IDisposable
{
    private readonly FileStream _lines;
    private readonly TensorBoardLog _board;
    private readonly TimeProvider _time;

    /// <summary>Opens <c>log.jsonl</c> and an event file in the run's folder.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="time">The clock.</param>
    public RunLog(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        _time = time;
        _lines = new FileStream(Path.Combine(folder, "log.jsonl"), FileMode.Append, FileAccess.Write, FileShare.Read);
        _board = new TensorBoardLog(folder, time);
    }

    /// <summary>Writes one event with its numbers.</summary>
    /// <param name="what"><c>step</c>, <c>evaluation</c>, <c>checkpoint</c> and so on.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="values">Names and values; names may have slashes.</param>
    public void Write(string what, long step, IReadOnlyList<(string Name, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("event", what);
            json.WriteNumber("step", step);
            json.WriteString("time", _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ"));
            foreach (var (name, value) in values)
            {
                if (double.IsFinite(value)) json.WriteNumber(name, value);
                else json.WriteString(name, value.ToString());
            }

            json.WriteEndObject();
        }

        memory.WriteByte((byte)'\n');
        _lines.Write(memory.GetBuffer().AsSpan(0, (int)memory.Length));
        _lines.Flush();
        _board.Scalars(step, values.Where(v => double.IsFinite(v.Value)).Select(v => ($"{what}/{v.Name}", v.Value)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _board.Dispose();
    }
}
