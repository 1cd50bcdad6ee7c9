// Live tensors and random numbers are counted and seeded for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
