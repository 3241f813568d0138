using System.Runtime.InteropServices;
using Authorisation.Core;

namespace Authorisation.Ledger.Shares;

/// <summary>
/// A number of places that operators and their clients share. An operator may hold as many as are free, and a client as
/// many as its operator may still take: alone, an operator gets half of all and a client a third. The more of them want
/// places, the less each may hold, and some are left for the next one that comes.
/// </summary>
/// <remarks>
/// Safe for any number of callers: everything is behind one lock, which is held for a few additions and never while
/// anything is awaited. Places are counted, not handed out, so what is taken must be returned exactly once. No operator
/// is starved: n operators that go on taking all they can come to about 1/(n+1) of the places each as places are
/// returned, and as many stay free. An operator's counts are kept, a client's only while it holds a place.
/// </remarks>
/// <param name="places">How many there are.</param>
public sealed class Room(int places)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, OperatorShare> _operators = [];
    private int _held;

    /// <summary>How many places are taken.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Takes a place, or says whose share is full.</summary>
    public Full Take(Sharer who)
    {
        lock (_gate)
        {
            if (!_operators.TryGetValue(who.OperatorId, out var share))
            {
                _operators.Add(who.OperatorId, share = new OperatorShare());
            }

            var free = places - _held;
            if (free <= 0)
            {
                return Full.Server;
            }

            if (share.Held >= free)
            {
                return Full.Operator;
            }

            ref var ofClient = ref CollectionsMarshal.GetValueRefOrAddDefault(share.Clients, who.Client, out _);
            if (ofClient >= free - share.Held)
            {
                return Full.Client;
            }

            ofClient++;
            share.Held++;
            _held++;
            return Full.No;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Give(Sharer who)
    {
        lock (_gate)
        {
            var share = _operators[who.OperatorId];
            ref var ofClient = ref CollectionsMarshal.GetValueRefOrNullRef(share.Clients, who.Client);
            if (--ofClient == 0)
            {
                share.Clients.Remove(who.Client);
            }

            share.Held--;
            _held--;
        }
    }

    private sealed class OperatorShare
    {
        public Dictionary<Originator, int> Clients { get; } = [];

        public int Held { get; set; }
    }
}
