using Authorisation.Grpc.Tests.Probe;
using Grpc.Core;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>What the probe service does; unless the test says otherwise it echoes.</summary>
public sealed class ProbeHandlers
{
    public UnaryServerMethod<Note, Note> Unary { get; set; } = static (request, _) => Task.FromResult(request);

    public ClientStreamingServerMethod<Note, Note> Gather { get; set; } = static async (requests, _) =>
    {
        var sum = new Note();
        await foreach (var request in requests.ReadAllAsync())
        {
            sum.Text += request.Text;
            sum.Number += request.Number;
        }

        return sum;
    };

    public ServerStreamingServerMethod<Note, Note> Spread { get; set; } = static async (request, responses, _) =>
    {
        for (var i = 0; i < request.Number; i++)
        {
            await responses.WriteAsync(new Note { Text = request.Text, Number = i });
        }
    };

    public DuplexStreamingServerMethod<Note, Note> Talk { get; set; } = static async (requests, responses, _) =>
    {
        await foreach (var request in requests.ReadAllAsync())
        {
            await responses.WriteAsync(request);
        }
    };
}
