using Authorisation.LoadTests.Session;
using Xunit;

namespace Authorisation.LoadTests.Tests;

public sealed class LoadArgumentsTests
{
    [Theory]
    [InlineData("--rate", new[] { 100, 500, 1000, 2000 })]
    [InlineData("--rate 250", new[] { 250 })]
    [InlineData("--rate 1000 100 100 --quick", new[] { 100, 1000 })]
    public void Rates_are_those_that_are_named_or_four_of_them(string arguments, int[] rates)
    {
        var options = Read(arguments);
        Assert.Equal(rates, options.Rates);
        Assert.Contains(PhaseKind.Rate, options.Phases);
    }

    [Fact]
    public void Without_being_asked_for_rates_are_measured_only_in_full()
    {
        Assert.Contains(PhaseKind.Rate, Read("").Phases);
        Assert.DoesNotContain(PhaseKind.Rate, Read("--quick").Phases);
        Assert.DoesNotContain(PhaseKind.Rate, Read("--scenarios mixed app").Phases);
    }

    [Fact]
    public void Scenarios_that_are_named_are_measured_with_the_rates_and_nothing_else() => Assert.Equal(
        [PhaseKind.Rate, PhaseKind.Mixed, PhaseKind.App, PhaseKind.Cold, PhaseKind.Stream],
        Read("--quick --rate 100 1000 --scenarios mixed app cold stream").Phases);

    [Fact]
    public void What_takes_long_is_measured_only_when_it_is_named()
    {
        PhaseKind[] apart =
        [
            PhaseKind.Shares, PhaseKind.Reset, PhaseKind.Cold, PhaseKind.Restart, PhaseKind.Failover, PhaseKind.Idle, PhaseKind.Bulk, PhaseKind.Growth,
        ];
        Assert.Equal(apart[..6], Read("").Phases.Where(kind => kind.IsApart()));
        Assert.DoesNotContain(Read("--quick").Phases, kind => kind.IsApart());
        Assert.Equal([PhaseKind.Growth], Read("--quick --scenarios growth").Phases);
        Assert.False(Read("--scenarios growth restart").MeasuresTargets);
    }

    [Theory]
    [InlineData("", new long[] { 100_000, 1_000_000, 10_000_000, 30_000_000 })]
    [InlineData("--quick", new long[] { 100_000, 1_000_000 })]
    [InlineData("--rows 3000 200", new long[] { 200, 3000 })]
    public void Ledgers_grow_to_the_sizes_that_are_named_from_the_smallest_on(string arguments, long[] rows) =>
        Assert.Equal(rows, Read(arguments).Rows);

    [Theory]
    [InlineData("--rate 0", "--rate 0")]
    [InlineData("--rate 100 100001", "--rate 100001")]
    [InlineData("--rows -1", "--rows -1")]
    [InlineData("--repetitions 0", "--repetitions 0")]
    [InlineData("--scenarios lukewarm", "lukewarm")]
    [InlineData("--targets treble-entry", "treble-entry")]
    public void What_cannot_be_measured_is_refused_by_its_name(string arguments, string named) =>
        Assert.Contains(named, Assert.Throws<LoadFailedException>(() => Read(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_help_names_every_scenario_and_target()
    {
        using var help = new StringWriter();
        LoadArguments.Create().Parse(["--help"]).Invoke(new() { Output = help });
        Assert.All(
            Enum.GetValues<PhaseKind>().Where(kind => kind is not PhaseKind.Unloaded).Select(kind => new Phase(kind))
                .Select(phase => phase.Kind == PhaseKind.Open ? "open" : phase.Kind == PhaseKind.Rate ? "rate" : phase.Name)
                .Concat(Enum.GetValues<TargetKind>().Select(target => target.Name())),
            name => Assert.Contains(name, help.ToString(), StringComparison.Ordinal));
    }

    private static LoadOptions Read(string arguments) => LoadArguments.Read(
        LoadArguments.Create().Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
