namespace Sinew.Training.Export;

/// <summary>A value of a graph with the places of a layer's own channels among all that it has; the others are 0.</summary>
/// <param name="Name">The value.</param>
/// <param name="Places">Where the layer's own channels lie among the value's.</param>
/// <param name="Count">Channels of the value.</param>
internal readonly record struct Channels(string Name, int[] Places, int Count);
