using Authorisation.Core;

namespace Authorisation.Ledger.Shares;

/// <summary>
/// A line in which operators take turns, and within an operator its clients: however many items one of them has in the
/// line, the first of another is at most one turn of each away. What one client adds keeps its order.
/// </summary>
/// <remarks>
/// Not safe to share: its owner has a lock. Items of different clients may overtake one another, which breaks nothing:
/// a request that is sent after seeing another's answer is sent after that was committed.
/// </remarks>
internal sealed class FairLine<T>
{
    private readonly Dictionary<int, OperatorLine> _operators = [];
    private readonly Queue<OperatorLine> _turns = new();

    // Unused lines, for reuse; at most as many as clients ever waited at once.
    private readonly Stack<ClientLine> _spare = new();

    /// <summary>How many items are in the line.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item behind those of the same client.</summary>
    public void Add(Sharer who, T item)
    {
        if (!_operators.TryGetValue(who.OperatorId, out var ofOperator))
        {
            _operators.Add(who.OperatorId, ofOperator = new OperatorLine());
        }

        if (!ofOperator.Clients.TryGetValue(who.Client, out var ofClient))
        {
            ofClient = _spare.TryPop(out var spare) ? spare : new ClientLine();
            ofClient.Principal = who;
            ofOperator.Clients.Add(who.Client, ofClient);
            ofOperator.Turns.Enqueue(ofClient);
            if (ofOperator.Turns.Count == 1)
            {
                _turns.Enqueue(ofOperator);
            }
        }

        ofClient.Items.Enqueue(item);
        Count++;
    }

    /// <summary>Takes the item whose turn it is.</summary>
    /// <param name="item">The item.</param>
    /// <param name="take">
    /// Asked for each client in turn until it answers true; a client that may not take is passed over.
    /// </param>
    public bool TryTake(out T item, Func<Sharer, bool>? take = null)
    {
        for (var operators = _turns.Count; operators > 0; operators--)
        {
            var ofOperator = _turns.Dequeue();
            for (var clients = ofOperator.Turns.Count; clients > 0; clients--)
            {
                var ofClient = ofOperator.Turns.Dequeue();
                if (take is not null && !take(ofClient.Principal))
                {
                    ofOperator.Turns.Enqueue(ofClient);
                    continue;
                }

                item = ofClient.Items.Dequeue();
                Count--;
                Requeue(ofOperator, ofClient);
                return true;
            }

            _turns.Enqueue(ofOperator);
        }

        item = default!;
        return false;
    }

    private void Requeue(OperatorLine ofOperator, ClientLine ofClient)
    {
        if (ofClient.Items.Count > 0)
        {
            ofOperator.Turns.Enqueue(ofClient);
        }
        else
        {
            ofOperator.Clients.Remove(ofClient.Principal.Client);
            _spare.Push(ofClient);
        }

        if (ofOperator.Turns.Count > 0)
        {
            _turns.Enqueue(ofOperator);
        }
    }

    private sealed class OperatorLine
    {
        public Dictionary<Originator, ClientLine> Clients { get; } = [];

        public Queue<ClientLine> Turns { get; } = new();
    }

    private sealed class ClientLine
    {
        public Sharer Principal { get; set; }

        public Queue<T> Items { get; } = new();
    }
}
