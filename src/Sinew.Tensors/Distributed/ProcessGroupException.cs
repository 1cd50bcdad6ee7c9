namespace Sinew.Tensors.Distributed;

/// <summary>Another process of the group has ended, or cannot be reached any more.</summary>
public sealed class ProcessGroupException : SinewException
{
    /// <summary>What native/tensors' messages of this kind contain.</summary>
    internal const string Sign = "process group: ";

    /// <summary>Makes an exception with no message of its own.</summary>
    public ProcessGroupException()
    {
    }

    /// <summary>Makes an exception with its message.</summary>
    /// <param name="message">What happened.</param>
    public ProcessGroupException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with its message and cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What was caught.</param>
    public ProcessGroupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception for a message of native/tensors.</summary>
    internal static ProcessGroupException Of(string nativeMessage) =>
        new($"another process of this training has ended or cannot be reached ({ReasonOf(nativeMessage)}): see what it said");

    /// <summary>What follows the sign in a message of native/tensors.</summary>
    internal static string ReasonOf(string nativeMessage)
    {
        int at = nativeMessage.IndexOf(Sign, StringComparison.Ordinal);
        return at < 0 ? nativeMessage : nativeMessage[(at + Sign.Length)..];
    }
}
