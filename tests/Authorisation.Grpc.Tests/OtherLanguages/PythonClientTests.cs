using Authorisation.Grpc.Tests.Support;
using Xunit;

namespace Authorisation.Grpc.Tests.OtherLanguages;

public class PythonClientTests(PythonClientTests.Fixture python) : IClassFixture<PythonClientTests.Fixture>
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
    [InlineData("server_compressed_streaming")]
    [InlineData("deflate_is_refused")]
    [InlineData("concurrent_large_unary")]
    [InlineData("health")]
    [InlineData("server_reflection")]
    public void A_client_in_Python_passes(string name) => python.AssertPassed(name);

    public sealed class Fixture : ForeignClientFixture
    {
        protected override async Task<string> RunAsync(string address)
        {
            var directory = Directory.CreateTempSubdirectory("grpc-python-");
            try
            {
                var environment = await Foreign.PythonMessagesAsync(directory.FullName);
                var script = Path.Combine(Foreign.TestsDirectory, "Clients", "python", "interop_client.py");
                return await Foreign.RunAsync(Foreign.Python, directory.FullName, environment, script, address);
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        }
    }
}
