namespace Authorisation.Server.Streams;

/// <summary>
/// How many purchases all streams of one client may have waiting for their decisions together. A stream that finds no
/// room waits, and its client is held back by flow control, instead of filling the queue with what is then refused.
/// </summary>
/// <remarks>
/// Safe for any number of streams: everything is behind one lock, which is never held while anything is awaited.
/// Streams that wait get room in the order they came, each for one item, so none of them starves. A purchase takes room
/// before it is handed to the queue and returns it when it ends, which happens once; how fast its answer is read does
/// not matter. A purchase that was already read when its stream had to stop may exceed the room: it is answered all the
/// same, and nothing more is read.
/// </remarks>
/// <param name="items">How many.</param>
internal sealed class ClientRoom(int items)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private int _held;

    /// <summary>How many streams use it. Only <see cref="OpenStreams"/> changes it.</summary>
    public int Streams { get; set; }

    /// <summary>Takes room for an item, if there is some.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_held >= items)
            {
                return false;
            }

            _held++;
            return true;
        }
    }

    /// <summary>Takes room for an item, when there is some or the stream has to stop.</summary>
    public async Task TakeAsync(CancellationToken stop)
    {
        TaskCompletionSource<bool> waiter;
        lock (_gate)
        {
            if (_held < items)
            {
                _held++;
                return;
            }

            _waiting.Enqueue(waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using var registration = stop.UnsafeRegister(
            static waiter => ((TaskCompletionSource<bool>)waiter!).TrySetResult(false), waiter);
        if (!await waiter.Task)
        {
            lock (_gate)
            {
                _held++;
            }
        }
    }

    /// <summary>Gives room back.</summary>
    public void Give(int count)
    {
        lock (_gate)
        {
            _held -= count;
            while (_held < items && _waiting.TryDequeue(out var waiter))
            {
                if (waiter.TrySetResult(true))
                {
                    _held++;
                }
            }
        }
    }
}
