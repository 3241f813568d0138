using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Tickets;

/// <summary>The states of tickets, cell by cell, and what the docs say of them.</summary>
public sealed class TicketRuleTests
{
    // Where each command leads, "-" where it is refused. In the columns: the commands, in the order of their numbers.
    private const string Table = """
        ordered       delivered activated used_up expired undeliverable ordered   ended cancelled
        delivered     delivered activated used_up expired -             ordered   ended cancelled
        activated     activated activated used_up expired -             activated ended -
        used_up       used_up   used_up   used_up used_up -             -         -     -
        expired       expired   expired   expired expired -             -         -     -
        ended         -         -         -       -       -             -         ended -
        cancelled     -         -         -       -       -             -         -     cancelled
        undeliverable -         -         -       -       undeliverable -         -     -
        """;

    private static IEnumerable<string[]> Lines => Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Every_state_and_command_leads_where_the_table_says()
    {
        Assert.Equal(Enum.GetValues<TicketState>().Select(Words.Of), Lines.Select(line => line[0]), StringComparer.Ordinal);
        foreach (var line in Lines)
        {
            var state = Words.Read<TicketState>(line[0]);
            foreach (var command in Enum.GetValues<TicketCommand>())
            {
                var outcome = TicketRule.Decide(state, command);
                Assert.Equal((line[0], command, line[(int)command]), (line[0], command, outcome.IsAllowed ? Words.Of(outcome.State) : "-"));
                Assert.True(outcome.IsAllowed || outcome.State == state);
            }
        }
    }

    [Fact]
    public void No_way_leads_out_of_a_state_that_is_over_and_an_activated_ticket_is_never_taken_back()
    {
        foreach (var state in Enum.GetValues<TicketState>())
        {
            var next = Enum.GetValues<TicketCommand>().Select(command => TicketRule.Decide(state, command).State).ToList();
            Assert.True(TicketRule.IsLive(state) || next.TrueForAll(one => one == state), state.ToString());
        }

        var seen = new HashSet<TicketState> { TicketState.Activated };
        while (seen.ToList().SelectMany(state => Enum.GetValues<TicketCommand>().Select(command => TicketRule.Decide(state, command).State))
            .Any(seen.Add))
        {
            // What can be reached from what was found so far.
        }

        Assert.DoesNotContain(seen, TicketRule.IsTakenBack);
        Assert.DoesNotContain(TicketState.Ordered, seen);
    }

    [Fact]
    public async Task The_docs_have_the_table()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs/integrate/ticket-system.md"));
        var rows = text.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1].Select(cell => cell.Trim('`')).ToArray())
            .Where(cells => cells.Length == 9);

        Assert.Equal(Lines.Select(line => string.Join(' ', line)), rows.Select(cells => string.Join(' ', cells)), StringComparer.Ordinal);
    }
}
