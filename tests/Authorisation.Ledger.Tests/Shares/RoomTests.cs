using Authorisation.Core;
using Authorisation.Ledger.Shares;

namespace Authorisation.Ledger.Tests.Shares;

public sealed class RoomTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(9, 3)]
    [InlineData(8_192, 2_731)]
    public void One_client_alone_gets_a_third_and_is_told_that_it_is_its_share(int places, int share)
    {
        var room = new Room(places);

        Assert.Equal(share, Fill(room, Client(1, 1)));

        Assert.NotEqual(Full.No, room.Take(Client(1, 1)));
        Assert.Equal(share, room.Held);
    }

    [Fact]
    public void Many_clients_of_one_operator_get_half_together_and_another_operator_gets_in()
    {
        var room = new Room(1_000);
        for (var client = 1; client <= 2_000; client++)
        {
            Fill(room, Client(1, client));
        }

        Assert.InRange(room.Held, 490, 500);
        Assert.Equal(Full.Operator, room.Take(Client(1, 5_000)));
        Assert.InRange(Fill(room, Client(2, 1)), 160, 170);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Operators_that_go_on_taking_all_they_can_come_to_equal_shares_and_leave_one_to_the_next(int operators)
    {
        const int Places = 1_000;
        var room = new Room(Places);
        var random = new Random(operators);
        var held = new List<Sharer>();
        for (var step = 0; step < 20_000; step++)
        {
            if (held.Count > 0)
            {
                var at = random.Next(held.Count);
                room.Give(held[at]);
                held[at] = held[^1];
                held.RemoveAt(held.Count - 1);
            }

            // The first asks first each time.
            for (var id = 1; id <= operators; id++)
            {
                for (var client = 1; client <= 4 && room.Take(Client(id, client)) == Full.No; client++)
                {
                    held.Add(Client(id, client));
                }
            }
        }

        // About equal: an operator takes more while only one of its clients holds little.
        var share = Places / (operators + 1);
        Assert.All(
            held.GroupBy(who => who.OperatorId), ofOperator => Assert.InRange(ofOperator.Count(), share / 2, share * 3 / 2));
        Assert.InRange(Fill(room, Client(operators + 1, 1)), share / 4, Places);
    }

    [Fact]
    public void A_client_of_an_operator_whose_other_client_takes_all_it_can_gets_in()
    {
        var room = new Room(300);
        Fill(room, Client(1, 1));

        Assert.InRange(Fill(room, Client(1, 2)), 20, 40);
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_nothing_is_left_over()
    {
        var room = new Room(64);
        var random = new Random(17);
        var held = new List<Sharer>();
        for (var step = 0; step < 20_000; step++)
        {
            var who = Client(random.Next(1, 4), random.Next(1, 4));
            if (random.Next(2) == 0 && room.Take(who) == Full.No)
            {
                held.Add(who);
            }
            else if (held.Count > 0)
            {
                var at = random.Next(held.Count);
                room.Give(held[at]);
                held.RemoveAt(at);
            }

            Assert.Equal(held.Count, room.Held);
            Assert.True(held.Count <= 64);
        }

        held.ForEach(room.Give);
        Assert.Equal(0, room.Held);
        Assert.Equal(22, Fill(room, Client(1, 1)));
    }

    [Fact]
    public async Task From_many_threads_at_once_no_more_is_taken_than_there_is_and_all_of_it_comes_back()
    {
        var room = new Room(100);
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var who = Client(thread % 3, thread);
            for (var i = 0; i < 20_000; i++)
            {
                if (room.Take(who) == Full.No)
                {
                    InterlockedMax(ref most, room.Held);
                    room.Give(who);
                }
            }
        })));

        Assert.InRange(most, 1, 100);
        Assert.Equal(0, room.Held);
    }

    private static Sharer Client(int operatorId, long client) => new(operatorId, Originator.Client(client));

    private static int Fill(Room room, Sharer who)
    {
        var taken = 0;
        while (room.Take(who) == Full.No)
        {
            taken++;
        }

        return taken;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
