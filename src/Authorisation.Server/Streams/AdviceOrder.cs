using Authorisation.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// Which items of one stream wait for which: those of one authorisation, and those of one card, so that what came first
/// counts first. Used by the call alone.
/// </summary>
internal sealed class AdviceOrder
{
    private const int KeysMax = 4 * Limits.AdvicesInFlightMax;

    // The last item of each authorisation, which has no instrument here, and of each card, which has no id.
    private readonly Dictionary<(Guid AuthorisationId, Instrument Card), Task> _last = [];

    /// <summary>Begins an item that waits for those before it.</summary>
    /// <param name="command">What the item asks; valid.</param>
    /// <param name="begin">Begins it, with what it has to wait for.</param>
    public Task<T> Follow<T>(ICommand command, Func<Task, Task<T>> begin)
    {
        var id = (command.AuthorisationId, default(Instrument));
        var card = command is Advice advice ? (Guid.Empty, advice.Purchase.Instrument) : id;
        var item = begin(Task.WhenAll(LastOf(id), LastOf(card)));
        Forget();
        _last[id] = item;
        _last[card] = item;
        return item;
    }

    private Task LastOf((Guid AuthorisationId, Instrument Card) key) => _last.GetValueOrDefault(key, Task.CompletedTask);

    private void Forget()
    {
        if (_last.Count <= KeysMax)
        {
            return;
        }

        foreach (var (key, item) in _last)
        {
            if (item.IsCompleted)
            {
                _last.Remove(key);
            }
        }
    }
}
