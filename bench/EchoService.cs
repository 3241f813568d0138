using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Bench;

/// <summary>Answers with a response that is made already, so that what is measured is the way to it and back.</summary>
internal sealed class EchoService : AuthorisationService.AuthorisationServiceBase
{
    private readonly AuthoriseResponse _response = Messages.Approval(Guid.Empty.ToString());
    private readonly AuthoriseStreamResponse _item = new() { Response = Messages.Approval(Guid.Empty.ToString()) };

    /// <inheritdoc/>
    public override Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context) =>
        Task.FromResult(_response);

    /// <inheritdoc/>
    public override async Task AuthoriseStream(
        IAsyncStreamReader<AuthoriseRequest> requestStream,
        IServerStreamWriter<AuthoriseStreamResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(_item);
        }
    }
}
