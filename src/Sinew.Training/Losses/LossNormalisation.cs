namespace Sinew.Training.Losses;

/// <summary>What the divergence of one joint is divided by: the number of bins, or nothing.</summary>
public enum BinReduction
{
    /// <summary>The sum over the bins: the Kullback–Leibler divergence itself.</summary>
    Sum,

    /// <summary>The sum over the bins divided by their number, as MMPose's <c>KLDiscretLoss</c>.</summary>
    Mean,
}

/// <summary>What the sum over all joints of all people of a batch is divided by.</summary>
public enum JointReduction
{
    /// <summary>The summed weights of the joints that carry the loss: a joint counts the same whoever defines it. The default.</summary>
    DefinedJoints,

    /// <summary>The people of the batch: people with more joints weigh more.</summary>
    People,

    /// <summary>The skeleton's joints only, as MMPose's <c>KLDiscretLoss</c>: the loss grows with the batch.</summary>
    Joints,

    /// <summary>People × joints of the skeleton, as DWPose's <c>KDLoss</c>.</summary>
    PeopleAndJoints,
}

/// <summary>How the divergences of many joints become one number. Published code hides it in a line; here it is stated.</summary>
/// <param name="Bins">What one joint's divergence is divided by.</param>
/// <param name="Joints">What the sum over joints and people is divided by.</param>
public sealed record LossNormalisation(BinReduction Bins = BinReduction.Sum, JointReduction Joints = JointReduction.DefinedJoints)
{
    /// <summary>MMPose's <c>KLDiscretLoss</c>: mean over bins, sum over people, divided by joints.</summary>
    public static LossNormalisation MMPose { get; } = new(BinReduction.Mean, JointReduction.Joints);
}
