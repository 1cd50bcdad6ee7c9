namespace Sinew.Inference;

/// <summary>
/// Pairs the rows and columns of a small table so that the sum of the paired gains is as large as it can be. Shortest augmenting paths
/// with potentials (Kuhn 1955; Jonker and Volgenant 1987), rows² · columns steps. Buffers are kept from call to call.
/// </summary>
/// <remarks>
/// Taking the best pair first, then the next, is cheaper but wrong just where it matters: where two people meet, the best pair may be the
/// swapped one, and what is left for the other two then fits nobody.
/// </remarks>
internal sealed class Assignment
{
    private double[] _rowPotential = [];
    private double[] _columnPotential = [];
    private double[] _reach = [];
    private int[] _rowOf = [];
    private int[] _before = [];
    private bool[] _done = [];

    /// <summary>Finds the pairs.</summary>
    /// <param name="gains">Gain of each pair, <c>[rows, columns]</c>; one of 0 or less is never paired.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="columnOf">Filled with each row's column, or −1.</param>
    public void Solve(ReadOnlySpan<float> gains, int rows, int columns, Span<int> columnOf)
    {
        columnOf[..rows].Fill(-1);
        if (rows == 0 || columns == 0) return;
        // the method wants at least as many columns as rows
        var turned = rows > columns;
        var (n, m) = turned ? (columns, rows) : (rows, columns);
        Prepare(n, m);
        for (var row = 1; row <= n; row++) Place(gains, columns, turned, row, m);
        for (var column = 1; column <= m; column++)
        {
            if (_rowOf[column] == 0) continue;
            var (r, c) = turned ? (column - 1, _rowOf[column] - 1) : (_rowOf[column] - 1, column - 1);
            if (gains[(r * columns) + c] > 0) columnOf[r] = c;
        }
    }

    private void Place(ReadOnlySpan<float> gains, int width, bool turned, int row, int m)
    {
        _rowOf[0] = row;
        Array.Fill(_reach, double.PositiveInfinity, 0, m + 1);
        Array.Clear(_done, 0, m + 1);
        var at = 0;
        do
        {
            _done[at] = true;
            var (from, step, next) = (_rowOf[at], double.PositiveInfinity, 0);
            for (var column = 1; column <= m; column++)
            {
                if (_done[column]) continue;
                var gain = turned ? gains[((column - 1) * width) + from - 1] : gains[((from - 1) * width) + column - 1];
                var cost = -Math.Max(gain, 0) - _rowPotential[from] - _columnPotential[column];
                if (cost < _reach[column]) (_reach[column], _before[column]) = (cost, at);
                if (_reach[column] < step) (step, next) = (_reach[column], column);
            }

            for (var column = 0; column <= m; column++)
            {
                if (_done[column])
                {
                    _rowPotential[_rowOf[column]] += step;
                    _columnPotential[column] -= step;
                }
                else
                {
                    _reach[column] -= step;
                }
            }

            at = next;
        }
        while (_rowOf[at] != 0);

        while (at != 0)
        {
            var before = _before[at];
            _rowOf[at] = _rowOf[before];
            at = before;
        }
    }

    private void Prepare(int n, int m)
    {
        if (_rowPotential.Length <= n) _rowPotential = new double[2 * (n + 1)];
        if (_columnPotential.Length <= m)
        {
            var length = 2 * (m + 1);
            (_columnPotential, _reach, _rowOf, _before, _done) = (new double[length], new double[length], new int[length], new int[length], new bool[length]);
        }

        Array.Clear(_rowPotential, 0, n + 1);
        Array.Clear(_columnPotential, 0, m + 1);
        Array.Clear(_rowOf, 0, m + 1);
    }
}
