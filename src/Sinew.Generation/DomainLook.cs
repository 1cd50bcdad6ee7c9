namespace Sinew.Generation;

/// <summary>How the two domains differ. Weights are in the order of <c>PoseLibrary.Kinds</c> and of <c>Place</c>.</summary>
internal sealed record DomainLook(float[] Poses, float[] Places, float Sporty, float Female, float Children, float LowCamera, float HighCamera, float FacingCamera)
{
    public static DomainLook A { get; } = new(
        // stand fash walk run kick throw jump split handst flip hang sit floor crouch kneel lie bend prop lunge random
        [22, 26, 12, 4, 2, 4, 3, 0.5f, 0.5f, 0.3f, 0.3f, 9, 3, 4, 2, 2, 4, 1, 3, 2],
        // studio room street park pitch hall shore dark clutter
        [34, 17, 14, 11, 3, 4, 4, 3, 10],
        Sporty: 0.15f, Female: 0.6f, Children: 0.08f, LowCamera: 0.12f, HighCamera: 0.15f, FacingCamera: 0.6f);

    public static DomainLook B { get; } = new(
        [5, 2, 4, 9, 8, 9, 13, 6, 14, 16, 5, 3, 4, 6, 2, 3, 5, 6, 7, 8],
        [4, 8, 13, 16, 18, 18, 7, 7, 9],
        Sporty: 0.65f, Female: 0.4f, Children: 0.04f, LowCamera: 0.3f, HighCamera: 0.2f, FacingCamera: 0.2f);

    /// <summary>A's calm scenes: upright people in studios and rooms, seen from the front.</summary>
    public static DomainLook CalmA { get; } = A with
    {
        Poses = [30, 30, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0],
        Places = [70, 20, 5, 0, 0, 0, 5, 0, 0],
        Children = 0,
        LowCamera = 0,
        HighCamera = 0,
        FacingCamera = 1,
    };

    /// <summary>B's calm scenes: upright sport in halls, studios and on shores.</summary>
    public static DomainLook CalmB { get; } = B with
    {
        Poses = [4, 0, 6, 16, 10, 12, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0],
        Places = [45, 0, 0, 0, 15, 25, 15, 0, 0],
        Children = 0,
        LowCamera = 0,
        HighCamera = 0,
        FacingCamera = 0.8f,
    };

    /// <summary>The look of a scene.</summary>
    /// <param name="domain">A or B.</param>
    /// <param name="calm">Whether it is one of the calm ones.</param>
    public static DomainLook Of(GeneratorDomain domain, bool calm) => domain == GeneratorDomain.A ? calm ? CalmA : A : calm ? CalmB : B;
}
