using Sinew.Tensors.Distributed;

namespace Sinew.Tensors.Tests.Distributed;

public sealed class ProcessPlaceTests
{
    [Theory]
    [InlineData("", "none")]
    [InlineData("RANK=1 WORLD_SIZE=4 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a.example MASTER_PORT=29500", "1/4 1/2 a.example:29500")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=10.0.0.1 MASTER_PORT=29500", "1/2 1/2 10.0.0.1:29500")]
    [InlineData("RANK=0 WORLD_SIZE=1", "none")]
    [InlineData("SLURM_NTASKS=4 SLURM_PROCID=0 SLURM_JOB_ID=7", "none")] // a batch script, not a step
    [InlineData("SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0", "none")]
    [InlineData("SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=3 SLURM_LOCALID=1 SLURM_STEP_TASKS_PER_NODE=2(x2) SLURM_STEP_NODELIST=gpu[07-08] SLURM_JOB_ID=20003", "3/4 1/2 gpu07:15003")]
    [InlineData("SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0 SLURM_JOB_NODELIST=a,b MASTER_PORT=4000", "0/2 0/1 a:4000")]
    [InlineData("OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2 MASTER_PORT=4000", "1/2 1/2 127.0.0.1:4000")]
    [InlineData("PMI_SIZE=2 PMI_RANK=1 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=1 MASTER_ADDR=b MASTER_PORT=4000", "1/2 0/1 b:4000")]
    public void A_launchers_variables_name_the_place(string variables, string expected)
    {
        var place = ProcessPlace.Of(Variables(variables));
        Assert.Equal(expected, place is null ? "none" : $"{place.Rank}/{place.Size} {place.LocalRank}/{place.LocalSize} {place.Host}:{place.Port}");
        if (place is not null)
        {
            var again = place.ToVariables();
            Assert.Equal(place with { Launcher = "" }, ProcessPlace.Of(name => again.GetValueOrDefault(name))! with { Launcher = "" });
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("TORCHELASTIC_USE_AGENT_STORE=False", null)]
    [InlineData("TORCHELASTIC_USE_AGENT_STORE=True", 0)]
    [InlineData("TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RESTART_COUNT=2", 2)]
    public void A_launcher_that_keeps_the_meeting_place_says_which_attempt_it_is(string variables, int? attempt) =>
        Assert.Equal(attempt, ProcessPlace.Of(Variables($"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=29500 {variables}"))!.Attempt);

    [Fact]
    public void Attempts_share_a_meeting_place_and_nothing_in_it()
    {
        using var launchers = MeetingPlace.Open("127.0.0.1", 0);
        var place = new ProcessPlace(0, 2, 0, 2, "127.0.0.1", launchers.Port, "test") { Attempt = 0 };
        using var first = MeetingPlace.Of(place, CancellationToken.None);
        using var second = MeetingPlace.Of(place with { Attempt = 1 }, CancellationToken.None);
        Assert.Equal([1, 1, 2], [first.Add("there", 1), second.Add("there", 1), first.Add("there", 1)]);
    }

    [Theory]
    [InlineData("RANK=x WORLD_SIZE=4", "RANK is 'x'")]
    [InlineData("RANK=4 WORLD_SIZE=4", "process 4 of 4")]
    [InlineData("RANK=-1 WORLD_SIZE=4", "RANK is '-1'")]
    [InlineData("RANK=0 WORLD_SIZE=99999999999", "WORLD_SIZE is '99999999999'")]
    [InlineData("RANK=1 WORLD_SIZE=4 LOCAL_RANK=0 LOCAL_WORLD_SIZE=2 MASTER_PORT=1", "MASTER_ADDR is not set")]
    [InlineData("RANK=1 WORLD_SIZE=2", "MASTER_PORT is not set")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_PORT=70000", "MASTER_PORT is '70000'")]
    [InlineData("SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1", "MASTER_ADDR")]
    [InlineData("OMPI_COMM_WORLD_SIZE=2", "OMPI_COMM_WORLD_RANK is ''")]
    public void What_cannot_be_is_named(string variables, string message) =>
        Assert.Contains(message, Assert.Throws<SinewException>(() => ProcessPlace.Of(Variables(variables))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("node1", "node1")]
    [InlineData("node1,node2", "node1")]
    [InlineData("node[03-05,9],other", "node03")]
    [InlineData("node[7]", "node7")]
    [InlineData("rack[1-2]-n,x[1]", "rack1-n")]
    [InlineData("a,b[1-2]", "a")]
    [InlineData("n[", "n[")]
    public void The_first_machine_of_a_list(string list, string first) => Assert.Equal(first, ProcessPlace.FirstOf(list));

    private static Func<string, string?> Variables(string text)
    {
        var all = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
        return all.GetValueOrDefault;
    }
}
