using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Report;

/// <summary>One bar of a plot, with a whisker from the least to the most.</summary>
internal sealed record Bar(string Name, Spread Value);
