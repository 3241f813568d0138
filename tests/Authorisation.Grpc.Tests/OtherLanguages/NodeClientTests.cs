using Authorisation.Grpc.Tests.Support;
using Xunit;

namespace Authorisation.Grpc.Tests.OtherLanguages;

public class NodeClientTests(NodeClientTests.Fixture node) : IClassFixture<NodeClientTests.Fixture>
{
    [Theory]
    [InlineData("empty_unary")]
    [InlineData("large_unary")]
    [InlineData("client_streaming")]
    [InlineData("server_streaming")]
    [InlineData("ping_pong")]
    [InlineData("empty_stream")]
    [InlineData("custom_metadata")]
    [InlineData("status_code_and_message")]
    [InlineData("special_status_message")]
    [InlineData("unimplemented_method")]
    [InlineData("unimplemented_service")]
    [InlineData("cancel_after_begin")]
    [InlineData("cancel_after_first_response")]
    [InlineData("timeout_on_sleeping_server")]
    [InlineData("client_compressed_unary")]
    [InlineData("server_compressed_unary")]
    [InlineData("concurrent_large_unary")]
    [InlineData("health")]
    [InlineData("server_reflection")]
    public void A_client_in_JavaScript_passes(string name) => node.AssertPassed(name);

    public sealed class Fixture : ForeignClientFixture
    {
        protected override async Task<string> RunAsync(string address)
        {
            var directory = Path.Combine(Foreign.TestsDirectory, "Clients", "node");
            if (!Directory.Exists(Path.Combine(directory, "node_modules", "@grpc", "grpc-js")))
            {
                await Foreign.RunAsync("npm", directory, null, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            }

            return await Foreign.RunAsync(
                "node", directory, null, "interop_client.js", address, Path.Combine(Foreign.TestsDirectory, "Protos"), Foreign.OwnProtos);
        }
    }
}
