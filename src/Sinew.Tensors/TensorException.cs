namespace Sinew.Tensors;

/// <summary>libtorch refused an operation. The message names the operator, its arguments with their shapes, and libtorch's reason.</summary>
public sealed class TensorException : Exception
{
    /// <summary>Makes an exception with no message of its own.</summary>
    public TensorException()
    {
    }

    /// <summary>Makes an exception with its message.</summary>
    /// <param name="message">Operator, shapes and reason.</param>
    public TensorException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with its message and cause.</summary>
    /// <param name="message">Operator, shapes and reason.</param>
    /// <param name="innerException">What was caught.</param>
    public TensorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
