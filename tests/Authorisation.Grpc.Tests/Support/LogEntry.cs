using Microsoft.Extensions.Logging;

namespace Authorisation.Grpc.Tests.Support;

public sealed record LogEntry(LogLevel Level, string Category, string Message, Exception? Exception);
