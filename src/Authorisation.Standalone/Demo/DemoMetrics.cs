namespace Authorisation.Standalone.Demo;

/// <summary>Where the metrics of the two planes are scraped.</summary>
/// <param name="Server">Those of the data plane.</param>
/// <param name="Admin">Those of the control plane.</param>
internal sealed record DemoMetrics(Uri Server, Uri Admin);
