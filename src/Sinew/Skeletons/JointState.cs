namespace Sinew.Skeletons;

/// <summary>What an annotation says of one joint of one person.</summary>
/// <remarks>
/// This is the conditional loss in one type: an <see cref="Undefined"/> joint never carries a loss, because the person's
/// data set does not have the joint at all; an <see cref="Unlabelled"/> one is in the skeleton but nobody marked it.
/// </remarks>
public enum JointState : byte
{
    /// <summary>The data set does not have this joint.</summary>
    Undefined = 0,

    /// <summary>The data set has the joint, this person's is not marked (COCO flag 0).</summary>
    Unlabelled = 1,

    /// <summary>Marked, but hidden in the picture (COCO flag 1).</summary>
    Occluded = 2,

    /// <summary>Marked and visible (COCO flag 2).</summary>
    Visible = 3,
}
