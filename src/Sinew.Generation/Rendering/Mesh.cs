using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>A corner of a triangle, in the world.</summary>
internal struct Vertex
{
    public V3 Position;
    public V3 Normal;

    /// <summary>Turn around the surface, 0 to 1, or any other first coordinate of its material.</summary>
    public float U;

    /// <summary>Metres along the surface.</summary>
    public float V;

    /// <summary>How much of the sun reaches it, 0 to 1.</summary>
    public float Sun;

    /// <summary>How much of the sky it sees, 0 to 1.</summary>
    public float Open;
}

/// <summary>What triangles have in common.</summary>
/// <param name="Material">How it looks.</param>
/// <param name="Owner">The person it belongs to, or −1.</param>
/// <param name="Part">Which part of the person; capsules of the same part do not shade it.</param>
/// <param name="TwoSided">Seen from behind as well.</param>
internal readonly record struct Surface(Material Material, int Owner, int Part, bool TwoSided = false);

/// <summary>Triangles of a whole scene; its arrays grow and are used again.</summary>
internal sealed class Mesh
{
    public Vertex[] Vertices = new Vertex[1 << 14];
    public int VertexCount;
    public int[] Corners = new int[1 << 16];
    public int CornerCount;
    public ushort[] SurfaceOf = new ushort[1 << 15];

    public List<Surface> Surfaces { get; } = [];

    public int TriangleCount => CornerCount / 3;

    public void Clear()
    {
        (VertexCount, CornerCount) = (0, 0);
        Surfaces.Clear();
    }

    public ushort Add(Surface surface)
    {
        Surfaces.Add(surface);
        return checked((ushort)(Surfaces.Count - 1));
    }

    public int Reserve(int vertices)
    {
        if (VertexCount + vertices > Vertices.Length) Array.Resize(ref Vertices, Math.Max(Vertices.Length * 2, VertexCount + vertices));
        var first = VertexCount;
        VertexCount += vertices;
        return first;
    }

    public void Triangle(int a, int b, int c, ushort surface)
    {
        if (CornerCount + 3 > Corners.Length) Array.Resize(ref Corners, Corners.Length * 2);
        if (TriangleCount >= SurfaceOf.Length) Array.Resize(ref SurfaceOf, SurfaceOf.Length * 2);
        SurfaceOf[TriangleCount] = surface;
        Corners[CornerCount] = a;
        Corners[CornerCount + 1] = b;
        Corners[CornerCount + 2] = c;
        CornerCount += 3;
    }

    public void Quad(int a, int b, int c, int d, ushort surface)
    {
        Triangle(a, b, c, surface);
        Triangle(b, d, c, surface);
    }
}
