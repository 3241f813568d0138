namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>A test that needs Debian's grpcio and protoc.</summary>
public sealed class PythonFactAttribute : ProgramFactAttribute
{
    /// <summary>The system's own Python, whatever else is first on the path.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> IsThere = new(() =>
        Succeeds(Python, "-c", "import grpc, google.protobuf") && Succeeds("protoc", "--version"));

    /// <summary>Looks whether it can run.</summary>
    public PythonFactAttribute() => Skip = SkipUnless(IsThere, "python3-grpcio, python3-protobuf and protobuf-compiler");
}
