using Authorisation.Core;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Tests.Shares;

public sealed class FairLineTests
{
    private readonly FairLine<(Sharer Principal, int Number)> _line = new();

    [Fact]
    public void Operators_take_turns_and_within_one_its_clients()
    {
        Add(Client(1, 1), 4);
        Add(Client(1, 2), 2);
        Add(Client(2, 3), 2);

        Assert.Equal(
            [(1, 1, 0), (2, 3, 0), (1, 2, 0), (2, 3, 1), (1, 1, 1), (1, 2, 1), (1, 1, 2), (1, 1, 3)],
            TakeAll().Select(taken => (taken.Principal.OperatorId, (int)taken.Principal.Client.ClientId!, taken.Number)));
        Assert.Equal(0, _line.Count);
    }

    [Fact]
    public void The_first_of_another_operator_is_next_but_one_however_much_is_before_it()
    {
        Add(Client(1, 1), 5_000);
        Assert.True(_line.TryTake(out _));
        Add(Client(2, 1), 1);

        Assert.Contains(Client(2, 1), Enumerable.Range(0, 2).Select(_ => Take().Principal));
    }

    [Fact]
    public void A_client_that_may_not_take_is_passed_over_and_keeps_its_order()
    {
        Add(Client(1, 1), 3);
        Add(Client(2, 2), 1);

        Assert.True(_line.TryTake(out var taken, who => who.OperatorId == 2));
        Assert.Equal(Client(2, 2), taken.Principal);
        Assert.False(_line.TryTake(out _, who => who.OperatorId == 2));
        Assert.Equal([0, 1, 2], TakeAll().Select(left => left.Number));
    }

    [Fact]
    public void In_random_order_everything_comes_out_once_and_each_clients_in_its_order()
    {
        var random = new Random(42);
        var added = new Dictionary<Sharer, int>();
        var taken = new Dictionary<Sharer, int>();
        for (var step = 0; step < 50_000; step++)
        {
            if (random.Next(3) > 0)
            {
                var who = Client(random.Next(3), random.Next(4));
                var number = added.GetValueOrDefault(who);
                _line.Add(who, (who, number));
                added[who] = number + 1;
            }
            else if (_line.TryTake(out var next))
            {
                Assert.Equal(taken.GetValueOrDefault(next.Principal), next.Number);
                taken[next.Principal] = next.Number + 1;
            }
        }

        foreach (var next in TakeAll())
        {
            Assert.Equal(taken.GetValueOrDefault(next.Principal), next.Number);
            taken[next.Principal] = next.Number + 1;
        }

        Assert.Equal(added, taken);
    }

    private static Sharer Client(int operatorId, long client) => new(operatorId, Originator.Client(client));

    private void Add(Sharer who, int count)
    {
        for (var number = 0; number < count; number++)
        {
            _line.Add(who, (who, number));
        }
    }

    private (Sharer Principal, int Number) Take()
    {
        Assert.True(_line.TryTake(out var taken));
        return taken;
    }

    private List<(Sharer Principal, int Number)> TakeAll()
    {
        var all = new List<(Sharer, int)>();
        while (_line.TryTake(out var taken))
        {
            all.Add(taken);
        }

        return all;
    }
}
