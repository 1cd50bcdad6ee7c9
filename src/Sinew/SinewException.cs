namespace Sinew;

/// <summary>
/// Something that the user can mend: bad input, a missing file, a wrong option. The message is one line that says what is
/// wrong, where, and what to do; the command line prints it without a stack trace.
/// </summary>
public class SinewException : Exception
{
    /// <summary>Makes an exception with no message of its own.</summary>
    public SinewException()
    {
    }

    /// <summary>Makes an exception with its message.</summary>
    /// <param name="message">One line: what is wrong, where, what to do.</param>
    public SinewException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with its message and cause.</summary>
    /// <param name="message">One line: what is wrong, where, what to do.</param>
    /// <param name="innerException">What was caught.</param>
    public SinewException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
