using Xunit;

namespace Authorisation.Server.Tests.Support;

/// <summary>Tests that measure time or need all processors: they run after the others, one by one.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
