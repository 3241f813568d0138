using System.Collections.Concurrent;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Streams;

/// <summary>One stream to a server, whose answers are read as they come, or when the test says so.</summary>
/// <remarks>One sender; the answers are in a concurrent dictionary that one task fills.</remarks>
internal sealed class TestStream : IDisposable
{
    private readonly AsyncDuplexStreamingCall<AuthoriseRequest, AuthoriseStreamResponse> _call;
    private readonly ConcurrentDictionary<ulong, AuthoriseStreamResponse> _answers = new();
    private ulong _sent;
    private Task? _ended;

    private TestStream(AsyncDuplexStreamingCall<AuthoriseRequest, AuthoriseStreamResponse> call) => _call = call;

    /// <summary>The answers so far, by the place of their requests.</summary>
    public IReadOnlyDictionary<ulong, AuthoriseStreamResponse> Answers => _answers;

    /// <summary>The end of the stream; an RpcException unless the server ended it with OK.</summary>
    public Task Ended => (_ended ?? throw new InvalidOperationException("It is not read.")).WaitAsync(Eventually.Bound * 2);

    /// <summary>Opens a stream.</summary>
    public static TestStream Open(TestCaller caller, TimeSpan? deadline = null, bool reads = true, CancellationToken cancel = default)
    {
        var stream = new TestStream(caller.Client.AuthoriseStream(
            new CallOptions(caller.Headers, DateTime.UtcNow + (deadline ?? TestCaller.CallBound * 3), cancel)));
        if (reads)
        {
            stream.Read();
        }

        return stream;
    }

    /// <summary>Waits until sending fails, since the server has ended the stream; that it goes on waiting is another failure.</summary>
    public static async Task BreaksAsync(Task sending) =>
        Assert.IsNotType<TimeoutException>(await Assert.ThrowsAnyAsync<Exception>(() => sending.WaitAsync(Eventually.Bound)));

    /// <summary>
    /// Waits until sending fails as time passes; more than once, since a busy machine may make its last progress just then.
    /// </summary>
    public static async Task BreaksAsync(Task sending, JumpingTime time, TimeSpan after)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                time.Jump(after);
                await sending.WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return sending.IsCompleted;
            },
            Eventually.Bound,
            "sending ends");
        await BreaksAsync(sending);
    }

    /// <summary>Waits until a count is above nothing and stands: for some looks, since a busy machine may pause for one.</summary>
    public static async Task StandsStillAsync(Func<Task<long>> count)
    {
        const int SameMin = 4;
        var (before, same) = (0L, 0);
        await Eventually.TrueAsync(
            async () =>
            {
                var now = await count();
                same = now == before && now > 0 ? same + 1 : 0;
                before = now;
                await Task.Delay(TimeSpan.FromMilliseconds(500));
                return same >= SameMin;
            },
            Eventually.Bound * 2,
            "it stands still");
    }

    /// <summary>Begins to read the answers.</summary>
    public void Read() => _ended = Task.Run(ReadAsync);

    /// <summary>Waits until the server has let the stream in.</summary>
    public Task IsOpenAsync() => _call.ResponseHeadersAsync.WaitAsync(Eventually.Bound);

    /// <summary>Sends a request, and says its place.</summary>
    public async Task<ulong> SendAsync(AuthoriseRequest request)
    {
        await _call.RequestStream.WriteAsync(request);
        return _sent++;
    }

    /// <summary>Sends requests one after the other.</summary>
    public async Task SendAsync(IEnumerable<AuthoriseRequest> requests)
    {
        foreach (var request in requests)
        {
            await SendAsync(request);
        }
    }

    /// <summary>Waits for the answer to the request at a place.</summary>
    public async Task<AuthoriseStreamResponse> AnswerAsync(ulong index)
    {
        await Eventually.TrueAsync(
            () => _answers.ContainsKey(index) || _ended is { IsCompleted: true }, Eventually.Bound, $"request {index} is answered");
        if (!_answers.ContainsKey(index))
        {
            await Ended;
        }

        var answer = _answers[index];
        Assert.Equal(index, answer.Index);
        return answer;
    }

    /// <summary>Sends a request and waits for its decision.</summary>
    public async Task<AuthoriseResponse> AuthoriseAsync(AuthoriseRequest request) => Assert.Single(await AuthoriseAsync([request]));

    /// <summary>Sends requests one after the other, and then waits for their decisions, in the order of the requests.</summary>
    public async Task<IReadOnlyList<AuthoriseResponse>> AuthoriseAsync(IReadOnlyList<AuthoriseRequest> requests)
    {
        var first = _sent;
        await SendAsync(requests);
        var responses = new List<AuthoriseResponse>(requests.Count);
        foreach (var request in requests)
        {
            var answer = await AnswerAsync(first + (ulong)responses.Count);
            Assert.Equal(AuthoriseStreamResponse.OutcomeOneofCase.Response, answer.OutcomeCase);
            Assert.Equal(request.AuthorisationId, answer.AuthorisationId);
            Assert.Equal(request.AuthorisationId, answer.Response.AuthorisationId);
            responses.Add(answer.Response);
        }

        return responses;
    }

    /// <summary>Sends a request and waits for its error, checked to be of this code and reason.</summary>
    public async Task<CallError> ErrorAsync(AuthoriseRequest request, StatusCode code, string reason)
    {
        var answer = await AnswerAsync(await SendAsync(request));
        Assert.Equal(AuthoriseStreamResponse.OutcomeOneofCase.Error, answer.OutcomeCase);
        Assert.Equal(((int)code, reason), (answer.Error.Code, answer.Error.Reason));
        return answer.Error;
    }

    /// <summary>Says that nothing more comes.</summary>
    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>Says that nothing more comes, and waits until the server has ended the stream with OK.</summary>
    public async Task EndAsync()
    {
        await CompleteAsync();
        await Ended;
        Assert.Equal(StatusCode.OK, _call.GetStatus().StatusCode);
        Assert.Equal((int)_sent, _answers.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();

    private async Task ReadAsync()
    {
        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var answer = _call.ResponseStream.Current;
            Assert.True(_answers.TryAdd(answer.Index, answer), $"Request {answer.Index} was answered twice.");
        }
    }
}
