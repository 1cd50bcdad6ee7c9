// libtorch's random generator and thread count belong to the whole process: two trainings at once would share them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
