using System.Globalization;
using System.Text;

namespace Sinew.Cli.Serve;

/// <summary>What a server counts, as Prometheus reads it (text format 0.0.4).</summary>
internal sealed class ServeMetrics
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly string[] Stages = ["decode", "detect", "estimate"];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, long> _requests = [];
    private readonly long[] _buckets = new long[Bounds.Length];
    private readonly double[] _stageSeconds = new double[Stages.Length];
    private double _seconds;
    private long _answered;
    private long _pictures;
    private long _people;

    /// <summary>Counts one answered request of the pose endpoint.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="time">From its first byte to its answer.</param>
    public void Answered(int status, TimeSpan time)
    {
        lock (_lock)
        {
            _requests[status] = _requests.GetValueOrDefault(status) + 1;
            _answered++;
            _seconds += time.TotalSeconds;
            for (var i = 0; i < Bounds.Length; i++)
            {
                if (time.TotalSeconds <= Bounds[i]) _buckets[i]++;
            }
        }
    }

    /// <summary>Counts one picture.</summary>
    /// <param name="picture">Its people and times.</param>
    public void Estimated(ServedPicture picture)
    {
        lock (_lock)
        {
            _pictures++;
            _people += picture.People.Length;
            _stageSeconds[0] += picture.Decoding.TotalSeconds;
            _stageSeconds[1] += picture.Detection.TotalSeconds;
            _stageSeconds[2] += picture.Estimation.TotalSeconds;
        }
    }

    /// <summary>All of it as text.</summary>
    /// <param name="inside">Requests that are worked on or wait.</param>
    public string ToText(int inside)
    {
        var text = new StringBuilder();
        lock (_lock)
        {
            Head("sinew_requests_total", "counter", "Requests of /v1/poses by status.");
            foreach (var (status, count) in _requests) Line($"sinew_requests_total{{status=\"{status}\"}}", count);
            Head("sinew_request_seconds", "histogram", "Time of a request from its first byte to its answer.");
            for (var i = 0; i < Bounds.Length; i++) Line($"sinew_request_seconds_bucket{{le=\"{Number(Bounds[i])}\"}}", _buckets[i]);
            Line("sinew_request_seconds_bucket{le=\"+Inf\"}", _answered);
            Line("sinew_request_seconds_sum", _seconds);
            Line("sinew_request_seconds_count", _answered);
            Head("sinew_stage_seconds_total", "counter", "Time of the steps of pictures.");
            for (var i = 0; i < Stages.Length; i++) Line($"sinew_stage_seconds_total{{stage=\"{Stages[i]}\"}}", _stageSeconds[i]);
            Head("sinew_pictures_total", "counter", "Pictures whose people were found.");
            Line("sinew_pictures_total", _pictures);
            Head("sinew_people_total", "counter", "People who were found.");
            Line("sinew_people_total", _people);
        }

        Head("sinew_requests_inside", "gauge", "Requests that are worked on or wait for their turn.");
        Line("sinew_requests_inside", inside);
        Head("process_resident_memory_bytes", "gauge", "Memory of the process.");
        Line("process_resident_memory_bytes", Environment.WorkingSet);
        return text.ToString();

        void Head(string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        void Line(string name, double value) => text.Append(CultureInfo.InvariantCulture, $"{name} {Number(value)}\n");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
