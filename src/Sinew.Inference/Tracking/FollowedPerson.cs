namespace Sinew.Inference;

/// <summary>A person of a video's frame.</summary>
/// <param name="Id">The same in all frames; −1 for one who is nobody known yet (see <see cref="TrackerOptions.StartScore"/>).</param>
/// <param name="Person">Box and joints, smoothed where that was asked for.</param>
public sealed record FollowedPerson(int Id, PosePerson Person);
